"""The step of detection: rows in released order in, revisions of alerts and closed counts out.

Pure but for the lane's own working state: what is decided follows from the rows and the rules alone, however the rows
are cut into chunks, and a detector restored from its entries goes on byte for byte like the one that wrote them.

A headline counts in its series, narrow before wide, and each is judged at once. A minute row adds volume; at a
quarter a bucket closes, open alerts resolve or are sustained, and the bucket that left the 24 h horizon is learnt
from. In a stretch without headlines nothing is written but what these closes say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agents.detect import entries
from agents.detect.buckets import LATE, LONG, bucket_of
from agents.detect.closing import close, reconsider
from agents.detect.ending import withdraw
from agents.detect.evidence import item_of
from agents.detect.learn import learn
from agents.detect.memory import Lane, Memory
from agents.detect.opening import judge_item
from agents.detect.rules import DetectRules
from schemas.alert import Alert
from schemas.base import DAY, QUARTER
from schemas.count import SeriesCount, VolumeCount
from schemas.row import HeadlineRow, MinuteRow, ReleasedRow, WithdrawalRow


@dataclass(frozen=True)
class Decided:
    """What a chunk of rows came to."""

    alerts: list[Alert] = field(default_factory=list)
    counts: list[SeriesCount | VolumeCount] = field(default_factory=list)
    changed: set[bytes] = field(default_factory=set)
    """Keys of the state entries that have to be written."""


class Detector:
    """One lane."""

    def __init__(
        self,
        lane: int,
        subregions: frozenset[str],
        rules: DetectRules,
        directions: Mapping[str, str],
        rules_version: str,
    ) -> None:
        self.lane = lane
        self._subregions = subregions
        self._rules = rules
        self._directions = directions
        self._version = rules_version
        self._memory = Memory(subregions, rules, rules_version)

    def restore(self, entries_: Mapping[bytes, bytes]) -> None:
        """Go on where these entries were written."""
        self._memory = Memory(self._subregions, self._rules, self._version)
        entries.restore(self._memory, entries_)

    def entries(self, changed: Iterable[bytes]) -> dict[bytes, bytes | None]:
        """What to write to the state topic; `None` deletes."""
        return entries.written(self._memory, changed)

    def learning(self) -> str | None:
        """How much of the learning time is over (`3 of 7 days`); `None` when alerts can open."""
        return self._memory.learning()

    @property
    def days_missing(self) -> int:
        """Days with headlines that the lane has yet to see before alerts can open."""
        seen = max(0, self._memory.lane.days - 1) if self._memory.lane is not None else 0
        return max(0, self._rules.learning_days - seen)

    @property
    def series(self) -> int:
        """How many series have a state."""
        return len(self._memory.series)

    def open(self) -> tuple[str, ...]:
        """The series with an open alert."""
        return tuple(sorted(self._memory.open))

    def step(self, rows: Sequence[ReleasedRow]) -> Decided:
        """Decide about rows, in released order."""
        memory = self._memory
        decided = Decided()
        for row in rows:
            if isinstance(row, HeadlineRow):
                decided.alerts.extend(self._headline(row))
            elif isinstance(row, MinuteRow):
                self._minute(row, decided)
            elif isinstance(row, WithdrawalRow):
                begun(memory, row.arrival)
                decided.alerts.extend(withdraw(memory, row.withdraws, row.arrival))
        decided.changed.update(memory.changed)
        memory.changed.clear()
        return decided

    def _headline(self, row: HeadlineRow) -> list[Alert]:
        memory = self._memory
        arrival = row.headline.arrival
        lane = begun(memory, arrival)
        if seen_on(memory, lane, arrival // DAY):
            lane.day_starts = (*lane.day_starts, bucket_of(arrival))
        alerts: list[Alert] = []
        item = item_of(row, self._subregions, self._directions)
        if item is not None and item.id not in memory.items:
            alerts = judge_item(memory, item, memory.add_item(item, lane))
        if not row.headline.stale:
            # Only now: how much volume is still to be told is estimated by the headlines beside the one that is judged.
            told = {place.subregion for place in row.places} & self._subregions
            memory.put_pending(memory.ledger.pending + len(told))
        return alerts

    def _minute(self, row: MinuteRow, decided: Decided) -> None:
        memory = self._memory
        lane = memory.lane or begun(memory, row.at)
        now = bucket_of(row.at)
        if row.volume:
            memory.ledger.add_volume(row.volume, lane.closed + 1, now, bucket_of(row.at - 1))
        memory.put_pending(0)
        if row.at % QUARTER == 0:
            decided.counts.extend(close(memory, now - LATE - 1, self.lane))
            decided.alerts.extend(reconsider(memory, row.at))
            learn(memory, now)


def seen_on(memory: Memory, lane: Lane, day: int) -> bool:
    """The lane has seen a headline on this day; whether it is the first."""
    if day <= lane.day:
        return False
    lane.days += 1
    lane.day = day
    memory.lane_changed()
    return True


def begun(memory: Memory, time: int) -> Lane:
    """The lane, which begins with its first row."""
    if memory.lane is None:
        now = bucket_of(time)
        memory.lane = Lane(closed=now - LATE - 1, taught=now - LONG)
        memory.lane_changed()
    assert memory.lane is not None
    return memory.lane
