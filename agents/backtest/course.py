"""The course of one series: what it had and what was expected at each bucket's close, for a chart.

A chart has only so many columns: of a long course neighbours are put together, and the one with the most headlines of
its horizon stands for both. So no peak is lost, and memory stays bounded however long the counts are.
"""

from typing import NamedTuple

from agents.detect.bounds import needed
from agents.detect.evidence import SeriesKey
from agents.detect.judge import judge
from agents.detect.lifecycle import Judged
from agents.detect.memory import Memory
from agents.detect.tail import interval
from schemas.base import QUARTER

COLUMNS = 600
"""As many points of a horizon are kept at most, twice that while they come."""


class Point(NamedTuple):
    """One horizon at one close."""

    at: int
    """The close, ms."""
    observed: int
    expected: float
    low: int
    high: int
    """Central 95 % of what was expected."""
    enough: int
    """The least count for an alert: p is under alpha, and it is `min_unique` at least."""


class Course:
    """Collects; `watch` is what a lane asks at each close."""

    def __init__(self, key: SeriesKey, since: int | None = None, until: int | None = None) -> None:
        """Only closes in `[since, until]`, ms."""
        self._key = key
        self._since = since
        self._until = until
        self._stride = 1
        self._seen = 0
        self._kept: list[tuple[Judged, Judged]] = []
        self._alpha = 0.0
        self._least = 0

    def watch(self, memory: Memory, bucket: int) -> None:
        """The close of a bucket."""
        at = (bucket + 1) * QUARTER
        if (self._since is not None and at < self._since) or (self._until is not None and at > self._until):
            return
        self._alpha, self._least = memory.rules.alpha, memory.rules.min_unique
        both = judge(memory, self._key, bucket)
        if self._seen % self._stride == 0:
            self._kept.append(both)
        else:
            self._kept[-1] = _more(self._kept[-1], both)
        self._seen += 1
        if len(self._kept) >= 2 * COLUMNS:
            kept = self._kept
            self._kept = [_more(kept[n], kept[n + 1]) for n in range(0, len(kept) - 1, 2)]
            self._stride *= 2
            self._seen = self._stride * len(self._kept)

    def points(self) -> tuple[list[Point], list[Point]]:
        """Of the horizons of 2 h and 24 h."""
        return [self._point(one) for one, _ in self._kept], [self._point(one) for _, one in self._kept]

    def _point(self, judged: Judged) -> Point:
        low, high = interval(judged.expected, judged.dispersion)
        at = (judged.last + 1) * QUARTER
        enough = max(needed(judged, self._alpha), self._least)
        return Point(at, judged.observed, judged.expected, low, high, enough)


def _more(one: tuple[Judged, Judged], other: tuple[Judged, Judged]) -> tuple[Judged, Judged]:
    """The busier in each horizon."""
    pairs = zip(one, other, strict=True)
    short, long = (a if a.observed >= b.observed else b for a, b in pairs)
    return short, long
