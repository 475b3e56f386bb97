"""Skew: a lane cannot hold back one raw partition, so the classifier that is ahead waits.

A partition is paused while it is more than ten minutes of arrival and more than 20,000 headlines or 32 MB ahead of
the slowest. It bounds what lanes hold unreleased; no output depends on it.
"""

from collections import deque
from typing import NamedTuple

from schemas.base import MINUTE
from schemas.clock import PartitionClock

AHEAD_MS = 10 * MINUTE
AHEAD_ROWS = 20_000
AHEAD_BYTES = 32 << 20


class Mark(NamedTuple):
    """Where a partition stood at one of its commits."""

    arrival: int
    rows: int
    size: int


class Lead:
    """How far one partition is ahead of a given arrival."""

    def __init__(self) -> None:
        self._marks: deque[Mark] = deque()

    def note(self, clock: PartitionClock) -> None:
        """Take a later clock of the partition."""
        if not self._marks or self._marks[-1].rows != clock.rows or self._marks[-1].size != clock.size:
            self._marks.append(Mark(clock.arrival, clock.rows, clock.size))

    def too_far(self, slowest: int | None) -> bool:
        """Whether the partition has to wait for the slowest (its arrival, ms; `None`: one has not begun)."""
        while len(self._marks) > 1 and slowest is not None and self._marks[1].arrival <= slowest:
            self._marks.popleft()
        if not self._marks:
            return False
        first, last = self._marks[0], self._marks[-1]
        if slowest is not None and last.arrival - slowest <= AHEAD_MS:
            return False
        return last.rows - first.rows > AHEAD_ROWS or last.size - first.size > AHEAD_BYTES
