"""Says where alerts do not reach subscribers: a generation that publishes nothing looks like calm.

One with a prefix writes its own alerts and publishes none until it is told to, the first one in a cluster too.
"""

import asyncio
import logging

from agents.detect.agent import DetectStage
from streams.engine.lanes import Lanes
from streams.handover.publishing import not_published
from streams.settings import Settings

log = logging.getLogger("tocsin.worker")
LOOK = 0.2


async def tell(lanes: Lanes, settings: Settings) -> None:
    """Say so once, when lanes are open and one of them is silent and has never published."""
    while not lanes.ready:  # noqa: ASYNC110 (nothing tells us but a look)
        await asyncio.sleep(LOOK)
    stages = [lane.stage for lane in lanes.lanes.values()]
    if any(isinstance(stage, DetectStage) and stage.never_published for stage in stages):
        log.info(not_published(settings))
