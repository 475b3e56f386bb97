"""How far a replay is, and when all of it has come out: told from outside, by the offsets that its workers commit.

    raw, import ──▶ classified ──▶ deduplicated         done when each stage has read what the one before it wrote

The end of a topic is read after the position of the stage that writes to it, and before that of the stage that reads
it: so what was written in between is waited for. Offsets are committed behind the work, never before it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.generation import Generation, Replay
from streams import kafka
from streams.engine.clocks import Clocks
from streams.errors import Refusal
from streams.replay.founding import Founded
from streams.replay.stretch import CLOCKS
from streams.settings import IMPORT, RAW, Settings

LOOK = 0.5
"""Seconds between two looks."""


class Overtaken(Refusal):
    """Raw retention has taken away what was still to be read."""


@dataclass(frozen=True)
class Reach:
    """How far a replay is."""

    done: int
    """Records of raw and import that are behind it, of `total`."""
    total: int
    behind: float
    """How much of what was read has come out of the last stage, 0 to 1."""
    headlines: int
    """Accepted so far."""
    complete: bool

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        return (self.done / self.total if self.total else 1.0) * self.behind


class Watch:
    """Looks at one replay. Use as an async context."""

    def __init__(self, founded: Founded) -> None:
        self._settings = founded.settings
        self._generation = founded.generation
        self._replay = founded.replay
        self._clocks = Clocks(self._settings.topic(CLOCKS), kafka.client_options(self._settings))
        self._reader = kafka.consumer(self._settings)
        self._admin = AIOKafkaAdminClient(**kafka.client_options(self._settings))
        self._follow: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Watch":
        await self._reader.start()
        await self._admin.start()
        self._follow = asyncio.create_task(self._following())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._follow is not None:
            self._follow.cancel()
            await asyncio.gather(self._follow, return_exceptions=True)
        await self._admin.close()
        await self._reader.stop()

    async def _following(self) -> None:
        while True:
            with contextlib.suppress(KafkaError, OSError):
                await self._clocks.follow()
            await asyncio.sleep(LOOK)

    async def reach(self) -> Reach:
        """How far it is now. Raises Overtaken."""
        sources = await self._sources()
        read = await self._positions(list(sources))
        done = {part: min(max(read.get(part, first) - first, 0), end - first) for part, (first, end) in sources.items()}
        total = sum(end - first for first, end in sources.values())
        await self._still_there(sources, read)
        judged, judged_of = await self._behind("headlines.classified")
        decided, decided_of = await self._behind("headlines.deduplicated")
        behind = (judged / judged_of if judged_of else 1.0) * (decided / decided_of if decided_of else 1.0)
        complete = sum(done.values()) == total and judged == judged_of and decided == decided_of
        return Reach(sum(done.values()), total, behind, self._headlines(), complete)

    def _headlines(self) -> int:
        parts = {RAW: self._generation.raw_partitions, IMPORT: self._generation.import_partitions}
        clocks = [self._clocks.of(topic, number) for topic, count in parts.items() for number in range(count)]
        return sum(clock.rows for clock in clocks if clock is not None)

    async def _sources(self) -> dict[TopicPartition, tuple[int, int]]:
        """What is to be read, offsets `[first, end)`."""
        found = stretches(self._settings, self._generation, self._replay)
        history = [
            TopicPartition(self._settings.topic(IMPORT), number) for number in range(self._generation.import_partitions)
        ]
        if history:
            begins = await self._reader.beginning_offsets(history)
            ends = await self._reader.end_offsets(history)
            found |= {part: (begins[part], ends[part]) for part in history}
        return found

    async def _still_there(
        self, sources: Mapping[TopicPartition, tuple[int, int]], read: Mapping[TopicPartition, int]
    ) -> None:
        begins = await self._reader.beginning_offsets(list(sources)) if sources else {}
        for part, (first, end) in sources.items():
            at = read.get(part, first)
            if at < end and begins[part] > at:
                raise Overtaken(
                    f"{part.topic}[{part.partition}] begins at {begins[part]}, but {at} was to be read next: its "
                    "retention has overtaken this replay. Begin another; `tocsin replay` says from when the log is "
                    "complete"
                )

    async def _behind(self, topic: str) -> tuple[int, int]:
        """Of the records of an inner topic, how many its stage has read."""
        parts = [TopicPartition(self._settings.topic(topic), lane) for lane in range(self._generation.lanes)]
        ends = await self._reader.end_offsets(parts)
        read = await self._positions(parts)
        return sum(min(read.get(part, 0), end) for part, end in ends.items()), sum(ends.values())

    async def _positions(self, parts: list[TopicPartition]) -> dict[TopicPartition, int]:
        """What the group has committed; nothing while a new group, or a restarted broker, has no coordinator yet."""
        if not parts:
            return {}
        try:
            found: dict[TopicPartition, Any] = await self._admin.list_consumer_group_offsets(
                self._settings.group, partitions=parts
            )
        except KafkaError as error:
            if not error.retriable:
                raise
            return {}
        return {part: at.offset for part, at in found.items() if at.offset >= 0}


def stretches(settings: Settings, generation: Generation, replay: Replay) -> dict[TopicPartition, tuple[int, int]]:
    """Of the raw partitions in which there is something to read, offsets `[first, end)`."""
    return {
        TopicPartition(generation.raw_topic, number): (first, last + 1)
        for number, (first, last) in enumerate(zip(replay.first, replay.last, strict=True))
        if last is not None and settings.raw_topic == generation.raw_topic
    }


async def all_out(
    watch: Watch, tell: Callable[[Reach], None], failing: Callable[[], None], excuse: Callable[[], None]
) -> Reach:
    """Return when everything has come out.

    `failing` is asked at every look, and raises when there is no hope; `excuse` is called in its place while Kafka does
    not answer, for then nobody gets any further.
    """
    while True:
        try:
            reach = await watch.reach()
        except (KafkaError, OSError):
            excuse()
            await asyncio.sleep(LOOK)
            continue
        tell(reach)
        if reach.complete:
            return reach
        failing()
        await asyncio.sleep(LOOK)
