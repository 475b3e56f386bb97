"""What is told of a step that raised: a fault of ours, so the record that shows it is kept with the way to it."""

import traceback
from typing import NamedTuple

DETAIL = 450
TRACEBACK = 8 * 1024


class Stumble(NamedTuple):
    """An exception as text."""

    detail: str
    """For people: the end of the traceback, where it happened and what."""
    traceback: str
    """All of it; the end, if it is very long."""

    @classmethod
    def of(cls, error: Exception) -> "Stumble":
        """What `error` tells."""
        text = "".join(traceback.format_exception(error)).strip()
        return cls(text[-DETAIL:].strip(), text[-TRACEBACK:])
