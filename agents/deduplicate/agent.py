"""The second stage on one classified lane: bytes in, released rows with their verdicts out.

State is two entries: `merge` (what the merge has to go on with) and `hours` (where in the own output each hour of
arrival begins). The memory of texts is not state: it is the lane's own output of the last 48 h of arrival, which
`restore` asks for and `remember` takes back. Where the clock is more than 48 h past the last headline it asks for
nothing, as no row still to come can repeat any: output that has expired since does not stand in the way of a start.
`hours` is one commit behind, see `agents.deduplicate.hours`.

A record that is no row of this lane is rejected with its bytes; all others go on. It is rejected once, however often a
crash has it read again: only where the merge had not come to it yet. So is a row that judging stumbles over: it is not
remembered, and goes to the rejected in place of the released.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from agents.deduplicate.hours import Hours
from agents.deduplicate.memory import WINDOW
from agents.deduplicate.merge import Merge
from agents.deduplicate.merge_state import AFTER_ALL, BEFORE_ALL, MergeState, Partition, UnknownInputError
from agents.deduplicate.rules import DeduplicateRules
from agents.deduplicate.step import Deduplicator
from agents.stage import Inbound, Memory, Outbound, Step
from agents.stumble import Stumble
from schemas.base import SECOND
from schemas.rejected import Rejected
from schemas.row import ReleasedRow, Source, decode_row

INPUT = "headlines.classified"
TOPIC = "headlines.deduplicated"
REJECTED = "headlines.rejected"


class DeduplicateStage:
    """Ordered merge, then deduplication. Implements `agents.stage.Stage`."""

    def __init__(
        self, lane: int, inputs: Mapping[Partition, int | None], cut: int | None, rules: DeduplicateRules
    ) -> None:
        """`inputs` and `cut` as for `Merge`: fixed for a generation."""
        self._lane = lane
        self._key = str(lane).encode()
        self._inputs = dict(inputs)
        self._cut = cut
        self._rules = rules
        self._begin({})

    def restore(self, entries: Mapping[bytes, bytes]) -> Memory | None:
        """Take up what was committed; asks for the own output that a row still to come may repeat, if any."""
        last_headline = self._begin(entries)
        # Rows still to come arrive at the clock or later: all before it was released, and what has ended stays so.
        if last_headline is None or last_headline < self._merge.clock - WINDOW:
            return None
        return Memory(TOPIC, self._lane, self._needed(last_headline))

    def remember(self, records: Sequence[Inbound]) -> None:
        """Take own output back into memory; rows older than 48 h do no harm, and what is no such row is not own."""
        for record in records:
            self._deduplicator.recall(record.value or b"")

    def step(self, records: Sequence[Inbound]) -> Step:
        """Take a chunk in; judge and give out all that may leave."""
        merge = self._merge
        late = merge.late
        outputs: list[Outbound] = []
        tally: Counter[tuple[str, str]] = Counter()
        for record in records:
            value = record.value or b""
            try:
                merge.take(record.offset, decode_row(value))
            except (ValidationError, UnknownInputError) as error:
                if merge.skip(record.offset):
                    outputs.append(self._rejected(record.offset, value, f"not a row of this lane: {error}"))
        for released in merge.release():
            if released.kind == "headline":
                try:
                    judged = self._deduplicator.judge(released)
                except Exception as error:
                    outputs.append(self._rejected(merge.offset, released.encode(), *Stumble.of(error)))
                    tally["raised", ""] += 1
                    continue
                outputs.append(self._released(judged))
                if judged.verdict is not None:
                    tally["verdict", judged.verdict.kind] += 1
                self._hours.begin(judged.headline.arrival)
            else:
                outputs.append(self._released(released))
        if rejected := sum(out.topic == REJECTED for out in outputs):
            tally["rejected", "step_error"] = rejected
        if merge.late > late:
            tally["late", ""] = merge.late - late
        state = merge.state
        return Step(outputs, self._changed(state), state.low, tally, self._gauges())

    def committed(self, first_offsets: Mapping[tuple[str, int], int]) -> None:
        """Take the offset that the hours begun in the last step got."""
        landed = first_offsets.get((TOPIC, self._lane))
        if landed is not None:
            self._hours.landed(landed)

    def _begin(self, entries: Mapping[bytes, bytes]) -> int | None:
        stored = entries.get(b"merge")
        state = None if stored is None else MergeState.decode(stored)
        last_headline = None if state is None else state.last_headline
        self._merge = Merge(self._inputs, self._cut, state)
        self._hours = Hours.decode(entries.get(b"hours"), last_headline)
        self._deduplicator = Deduplicator(self._rules)
        self._stored = {key: entries[key] for key in (b"merge", b"hours") if key in entries}
        return last_headline

    def _needed(self, last_headline: int) -> int:
        """From where own output matters; forgets the hours before it, for the clock only rises."""
        return self._hours.needed(max(last_headline, self._merge.clock))

    def _changed(self, state: MergeState) -> dict[bytes, bytes | None]:
        if state.last_headline is not None:
            self._needed(state.last_headline)
        entries = {b"merge": state.encode(), b"hours": self._hours.encode()}
        changed: dict[bytes, bytes | None] = {
            key: value for key, value in entries.items() if self._stored.get(key) != value
        }
        self._stored = entries
        return changed

    def _gauges(self) -> dict[str, float]:
        gauges: dict[str, float] = {"waiting": self._merge.waiting, "memory": len(self._deduplicator)}
        if BEFORE_ALL < self._merge.clock < AFTER_ALL:
            gauges["clock"] = self._merge.clock / SECOND
        return gauges

    def _released(self, row: ReleasedRow) -> Outbound:
        return Outbound(TOPIC, self._lane, self._key, row.encode(), row.kind)

    def _rejected(self, offset: int, value: bytes, detail: str, traceback: str | None = None) -> Outbound:
        source = Source(topic=INPUT, partition=self._lane, offset=offset)
        rejected = Rejected.of("deduplicate", "step_error", detail, value, source, traceback)
        return Outbound(REJECTED, self._lane, None, rejected.encode())
