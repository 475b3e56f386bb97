"""How far each lane of a generation has come with a handover: read from the state that it commits, as it commits it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from aiokafka import TopicPartition

from agents.detect.publisher import KEY, PublisherState
from schemas.generation import Generation
from streams import kafka
from streams.settings import Settings

STATE = "state.detect"
States = Mapping[int, PublisherState]
"""By lane; a lane that has written nothing yet is missing."""


async def silent_since(settings: Settings, generation: Generation) -> int | None:
    """From when on (log time, ms) a generation has not published; `None` where it does, or never has."""
    async with LaneStates(settings, generation.lanes) as lanes:
        states = await lanes.now()
    silent = [state.since for state in states.values() if state.mode == "silent" and state.handover]
    return max(silent, default=None)


class LaneStates:
    """Follows `state.detect` of one generation."""

    def __init__(self, settings: Settings, lanes: int) -> None:
        self._partitions = [TopicPartition(settings.topic(STATE), lane) for lane in range(lanes)]
        self.settings = settings
        self._reader = kafka.consumer(settings)
        self._found: dict[int, PublisherState] = {}

    async def __aenter__(self) -> Self:
        await self._reader.start()
        self._reader.assign(self._partitions)
        await self._reader.seek_to_beginning(*self._partitions)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._reader.stop()

    async def now(self) -> States:
        """Each lane's state, as of what is committed now."""
        ends = await self._reader.end_offsets(self._partitions)
        while any([await self._reader.position(p) < ends[p] for p in self._partitions]):
            await self._read(200)
        return self._found

    async def until(self, condition: Callable[[States], bool], seconds: float) -> States | None:
        """Each lane's state when `condition` holds; `None` if it does not within `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition(await self.now()):
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(0.05)
        return self._found

    async def _read(self, wait_ms: int) -> None:
        for partition, records in (await self._reader.getmany(timeout_ms=wait_ms)).items():
            for record in records:
                if record.key == KEY and record.value is not None:
                    self._found[partition.partition] = PublisherState.decode(record.value)
