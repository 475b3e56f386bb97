"""What the merge has to go on with after a crash, and the keys that its order is made of.

`MergeState` is committed together with what was released: a new merge with it goes on exactly there.
"""

from schemas.base import Record

IMPORT_TOPIC = "headlines.import"
BEFORE_ALL = -(1 << 62)
"""The clock while an input has promised nothing."""
AFTER_ALL = 1 << 62
"""The clock when all inputs have ended."""

Partition = tuple[str, int]
Bound = tuple[int, int]
RowKey = tuple[int, int, str, str, str, int, int]
MinuteKey = tuple[int, int, str, int]


class UnknownInputError(ValueError):
    """A row came from a raw partition that this generation does not have."""


class MergeState(Record):
    """What is committed with each chunk: enough to go on, little enough to write twenty times a second."""

    low: int
    """The offset to read from: the smallest that is unreleased."""
    next: int
    """The first offset that was never read."""
    promises: tuple[tuple[str, int, int | None], ...]
    """Topic, partition, and the arrival before which nothing follows from it."""
    ends: tuple[tuple[str, int, int], ...]
    """Topic, partition and last arrival of the inputs that have ended."""
    last: RowKey | Bound | None
    """Key of what was released last."""
    last_headline: int | None
    """Arrival of the headline that was released last."""
    quarters_until: int | None = None
    """Up to when every quarter gets a minute, ms; `None` in the state of a version that did not write it: for a day
    after the last headline then."""
