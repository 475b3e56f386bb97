"""The lanes that this worker owns in this generation of its group, opened and closed together.

Opening is in an order that must not change: first every former owner is shut out (fence), then state and memory are
read to their last stable offset, and only then does the consumer seek. A lane without a position is new, or refused.
Closing ends each lane behind its current transaction.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import TopicPartition
from faust.types import TP

from streams.engine.chunk import Chunk
from streams.engine.lane import Lane
from streams.engine.lost import LOST, Losses, Lost, settle
from streams.engine.spec import StageSpec
from streams.engine.state import Reader, load_memory, load_state
from streams.engine.step_errors import STEP_ERRORS, StepErrors
from streams.engine.traces import refuse_worked
from streams.engine.transaction import Transactor
from streams.metrics import Metrics
from streams.settings import Settings

log = logging.getLogger("tocsin.lanes")


class Lanes:
    """All lanes of one worker process."""

    def __init__(
        self, settings: Settings, specs: Iterable[StageSpec], options: Mapping[str, Any], metrics: Metrics
    ) -> None:
        self.specs = {settings.topic(spec.source): spec for spec in specs}
        self.lanes: dict[TP, Lane] = {}
        self.ready = False
        """Whether everything that the group gave us is open."""
        self._settings = settings
        self._options = options
        self._metrics = metrics

    def feed(self, tp: TP, chunk: Chunk) -> None:
        """Hand a chunk to its lane; one of a partition that is no longer ours is dropped."""
        if (lane := self.lanes.get(tp)) is not None:
            lane.feed(chunk)

    def hungry(self, partitions: Iterable[TP]) -> set[TP]:
        """Those of `partitions` that may be fetched from."""
        return {tp for tp in partitions if tp not in self.lanes or self.lanes[tp].hungry}

    def missed(self, tp: TP, position: int, begins: int) -> bool:
        """The consumer found that `position`, which it was to read next, is gone. Raises LostError if that matters.

        Gives whether it is to go on behind the gap. It is not where the lane has not begun, or has come further: then
        the consumer went by the group's offset, which is advice, and the seek to the lane's own position is to come.
        """
        lane = self.lanes.get(tp)
        if lane is None or lane.position is None or position < lane.position:
            return False
        self._lost(lane, Lost(tp, position, begins))
        return True

    def _lost(self, lane: Lane, lost: Lost) -> None:
        settle(lost, self._settings.lost_records, lane.spec, self._metrics)
        lane.losses.add(lost)

    async def open(self, partitions: Iterable[TP]) -> dict[TP, int]:
        """Take over `partitions`; returns the offset from which each is to be read."""
        began = time.monotonic()
        self.ready = False
        settings = self._settings
        self.lanes = {
            tp: Lane(
                spec,
                tp,
                Transactor(settings.transactional_id(spec.name, tp.partition), self._options, settings.topic),
                self._metrics,
                settings.chunk,
                settings.transaction_gap_ms / 1000,
                settings.step_error_share,
            )
            for tp in sorted(partitions)
            if (spec := self.specs.get(tp.topic)) is not None
        }
        for tp, lane in self.lanes.items():
            self._metrics.opened(lane.spec.name, tp.partition)
        await asyncio.gather(*[lane.transactor.fence() for lane in self.lanes.values()])
        async with Reader(self._options) as reader:
            positions = await self._restore(reader)
            await refuse_worked(settings, reader, [lane for tp, lane in self.lanes.items() if tp not in positions])
            first = await reader.beginning(TopicPartition(*tp) for tp in self.lanes)
        for tp, lane in self.lanes.items():
            begins = first[TopicPartition(*tp)]
            if new := tp not in positions:
                positions[tp] = lane.spec.begins.get(tp.partition, begins)
            if lost := positions[tp] < begins:
                self._lost(lane, Lost(tp, positions[tp], begins))
                positions[tp] = begins
            if new or lost:
                # written down at once: from now on, what expires unread is lost and will be missed
                await lane.stand(positions[tp])
        took = time.monotonic() - began
        self._metrics.recovered(took, len(self.lanes))
        log.info("opened %d lanes in %.2f s", len(self.lanes), took)
        return positions

    async def _restore(self, reader: Reader) -> dict[TP, int]:
        by_state = {
            TopicPartition(self._settings.topic(lane.spec.state), tp.partition): tp for tp, lane in self.lanes.items()
        }
        positions: dict[TP, int] = {}
        starts: dict[TopicPartition, int] = {}
        by_memory: dict[TopicPartition, Lane] = {}
        for state, (entries, position) in (await load_state(reader, by_state)).items():
            lane = self.lanes[by_state[state]]
            lane.errors = StepErrors.decode(entries.pop(STEP_ERRORS, None))
            lane.losses = Losses(entries.pop(LOST, None))
            self._metrics.lost.labels(lane.spec.name, str(lane.tp.partition)).inc(lane.losses.total)
            memory = lane.stage.restore(entries)
            if position is not None:
                positions[lane.tp] = position
            if memory is not None:
                own = TopicPartition(self._settings.topic(memory.topic), memory.partition)
                starts[own] = memory.offset
                by_memory[own] = lane
        await load_memory(reader, starts, lambda own, records: by_memory[own].stage.remember(records))
        return positions

    async def close(self) -> None:
        """Let every lane end its transaction, and leave."""
        self.ready = False
        lanes, self.lanes = self.lanes, {}
        await asyncio.gather(*[lane.close() for lane in lanes.values()])
        for tp, lane in lanes.items():
            self._metrics.closed(lane.spec.name, tp.partition)
        self._metrics.lanes.set(0)
