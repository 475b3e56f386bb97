"""What a stage is to the shell that drives it: bytes in, bytes out, one chunk at a time.

A stage is built anew for each input partition that a worker owns. It decides; the shell (`streams.engine`) reads the
partition, commits `outputs`, `state` and `position` in one Kafka transaction, and gives them back after a crash. So a
stage may keep anything in memory, as long as `restore` (and `remember`, for a stage whose memory is its own output)
brings it back to what was last committed. A stage never looks at a clock.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Inbound(NamedTuple):
    """A record as it was read from the input partition."""

    offset: int
    timestamp: int
    """Kafka's, ms."""
    value: bytes | None
    key: bytes | None = None


class Outbound(NamedTuple):
    """A record to be written. `topic` is the plain name (`headlines.classified`): the shell adds the prefix."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    kind: str | None = None
    """The header `kind`, where the topic has one."""


class Step(NamedTuple):
    """What one chunk came to. All three are committed together or not at all."""

    outputs: list[Outbound]
    state: dict[bytes, bytes | None]
    """Changed entries of the stage's own memory; `None` deletes."""
    position: int
    """The input offset from which a new owner has to read."""
    tally: Mapping[tuple[str, str], int] = {}
    """What was decided, for the metrics: (`rejected`, code), (`headline`, `accepted` | `stale`), (`verdict`, kind),
    (`alert`, status), (`late`, ``), (`raised`, ``: of the rejected, those that made the step raise)."""
    gauges: Mapping[str, float] = {}
    """How the stage stands: `clock` (log time reached, Unix seconds), `waiting` (rows held back), `memory` (entries
    remembered), `series`, `learning_days`, `publishing`."""


class Memory(NamedTuple):
    """A stretch of the stage's own output that it needs read back before it can go on."""

    topic: str
    partition: int
    offset: int
    """The first record needed. If the topic no longer has it, the shell refuses to start."""


class Stage(Protocol):
    """One stage on one input partition."""

    def restore(self, entries: Mapping[bytes, bytes]) -> Memory | None:
        """Take up the state that was last committed (empty for a new partition); say what must be read back."""

    def remember(self, records: Sequence[Inbound]) -> None:
        """Take in a stretch of what `restore` asked for, in order."""

    def step(self, records: Sequence[Inbound]) -> Step:
        """Decide about a chunk, in order. Never raises for what a record holds."""

    def committed(self, first_offsets: Mapping[tuple[str, int], int]) -> None:
        """The last step is in the log; `first_offsets` has where its first record in each (topic, partition) landed."""
