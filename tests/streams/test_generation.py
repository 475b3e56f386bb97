"""The first record of a generation holds for all its workers, whoever comes first."""

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from agents.rulebook import Rulebook
from schemas.base import MINUTE
from schemas.generation import Generation
from streams import generation
from streams import kafka as clients
from streams.access import AccessDenied
from streams.generation import GenerationMismatch, as_begun, establish
from streams.settings import IMPORT, Settings
from streams.stages import specs
from streams.topics import TopicsError, create, plan

NOW = 1_795_000_000_000
LATER = 4_000_000_000_000


@pytest.fixture
async def settings(kafka: str, prefix: str) -> Settings:
    made = Settings(
        kafka_bootstrap_servers=kafka,
        prefix=prefix,
        raw_topic=f"{prefix}raw",
        alerts_topic=f"{prefix}out",
        raw_partitions=3,
    )
    async with clients.admin(made) as client:
        await create(client, plan(made, 2))
    return made


async def send(settings: Settings, topic: str, timestamp: int | None = None) -> int:
    async with clients.running(settings, clients.producer(settings)) as writer:
        sent = await writer.send_and_wait(settings.topic(topic), b"{}", partition=1, timestamp_ms=timestamp)
        return int(sent.timestamp)


async def test_before_the_first_worker_there_is_none(settings: Settings) -> None:
    assert await generation.read(settings) is None


async def test_the_first_worker_writes_it_and_the_next_reads_it(settings: Settings) -> None:
    first = await establish(settings, "rules-1", 2, NOW)
    assert first == Generation(
        start=NOW // MINUTE * MINUTE,
        cut=NOW // MINUTE * MINUTE,
        raw_topic=settings.raw_topic,
        raw_partitions=3,
        import_partitions=0,
        lanes=2,
        rules="rules-1",
        import_topic=settings.topic(IMPORT),
        alerts_topic=settings.alerts_topic,
        alerts_partitions=2,
        raw_begins=(0, 0, 0),
        prefix=settings.prefix,
        founded=first.founded,
    )
    assert first.founded > 0
    assert await establish(settings, "rules-1", 2, NOW + 10 * MINUTE) == first
    assert await generation.read(settings) == first


async def test_workers_that_come_together_agree(settings: Settings) -> None:
    several = await asyncio.gather(*(establish(settings, "rules-1", 2, NOW + n * MINUTE) for n in range(4)))
    assert len(set(several)) == 1


async def test_it_starts_no_later_than_what_raw_already_holds(settings: Settings) -> None:
    stamped = await send(settings, "headlines.raw")
    await send(settings, "headlines.raw")
    begun = await establish(settings, "rules-1", 2, LATER)
    assert begun.start == begun.cut == stamped // MINUTE * MINUTE


async def test_an_import_with_something_in_it_takes_part(settings: Settings) -> None:
    await send(settings, IMPORT, NOW)
    begun = await establish(settings, "rules-1", 2, NOW)
    assert (begun.import_partitions, begun.import_begins) == (2, (0, 0))


async def test_it_begins_with_what_is_left_of_raw(settings: Settings) -> None:
    for _ in range(3):
        await send(settings, "headlines.raw")
    async with clients.admin(settings) as client:
        await client.delete_records({TopicPartition(settings.raw_topic, 1): RecordsToDelete(before_offset=2)})
    begun = await establish(settings, "rules-1", 2, LATER)
    assert begun.raw_begins == (0, 2, 0)
    (classify, *_) = specs(Rulebook.load(), begun, True)
    assert classify.begins == {0: 0, 1: 2, 2: 0}


def test_a_generation_from_before_it_was_written_down_begins_with_what_there_is() -> None:
    written = b"""{"schema_version":1,"start":0,"cut":0,"raw_topic":"headlines.raw","raw_partitions":2,
        "import_partitions":1,"lanes":4,"rules":"r","import_topic":"headlines.import","alerts_topic":"alerts",
        "alerts_partitions":4,"replay":null,"prefix":"","founded":0}"""
    for spec in specs(Rulebook.load(), Generation.decode(written), True):
        assert spec.begins == {}, spec.name


@pytest.mark.parametrize(
    ("rules", "lanes", "said"), [("rules-2", 2, "rules-1 when it started, rules-2 now"), ("rules-1", 3, "lanes: 2")]
)
async def test_a_worker_that_differs_is_refused(settings: Settings, rules: str, lanes: int, said: str) -> None:
    await establish(settings, "rules-1", 2, NOW)
    with pytest.raises(GenerationMismatch, match=said) as caught:
        await establish(settings, rules, lanes, NOW)
    assert "TOCSIN_PREFIX" in str(caught.value)
    assert caught.value.exit_code == 2


async def test_another_raw_topic_is_refused(settings: Settings, prefix: str) -> None:
    await establish(settings, "rules-1", 2, NOW)
    other = Settings(**{**settings.model_dump(), "raw_topic": f"{prefix}raw2", "raw_partitions": 4})
    async with clients.admin(other) as client:
        await create(client, plan(other, 2))
    with pytest.raises(GenerationMismatch, match=r"raw2 now; partitions of the raw topic: 3 when it started, 4 now"):
        await establish(other, "rules-1", 2, NOW)


async def test_an_import_that_came_too_late_is_not_passed_over_in_silence(settings: Settings) -> None:
    await establish(settings, "rules-1", 2, NOW)
    await send(settings, IMPORT, NOW)
    with pytest.raises(GenerationMismatch, match="partitions of the import"):
        await establish(settings, "rules-1", 2, NOW)


async def test_a_generation_of_another_ones_history_goes_on_without_being_told(settings: Settings, prefix: str) -> None:
    await send(settings, IMPORT, NOW)
    first = await establish(settings, "rules-1", 2, NOW)
    own = {"prefix": f"{prefix}2", "import_topic": None}
    second = Settings(**{**settings.model_dump(exclude={"import_partitions"}), **own})
    told = second.model_copy(update={"import_topic": settings.topic(IMPORT)})
    async with clients.admin(told) as client:
        await create(client, plan(told, 2))
    begun = await generation.found(told, first.model_copy(update={"prefix": "", "founded": 0}))
    assert await establish(second, "rules-1", 2, NOW) == begun
    assert (await as_begun(second)).topic(IMPORT) == settings.topic(IMPORT)
    wrong = second.model_copy(update={"import_topic": settings.topic("counts")})
    with pytest.raises(GenerationMismatch, match="TOCSIN_IMPORT_TOPIC"):
        await establish(wrong, "rules-1", 2, NOW)


async def test_a_worker_that_the_group_does_not_take_begins_nothing(settings: Settings) -> None:
    short = settings.model_copy(update={"session_timeout_ms": 2000})
    with pytest.raises(AccessDenied, match="TOCSIN_SESSION_TIMEOUT_MS=2000"):
        await establish(short, "rules-1", 2, NOW)
    assert await generation.read(settings) is None  # an import may still come


async def test_without_topics_the_cure_is_named(kafka: str, prefix: str) -> None:
    bare = Settings(kafka_bootstrap_servers=kafka, prefix=prefix, raw_topic=f"{prefix}raw")
    with pytest.raises(TopicsError, match="tocsin topics create"):
        await establish(bare, "rules-1", 2, NOW)
    with pytest.raises(TopicsError, match="tocsin topics create"):
        await generation.read(bare)
