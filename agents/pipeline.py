"""The three steps composed without Kafka: what scans, backtests and parity tests run.

    raw records ─ Classifier(p) ─▶ Merge(lane) ─▶ Deduplicator(lane) ─▶ Detector(lane) ─▶ alerts

Rows pass as they are, never encoded. The same log gives the same alerts as the stages on Kafka give, byte for byte,
in whatever pieces it is fed and with however many partitions; only the order between lanes may differ, so sort by
(id, revision) before you compare.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from agents.classify.clock import Clock, Stretch
from agents.classify.step import Classifier, LaneRow
from agents.deduplicate.merge import Merge
from agents.deduplicate.step import Deduplicator
from agents.detect.step import Detector
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.alert import Alert
from schemas.count import SeriesCount, VolumeCount
from schemas.rejected import Rejected
from schemas.row import ClassifiedRow, HeadlineRow, ReleasedRow


class Input(NamedTuple):
    """A raw partition."""

    topic: str
    partition: int
    start: int | None
    """What it promises from the beginning; `None` for an import."""
    ends: bool
    """Whether its end ticks count: an import."""
    stretch: Stretch | None = None
    """Where it is read no further: a replay."""


class Fed(NamedTuple):
    """What a piece of the log came to."""

    alerts: list[Alert]
    counts: list[SeriesCount | VolumeCount]
    rejected: list[Rejected]


class Tally:
    """What was decided so far, for people. Each headline counts once, whatever the number of its lanes."""

    def __init__(self) -> None:
        self.accepted = 0
        """Headlines that were taken, stale ones included."""
        self.stale = 0
        self.withdrawals = 0
        self.rejected: Counter[str] = Counter()
        """By code."""
        self.verdicts: Counter[str] = Counter()
        """By kind; of what the merge has released."""
        self.themes: Counter[str] = Counter()
        """Counted themes of unique headlines."""
        self.placed = 0
        """Unique headlines with at least one place."""


class Pipeline:
    """One generation, in memory."""

    def __init__(self, rulebook: Rulebook, inputs: Sequence[Input], cut: int | None = None) -> None:
        """`inputs` are all the raw partitions there will be: nothing is released before all have spoken."""
        self.tally = Tally()
        self._classifiers = {
            (given.topic, given.partition): Classifier(
                given.topic,
                given.partition,
                rulebook.reader,
                rulebook.lanes,
                rulebook.version,
                given.start,
                given.ends,
                given.stretch,
            )
            for given in inputs
        }
        self._clocks: dict[tuple[str, int], Clock] = {part: made.start for part, made in self._classifiers.items()}
        promises = {(given.topic, given.partition): given.start for given in inputs}
        self._lanes = [_Lane(rulebook, lane, Merge(promises, cut), self.tally) for lane in range(rulebook.lanes.count)]

    def feed(self, topic: str, partition: int, records: Sequence[Inbound]) -> Fed:
        """Take the next records of a raw partition, as many as you like. Raises KeyError for one that is no input."""
        part = topic, partition
        self._clocks[part], rows, refused = self._classifiers[part].step(self._clocks[part], records)
        self.tally.rejected.update(rejected.code for _, rejected in refused)
        self._take(rows)
        fed = Fed([], [], [rejected for _, rejected in refused])
        for lane in self._lanes:
            decided = lane.detector.step(lane.released())
            fed.alerts.extend(decided.alerts)
            fed.counts.extend(decided.counts)
        return fed

    def learning(self) -> dict[int, str]:
        """The lanes in which no alert can open yet, with how much of the learning time is over."""
        return {
            number: learning
            for number, lane in enumerate(self._lanes)
            if (learning := lane.detector.learning()) is not None
        }

    def open(self) -> list[str]:
        """The series with an open alert."""
        return sorted(series for lane in self._lanes for series in lane.detector.open())

    @property
    def waiting(self) -> int:
        """Rows that were read and wait for other partitions."""
        return sum(lane.merge.waiting for lane in self._lanes)

    @property
    def late(self) -> int:
        """Rows that came after their place had passed: a promise was broken. Always 0 for a sound log."""
        return sum(lane.merge.late for lane in self._lanes)

    def _take(self, rows: Sequence[LaneRow]) -> None:
        for lane, row in rows:
            self._lanes[lane].take(row)
            if row.kind == "headline" and row.primary:
                self.tally.accepted += 1
                self.tally.stale += row.headline.stale
            elif row.kind == "withdrawal" and lane == 0:
                self.tally.withdrawals += 1


class _Lane:
    """The part of a lane behind classify."""

    def __init__(self, rulebook: Rulebook, lane: int, merge: Merge, tally: Tally) -> None:
        self.merge = merge
        self.detector = Detector(
            lane, rulebook.lanes.subregions(lane), rulebook.detect, rulebook.reader.directions, rulebook.version
        )
        self._deduplicator = Deduplicator(rulebook.deduplicate)
        self._tally = tally
        self._offset = 0

    def take(self, row: ClassifiedRow) -> None:
        self.merge.take(self._offset, row)
        self._offset += 1

    def released(self) -> list[ReleasedRow]:
        """What the merge lets go now, judged."""
        return [self._judged(row) if isinstance(row, HeadlineRow) else row for row in self.merge.release()]

    def _judged(self, row: HeadlineRow) -> HeadlineRow:
        judged = self._deduplicator.judge(row)
        if judged.primary and judged.verdict is not None:
            self._tally.verdicts[judged.verdict.kind] += 1
            if judged.verdict.kind == "unique":
                self._tally.placed += bool(judged.places)
                self._tally.themes.update(theme.theme for theme in judged.themes if theme.counted)
        return judged
