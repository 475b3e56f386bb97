"""The classify stage as the engine drives it: bytes in, bytes out.

State is the partition's clock alone. After a crash the stage goes on behind the last committed chunk with the clock
that was committed with it; the chunk that was lost is read again and gives the same rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from agents.classify.clock import Clock, Stretch
from agents.classify.step import Classifier, LaneRow, Refused
from agents.rulebook import Rulebook
from agents.stage import Inbound, Memory, Outbound, Step
from schemas.clock import PartitionClock
from schemas.row import HeadlineRow

CLASSIFIED = "headlines.classified"
REJECTED = "headlines.rejected"
CLOCKS = "clocks"
STATE = b"clock"


class ClassifyStage:
    """One raw partition. Implements `agents.stage.Stage`."""

    def __init__(
        self,
        source_topic: str,
        partition: int,
        rulebook: Rulebook,
        start: int | None = None,
        ends: bool = False,
        stretch: Stretch | None = None,
    ) -> None:
        """`start`, `ends` and `stretch` as for the `Classifier`: a live partition has a start, an import an end, a
        replay a stretch."""
        self._classifier = classifier = Classifier(
            source_topic, partition, rulebook.reader, rulebook.lanes, rulebook.version, start, ends, stretch
        )
        self._keys = [str(lane).encode() for lane in range(classifier.lanes)]
        self.clock = classifier.start
        """As of the last step."""
        self._position = 0

    def restore(self, entries: Mapping[bytes, bytes]) -> Memory | None:
        """Take up the committed clock. Nothing is read back."""
        stored = entries.get(STATE)
        self.clock = self._classifier.start if stored is None else Clock.decode(stored)
        return None

    def remember(self, records: Sequence[Inbound]) -> None:
        """Nothing: the stage has no memory in its outputs."""

    def step(self, records: Sequence[Inbound]) -> Step:
        """Classify a chunk."""
        if not records:
            return Step([], {}, self._position)
        before = self.clock
        self.clock, rows, refused = self._classifier.step(before, records)
        self._position = records[-1].offset + 1
        if self.clock is before:  # all of it behind the stretch: passed over
            return Step([], {}, self._position)
        outputs: list[Outbound] = []
        encoded = b""
        last: object = None
        for lane, row in rows:
            if row is not last:  # minutes and ticks go to every lane, one after the other
                encoded, last = row.encode(), row
            outputs.append(Outbound(CLASSIFIED, lane, self._keys[lane], encoded, row.kind))
        partition = self._classifier.partition
        outputs += [Outbound(REJECTED, partition, record.key, rejected.encode()) for record, rejected in refused]
        if (clock := self._partition_clock()) is not None:
            outputs.append(Outbound(CLOCKS, 0, clock.key, clock.encode()))
        arrival = self.clock.arrival
        gauges = {} if arrival is None else {"clock": arrival / 1000}
        return Step(outputs, {STATE: self.clock.encode()}, self._position, _tally(rows, refused), gauges)

    def committed(self, first_offsets: Mapping[tuple[str, int], int]) -> None:
        """Nothing to keep."""

    def _partition_clock(self) -> PartitionClock | None:
        clock = self.clock
        if clock.arrival is None:
            return None
        return PartitionClock(
            topic=self._classifier.topic,
            partition=self._classifier.partition,
            arrival=clock.arrival,
            highest=clock.highest,
            rows=clock.rows,
            size=clock.size,
            ended=clock.ended,
            publisher=clock.publisher,
        )


def _tally(rows: Sequence[LaneRow], refused: Sequence[Refused]) -> Counter[tuple[str, str]]:
    tally: Counter[tuple[str, str]] = Counter(("rejected", rejected.code) for _, rejected in refused)
    if raised := sum(rejected.traceback is not None for _, rejected in refused):
        tally["raised", ""] = raised
    for _, row in rows:
        if isinstance(row, HeadlineRow) and row.primary:
            tally["headline", "stale" if row.headline.stale else "accepted"] += 1
    return tally
