"""What a replay is begun with, and what it is refused with, before any worker runs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TypeVar

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.structs import OffsetAndMetadata

from agents.rulebook import Rulebook
from schemas.base import HOUR, MINUTE, iso
from schemas.generation import Generation, Replay
from streams import generation as generations
from streams import kafka as clients
from streams.replay.founding import Founded, found
from streams.replay.stretch import Asked, ReplayRefused
from streams.settings import IMPORT, RAW, Settings
from streams.sources import END_TICK
from tests.streams.deployment import made, put, settings_of

NOW = int(time.time() * 1000) // MINUTE * MINUTE
START = NOW - HOUR
Made = TypeVar("Made")


@cache
def rulebook() -> Rulebook:
    """The package's."""
    return Rulebook.load()


async def begun(bootstrap: str, prefix: str, imported: bytes | None = None, replay: Replay | None = None) -> Settings:
    """A generation with a headline in one of two raw partitions, and a history that ends with this record."""
    settings = await made(bootstrap, prefix)
    await put(settings, RAW, b'{"title": "Ministers of Kenya meet"}', partition=1)
    if imported is not None:
        for partition in range(2):
            await put(settings, IMPORT, imported, partition)
    await generations.found(
        settings,
        Generation(
            start=START,
            cut=START,
            raw_topic=settings.raw_topic,
            raw_partitions=2,
            import_partitions=0 if imported is None else 2,
            lanes=rulebook().lanes.count,
            rules=rulebook().version,
            import_topic=settings.topic(IMPORT),
            replay=replay,
        ),
    )
    return settings


async def asked(settings: Settings, own: str, since: int | None = None, until: int | None = None) -> Founded:
    """The replay `own` of `settings`."""
    return await found(settings, own, rulebook(), Asked(since, until))


def run(work: Callable[[], Awaitable[Made]]) -> Made:
    """Run it to its end."""

    async def all_of_it() -> Made:
        return await work()

    return asyncio.run(all_of_it())


def test_a_partition_without_records_has_nothing_to_read_and_is_not_waited_for(kafka: str, prefix: str) -> None:
    async def work() -> tuple[Settings, Founded, Founded]:
        settings = await begun(kafka, prefix)
        own = f"{prefix}again"
        return settings, await asked(settings, own, since=START), await asked(settings, own)

    settings, first, again = run(work)
    assert (first.resumed, again.resumed) == (False, True)
    assert again.generation == first.generation
    replay = first.replay
    assert (replay.since, replay.first, replay.last[0]) == (START, (0, 0), None)
    assert NOW - 2 * MINUTE <= replay.until <= time.time() * 1000
    assert first.generation.import_partitions == 0
    assert first.environment["TOCSIN_TICK"] == "false"
    assert first.environment["TOCSIN_IMPORT_TOPIC"] == ""
    assert first.settings.raw_topic == settings.raw_topic
    assert first.settings.topic(IMPORT) != settings.topic(IMPORT)


def test_all_of_it_shares_the_history_and_a_stretch_within_it_says_what_it_lacks(kafka: str, prefix: str) -> None:
    async def work() -> tuple[Settings, Founded, Founded]:
        settings = await begun(kafka, prefix, END_TICK)
        async with clients.running(settings, clients.producer(settings)) as writer:
            for partition in range(2):
                topic = settings.topic(IMPORT)
                await writer.send_and_wait(topic, END_TICK, partition=partition, timestamp_ms=NOW - 30 * MINUTE)
        return settings, await asked(settings, f"{prefix}whole"), await asked(settings, f"{prefix}part", since=START)

    settings, whole, part = run(work)
    assert whole.settings.topic(IMPORT) == settings.topic(IMPORT)
    assert (whole.generation.import_partitions, whole.generation.cut, whole.notes) == (2, START, ())
    assert part.generation.import_partitions == 0
    assert iso(NOW - 30 * MINUTE) in part.notes[0]


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (NOW - MINUTE, NOW - 2 * MINUTE, "nothing lies between"),
        (None, NOW + HOUR, "complete up to"),
    ],
)
def test_a_stretch_that_there_is_not(kafka: str, prefix: str, since: int | None, until: int, says: str) -> None:
    async def work() -> Founded:
        return await asked(await begun(kafka, prefix), f"{prefix}again", since, until)

    with pytest.raises(ReplayRefused, match=says):
        run(work)


def test_what_had_expired_before_the_generation_began_is_not_missed(kafka: str, prefix: str) -> None:
    async def expire(settings: Settings, before: int) -> None:
        async with clients.admin(settings) as client:
            await client.delete_records({TopicPartition(settings.raw_topic, 1): RecordsToDelete(before_offset=before)})

    async def work() -> Replay:
        settings = await made(kafka, prefix)
        for _ in range(3):
            await put(settings, RAW, b'{"title": "Ministers of Kenya meet"}', partition=1)
        await expire(settings, 1)
        agreed = await generations.establish(settings, rulebook().version, rulebook().lanes.count, NOW - HOUR)
        assert (agreed.start, agreed.raw_begins) == (START, (0, 1))
        return (await asked(settings, f"{prefix}again")).replay

    assert run(work).first == (0, 1)

    async def overtaken() -> Founded:
        settings = settings_of(kafka, prefix)
        await expire(settings, 2)
        return await asked(settings, f"{prefix}third")

    with pytest.raises(ReplayRefused, match="retention has overtaken"):
        run(overtaken)


def test_a_history_that_has_no_end_would_be_waited_for_for_ever(kafka: str, prefix: str) -> None:
    async def work() -> Founded:
        return await asked(await begun(kafka, prefix, b'{"title": "Calm in Kenya"}'), f"{prefix}again")

    with pytest.raises(ReplayRefused, match="has not ended"):
        run(work)


def test_a_replay_is_not_repeated_and_a_prefix_in_use_not_taken(kafka: str, prefix: str) -> None:
    replay = Replay(since=START, until=NOW, first=(0, 0), last=(None, None))

    async def work() -> Founded:
        return await asked(await begun(kafka, prefix, replay=replay), f"{prefix}again")

    with pytest.raises(ReplayRefused, match="a replay itself"):
        run(work)

    async def taken() -> Founded:
        other = await begun(kafka, f"{prefix}other.")
        return await asked(await begun(kafka, f"{prefix}source."), other.prefix)

    with pytest.raises(ReplayRefused, match="no replay"):
        run(taken)


def test_offsets_that_an_earlier_generation_left_are_not_taken_for_ours(kafka: str, prefix: str) -> None:
    async def work() -> Founded:
        settings = await begun(kafka, prefix)
        own = f"{prefix}again"
        member = clients.consumer(settings, group_id=f"{own}.tocsin")
        async with clients.running(settings, member):
            part = TopicPartition(settings.raw_topic, 1)
            member.assign([part])
            await member.commit({part: OffsetAndMetadata(1, "")})
        return await asked(settings, own)

    with pytest.raises(ReplayRefused, match="still has the offsets"):
        run(work)
