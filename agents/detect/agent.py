"""The stage that the shell drives: rows of one deduplicated lane as bytes in, alerts and counts as bytes out.

Outputs stand in the order of the rows that caused them, so that they are the same however the rows are cut into
chunks. A record that is no row is rejected with its bytes; all others go on. So is a row that this code stumbles over:
the detector changes in place and may have been left half changed, so it is built again as it was before that row,
from the entries as last written and the rows since.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from pydantic import ValidationError

from agents.detect.outlets import Outlets
from agents.detect.publisher import Publisher
from agents.detect.rules import DetectRules
from agents.detect.step import Detector
from agents.stage import Inbound, Memory, Outbound, Step
from agents.stumble import Stumble
from schemas.count import SeriesCount, VolumeCount
from schemas.rejected import Rejected
from schemas.row import HandoverRow, ReleasedRow, Source, TickRow, decode_row, time_of

COUNTS = "counts"
REJECTED = "headlines.rejected"
INPUT = "headlines.deduplicated"


class DetectStage:
    """Detection on one lane."""

    def __init__(
        self,
        lane: int,
        subregions: frozenset[str],
        rules: DetectRules,
        directions: Mapping[str, str],
        rules_version: str,
        outlets: Outlets | None = None,
        publisher: Publisher | None = None,
    ) -> None:
        """Without a `publisher` the lane writes its own alerts and publishes nothing."""
        self.lane = lane
        self._outlets = outlets or Outlets(lane)
        self._publisher = publisher
        self._fresh = partial(Detector, lane, subregions, rules, directions, rules_version)
        self.detector = self._fresh()
        self._entries: dict[bytes, bytes] = {}
        """As last written: what the detector is built from again when it stumbles."""
        self._clock: int | None = None

    @property
    def never_published(self) -> bool:
        """Whether nothing has let this lane publish so far; not asked of a replay, which never does."""
        state = None if self._publisher is None else self._publisher.state
        return state is not None and state.mode == "silent" and not state.handover

    def restore(self, entries: Mapping[bytes, bytes]) -> Memory | None:
        """The entries are all there is to remember."""
        self._entries = dict(entries)
        self.detector.restore(self._entries)
        if self._publisher is not None:
            self._publisher.restore(entries)
        return None

    def remember(self, records: Sequence[Inbound]) -> None:
        """Never asked for."""

    def step(self, records: Sequence[Inbound]) -> Step:
        """Decide about a chunk."""
        outputs: list[Outbound] = []
        changed: set[bytes] = set()
        tally: Counter[tuple[str, str]] = Counter()
        position = 0
        published: dict[bytes, bytes | None] = {}
        since: list[ReleasedRow] = []  # the rows that `self._entries` know nothing of
        for record in records:
            position = record.offset + 1
            if record.value is None:
                continue
            try:
                row = decode_row(record.value)
            except ValidationError as error:
                outputs.append(self._rejected(record, record.value, f"not a row: {error}"))
                tally["rejected", "step_error"] += 1
                continue
            if isinstance(row, TickRow):
                continue
            try:
                decided = self.detector.step((row,))
            except Exception as error:
                outputs.append(self._rejected(record, record.value, *Stumble.of(error)))
                tally["rejected", "step_error"] += 1
                tally["raised", ""] += 1
                self._again(since)
                since = []
                continue
            self._clock = time = time_of(row)
            since.append(row)
            changed |= decided.changed
            for alert in decided.alerts:
                outputs += self._outlets.own(alert)
                tally["alert", alert.status] += 1
            if self._publisher is not None:
                control = row if isinstance(row, HandoverRow) else None
                told = self._publisher.take(time, decided.alerts, control)
                outputs += self._outlets.published(told.alerts)
                published |= told.state
            outputs += [self._count(count) for count in decided.counts]
        state = self.detector.entries(changed)
        self._keep(state)
        return Step(outputs, state | published, position, tally, self._gauges())

    def committed(self, first_offsets: Mapping[tuple[str, int], int]) -> None:
        """Nothing to keep."""

    def _again(self, since: Sequence[ReleasedRow]) -> None:
        """Put the detector back to where it was after these rows, and keep that: the next stumble has less to redo."""
        self.detector = self._fresh()
        self.detector.restore(self._entries)
        self._keep(self.detector.entries(self.detector.step(since).changed))

    def _keep(self, written: Mapping[bytes, bytes | None]) -> None:
        for key, value in written.items():
            if value is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = value

    def _gauges(self) -> dict[str, float]:
        detector = self.detector
        gauges: dict[str, float] = {"series": detector.series, "learning_days": detector.days_missing}
        if self._publisher is not None:
            gauges["publishing"] = self._publisher.gauge
        return gauges if self._clock is None else gauges | {"clock": self._clock / 1000}

    def _count(self, count: SeriesCount | VolumeCount) -> Outbound:
        key = f"{count.place}/{count.theme}" if isinstance(count, SeriesCount) else f"volume/{self.lane}"
        return Outbound(COUNTS, self.lane, key.encode(), count.encode())

    def _rejected(self, record: Inbound, value: bytes, detail: str, traceback: str | None = None) -> Outbound:
        source = Source(topic=INPUT, partition=self.lane, offset=record.offset)
        rejected = Rejected.of("detect", "step_error", detail, value, source, traceback)
        return Outbound(REJECTED, self.lane, None, rejected.encode())
