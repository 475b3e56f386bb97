"""Draining: waiting until everything that was in the input at a moment has come out.

Watches the group's advisory offsets from outside, so it works for any number of workers. A stage has drained when its
position (for the merge: its smallest unreleased offset) has reached what its input held when the stage before it had
drained.

Rows and minutes are released only behind every partition's promise, and a silent partition gives it by a tick. Tickers
give rows theirs within a second or two, but none to the volume of a minute, which may then wait for the tick that ends
a minute's silence; and a generation that does not tick waits for one that does. So a drain ticks for itself where it
may (`ticks`): at other times than a ticker would, which changes when a row is released and never what comes out.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.generation import Generation
from streams import kafka
from streams.access import is_denied
from streams.generation import following
from streams.settings import Settings
from streams.sources import TICK

Progress = Callable[[str, int, int], None]
"""Told (topic, records done, records in all) as it goes."""

LOOK = 0.2
HOLDS_BACK = "deduplicate"
"""The stage that waits for promises."""
AGAIN = 1.0
"""Seconds between two ticks of a partition."""


async def drained(settings: Settings, generation: Generation, progress: Progress, *, ticks: bool = False) -> None:
    """Return when what is in the input now has come out of every stage.

    `ticks`: tick the raw partitions once a second while rows are held back. A replay never does: it ends by itself.
    """
    settings = following(settings, generation)
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
            reaching = _reach(admin, settings.group, name, ends, progress)
            if ticks and name == HOLDS_BACK and generation.replay is None:
                await _first_of(reaching, _tick(settings, generation))
            else:
                await reaching
    finally:
        await admin.close()
        await consumer.stop()


async def _tick(settings: Settings, generation: Generation) -> None:
    """Tick every raw partition, again and again: what is held back waits for the one that is the furthest behind."""
    while True:
        try:
            async with kafka.running(settings, kafka.producer(settings, linger_ms=0)) as writer:
                while True:
                    await asyncio.sleep(AGAIN)  # mostly a ticker has done it by then
                    for partition in range(generation.raw_partitions):
                        await writer.send_and_wait(generation.raw_topic, TICK, partition=partition)
        except (KafkaError, kafka.KafkaUnreachable) as error:
            if is_denied(error):
                raise
            await asyncio.sleep(AGAIN)  # the workers wait for the broker too


async def _first_of(*work: Coroutine[Any, Any, None]) -> None:
    """End with whichever ends first, and raise what it raised."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


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
