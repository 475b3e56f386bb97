"""Stages with one rule of the order left out, each on purpose."""

from collections.abc import Sequence

from agents.classify.agent import STATE, ClassifyStage
from agents.classify.clock import Clock
from agents.deduplicate.agent import DeduplicateStage
from agents.detect.agent import DetectStage
from agents.stage import Inbound, Outbound, Step
from schemas.base import MINUTE, QUARTER
from schemas.row import MinuteRow, decode_row


class ForgetsArrival(ClassifyStage):
    """The running maximum is not in the state: after a crash it begins with the next timestamp."""

    def step(self, records: Sequence[Inbound]) -> Step:
        step = super().step(records)
        forgotten = Clock.decode(step.state[STATE] or b"").model_copy(update={"arrival": None})
        return step._replace(state={STATE: forgotten.encode()})


class ForgetsVolume(ClassifyStage):
    """The open minute's volume is not in the state."""

    def step(self, records: Sequence[Inbound]) -> Step:
        step = super().step(records)
        forgotten = Clock.decode(step.state[STATE] or b"").model_copy(update={"volume": ()})
        return step._replace(state={STATE: forgotten.encode()})


class MinutesWhereNoticed(ClassifyStage):
    """A minute stands where the chunk was when it was told, not where the minute ended."""

    def step(self, records: Sequence[Inbound]) -> Step:
        step = super().step(records)
        noticed = (self.clock.arrival or 0) // MINUTE * MINUTE
        return step._replace(outputs=[_moved(out, noticed) for out in step.outputs])


class ForgetsMemory(DeduplicateStage):
    """What was released before a crash is not read back."""

    def remember(self, records: Sequence[Inbound]) -> None:
        pass


class ForgetsWhatIsOpen(DetectStage):
    """An open alert is not in the state."""

    def step(self, records: Sequence[Inbound]) -> Step:
        step = super().step(records)
        return step._replace(state={key: value for key, value in step.state.items() if b"alert/" not in key})


class ClosesByTicks(DeduplicateStage):
    """Buckets close when a chunk's promises have passed them, not where a minute row stands in the order."""

    def step(self, records: Sequence[Inbound]) -> Step:
        before = self._merge.clock
        step = super().step(records)
        outputs = [_moved(out, None) for out in step.outputs]
        at = self._merge.clock // QUARTER * QUARTER
        if outputs and before < at < 1 << 50:
            outputs.append(self._released(MinuteRow(at=at, volume=())))
        return step._replace(outputs=outputs)


def _moved(out: Outbound, to: int | None) -> Outbound:
    """A minute row at another time; at no quarter, so that it closes nothing, without one."""
    if out.kind != "minute":
        return out
    row = decode_row(out.value or b"")
    assert isinstance(row, MinuteRow)
    at = max(row.at, to) if to is not None else row.at + (row.at % QUARTER == 0)
    return out._replace(value=row.model_copy(update={"at": at}).encode())
