"""Draining: waiting until everything that was in the input at a moment has come out.

Watches the group's advisory offsets from outside, so it works for any number of workers. A stage has drained when its
position (for the merge: its smallest unreleased offset) has reached what its input held when the stage before it had
drained. Rows are released only behind every partition's promise: with silent live partitions that takes a tick, about
a second.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.generation import Generation
from streams import kafka
from streams.settings import Settings

Progress = Callable[[str, int, int], None]
"""Told (topic, records done, records in all) as it goes."""

LOOK = 0.2


async def drained(settings: Settings, generation: Generation, progress: Progress) -> None:
    """Return when what is in the input now has come out of every stage."""
    sources = {"headlines.raw": generation.raw_partitions, "headlines.import": generation.import_partitions}
    first = [TopicPartition(settings.topic(topic), p) for topic, count in sources.items() for p in range(count)]
    options = kafka.client_options(settings)
    consumer = AIOKafkaConsumer(**options, isolation_level="read_committed", enable_auto_commit=False)
    admin = AIOKafkaAdminClient(**options)
    await consumer.start()
    await admin.start()
    try:
        for name, partitions in (
            ("classify", first),
            ("deduplicate", _lanes(settings, "headlines.classified", generation)),
            ("detect", _lanes(settings, "headlines.deduplicated", generation)),
        ):
            ends = await consumer.end_offsets(partitions)
            await _reach(admin, settings.group, name, ends, progress)
    finally:
        await admin.close()
        await consumer.stop()


def _lanes(settings: Settings, topic: str, generation: Generation) -> list[TopicPartition]:
    return [TopicPartition(settings.topic(topic), lane) for lane in range(generation.lanes)]


async def _reach(admin: Any, group: str, name: str, ends: dict[TopicPartition, int], progress: Progress) -> None:
    total = sum(ends.values())
    while True:
        at = await _offsets(admin, group, list(ends))
        left = {
            tp: end - max(0, at[tp].offset if tp in at else 0)
            for tp, end in ends.items()
            if end and (tp not in at or at[tp].offset < end)
        }
        progress(name, total - sum(left.values()), total)
        if not left:
            return
        await asyncio.sleep(LOOK)


async def _offsets(admin: Any, group: str, partitions: list[TopicPartition]) -> dict[TopicPartition, Any]:
    """The group's offsets; none while a new group, or a restarted broker, has no coordinator yet."""
    if not partitions:
        return {}
    try:
        found: dict[TopicPartition, Any] = await admin.list_consumer_group_offsets(group, partitions=partitions)
        return found
    except KafkaError as error:
        if not error.retriable:
            raise
        return {}
