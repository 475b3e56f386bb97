"""Ticks for silent partitions, so that even silence is in the log.

The owner of a live raw partition that has read it to its end, with no tick of its own unread, appends a tick to it
when its arrival is not above `H` (the highest arrival of a record that made a row, anywhere) and its last tick was at
least a second ago, or when the partition has had nothing for a minute. Ticks never raise `H`, or they would call each
other for ever. A tick too many or too late changes latency, never an output: the clock here is the process's own.

Its producer is not fenced, as a raw partition is anybody's to write to. So a process that was asleep for as long as the
group waits for it holds its ticks back until it must have heard whether its partitions are another's by now.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from faust.types import TP

from schemas.generation import Generation
from streams.engine.clocks import Clocks
from streams.engine.lane import Lane
from streams.engine.lanes import Lanes
from streams.metrics import Metrics
from streams.settings import RAW, Settings

log = logging.getLogger("tocsin.ticker")

TICK = b'{"tocsin":"tick"}'
AGAIN = 1.0
"""Seconds between two ticks of a partition that somebody waits for."""
SILENCE = 60.0
"""Seconds without any record after which a partition is ticked anyway."""
LOOK = 0.1
"""Seconds between two looks."""


@dataclass
class Ticked:
    """What is known of one partition's ticks."""

    offset: int = -1
    at: float = 0.0


class Awake:
    """Whether a process has been awake for long enough to know that its partitions are its own."""

    def __init__(self, timeout: float) -> None:
        """`timeout`: seconds of silence after which the group gives a member's partitions away."""
        self._timeout = timeout
        self._last: float | None = None
        self._since = -float("inf")

    def look(self, now: float) -> bool:
        """Called again and again; `now` is of a clock that goes on while the process sleeps, seconds."""
        if self._last is not None and now - self._last >= self._timeout:
            self._since = now
        self._last = now
        return now - self._since >= self._timeout


def due(
    *, arrival: int, highest: int | None, unread: bool, at_end: bool, since_tick: float, since_record: float
) -> bool:
    """Whether a partition is to be ticked now. Times since are in seconds."""
    if unread or not at_end:
        return False
    wanted = highest is not None and arrival <= highest and since_tick >= AGAIN
    return wanted or (since_record >= SILENCE and since_tick >= SILENCE)


class Ticker:
    """Ticks the live raw partitions that this worker owns."""

    def __init__(
        self,
        settings: Settings,
        lanes: Lanes,
        clocks: Clocks,
        generation: Generation,
        options: Mapping[str, Any],
        metrics: Metrics,
    ) -> None:
        """Before any handover the setting says whether this generation ticks; after one, the publishing one does."""
        self._topic = settings.topic(RAW)
        self._ticks = settings.tick
        self._generation = generation
        self._lanes = lanes
        self._clocks = clocks
        self._options = options
        self._metrics = metrics
        self._awake = Awake(settings.session_timeout_ms / 1000)
        self._ticked: dict[TP, Ticked] = {}

    async def run(self) -> None:
        """Tick for ever."""
        producer = AIOKafkaProducer(**self._options, acks="all", enable_idempotence=True, linger_ms=0)
        await producer.start()
        try:
            while True:
                await asyncio.sleep(LOOK)
                if self._awake.look(time.monotonic()) and self._lanes.ready:
                    for tp, lane in list(self._lanes.lanes.items()):
                        if tp.topic == self._topic:
                            await self._look(tp, lane, producer)
        finally:
            await asyncio.shield(producer.stop())

    async def _look(self, tp: TP, lane: Lane, producer: AIOKafkaProducer) -> None:
        ticked = self._ticked.setdefault(tp, Ticked())
        clock = self._clocks.of(lane.spec.source, tp.partition)
        publisher = clock.publisher if clock is not None else None
        if not (self._ticks if publisher is None else publisher == self._generation.name):
            return
        now = time.monotonic()
        if due(
            arrival=clock.arrival if clock else self._generation.start,
            highest=self._clocks.highest,
            unread=lane.reached <= ticked.offset,
            at_end=lane.idle and lane.stable is not None and lane.reached >= lane.stable,
            since_tick=now - ticked.at,
            since_record=now - lane.committed_at,
        ):
            ticked.at = now
            sent = await producer.send_and_wait(self._topic, value=TICK, partition=tp.partition)
            ticked.offset = sent.offset
            self._metrics.ticks.inc()
