"""What a worker does beside its lanes: clocks, ticks, skew, advisory offsets, lag. None of it can change an output."""

import asyncio
import time
from collections.abc import Mapping

from faust.types import TP

from agents.detect.tail import betainc
from streams.engine.clocks import Clocks
from streams.engine.lanes import Lanes
from streams.engine.raw_clocks import show
from streams.engine.skew import Lead
from streams.engine.transport import LaneThread
from streams.metrics import Metrics

LOOK = 0.2
"""Seconds between two looks at skew and lag."""
SURVEY = 0.1
"""Seconds between two looks at how far the consumer has come."""
ADVISE = 0.5
"""Seconds between two commits of advisory group offsets."""


async def balance(lanes: Lanes, clocks: Clocks, inputs: Mapping[tuple[str, int], int | None], metrics: Metrics) -> None:
    """Pause what is too far ahead, and say how far behind each lane is."""
    leads: dict[TP, Lead] = {}
    while True:
        show(clocks, inputs, metrics)
        slowest = clocks.slowest(inputs)
        for tp, lane in list(lanes.lanes.items()):
            stage, partition = lane.spec.name, str(tp.partition)
            if (lane.spec.source, tp.partition) in inputs:
                lead = leads.setdefault(tp, Lead())
                if (clock := clocks.of(lane.spec.source, tp.partition)) is not None:
                    lead.note(clock)
                lane.paused = lead.too_far(slowest)
                metrics.paused.labels(stage, partition).set(lane.paused)
            behind = max(0, lane.stable - lane.reached) if lane.stable is not None else 0
            metrics.lag_records.labels(stage, partition).set(behind)
            oldest = lane.oldest
            metrics.lag_seconds.labels(stage, partition).set(
                max(0.0, time.time() - oldest / 1000) if oldest is not None else 0.0
            )
        await asyncio.sleep(LOOK)


async def survey(lanes: Lanes, thread: LaneThread) -> None:
    """Let each lane know how far the consumer has come."""
    while True:
        if lanes.ready:
            for tp, seen in (await thread.reached()).items():
                if (lane := lanes.lanes.get(tp)) is not None:
                    lane.survey(seen)
        await asyncio.sleep(SURVEY)


async def advise(lanes: Lanes, thread: LaneThread) -> None:
    """Tell the group where lanes are, for lag tools and for draining."""
    told: dict[TP, int] = {}
    while True:
        await asyncio.sleep(ADVISE)
        if not lanes.ready:
            continue
        news = {tp: at for tp, lane in lanes.lanes.items() if (at := lane.told) is not None and told.get(tp) != at}
        if news:
            await thread.advise(news)
            told.update(news)


async def warm(lanes: Lanes) -> None:
    """Import what detection needs when the lanes are open, so that the first row does not wait for it."""
    while not lanes.ready:  # noqa: ASYNC110 (nothing tells us but a look)
        await asyncio.sleep(LOOK)
    await asyncio.to_thread(betainc)
