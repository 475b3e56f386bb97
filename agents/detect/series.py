"""What is remembered of one series, and the window over its last 24 h."""

from typing import NamedTuple

from agents.detect.evidence import SeriesKey
from agents.detect.lifecycle import Live
from agents.detect.rate import Rate


class Series(NamedTuple):
    """What is remembered of one series, beside its window."""

    key: SeriesKey
    rate: Rate
    live: Live | None = None
    ended: int | None = None
    """Bucket in which its last alert ended."""
    onsets: tuple[tuple[int, int], ...] = ()
    """Onset buckets of its recent alerts, and how many alerts each had: ids are never given twice."""
    beyond: tuple[tuple[int, int], ...] = ()
    """Headlines by bucket of which only the count is kept."""

    @property
    def alert(self) -> tuple[Live | None, int | None, tuple[tuple[int, int], ...]]:
        """What is remembered of its alerts."""
        return self.live, self.ended, self.onsets


NO_ALERT = (None, None, ())
"""What is remembered of a series that never had one."""


class Window:
    """An index over the last 24 h of one series: rebuilt, never stored."""

    __slots__ = ("counts", "ids", "total")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.total = 0
        self.ids: dict[str, None] = {}
        """Headlines kept, in released order."""

    def count(self, first: int, last: int) -> int:
        """Headlines in these buckets: walks over the fewer, buckets asked for or buckets held."""
        counts = self.counts
        if last - first < len(counts):
            return sum([counts[bucket] for bucket in range(first, last + 1) if bucket in counts])
        return sum([count for bucket, count in counts.items() if first <= bucket <= last])

    def add(self, bucket: int, count: int) -> None:
        self.counts[bucket] = self.counts.get(bucket, 0) + count
        self.total += count

    def drop(self, bucket: int) -> None:
        self.total -= self.counts.pop(bucket, 0)


EMPTY = Window()
