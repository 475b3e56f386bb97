"""Topics are made as planned, once, and what differs is told and left alone."""

import asyncio

import pytest
from aiokafka.admin import NewTopic

from schemas.base import DAY, HOUR
from streams import topics
from streams.kafka import admin
from streams.settings import NAMES, RAW, Settings
from streams.topics import TopicsError, check, create, plan, require


@pytest.fixture
def settings(kafka: str, prefix: str) -> Settings:
    return Settings(kafka_bootstrap_servers=kafka, prefix=prefix, raw_topic=f"{prefix}raw", alerts_topic=f"{prefix}out")


def test_the_plan_names_every_topic_and_lanes_are_as_wide_as_asked() -> None:
    specs = {spec.plain: spec for spec in plan(Settings(prefix="g2", raw_partitions=5, import_partitions=3), 7)}
    assert tuple(specs) == NAMES
    wide = {name: spec.partitions for name, spec in specs.items()}
    assert wide[RAW] == wide["state.classify"] == 5
    assert wide["headlines.import"] == wide["state.classify-import"] == 3
    assert wide["clocks"] == wide["generation"] == 1
    assert {wide[name] for name in NAMES if name not in _NARROW} == {7}


_NARROW = (RAW, "state.classify", "headlines.import", "state.classify-import", "clocks", "generation")


def test_without_a_prefix_own_alerts_are_the_published_ones() -> None:
    specs = {spec.plain: spec.name for spec in plan(Settings(), 4)}
    assert specs["alerts"] == "alerts"
    assert not [plain for plain in specs if plain.startswith("published")]


def test_only_the_import_keeps_its_own_time() -> None:
    types = {spec.plain: spec.config["message.timestamp.type"] for spec in plan(Settings(), 4)}
    assert types.pop("headlines.import") == "CreateTime"
    assert set(types.values()) == {"LogAppendTime"}


def test_what_deduplication_reads_back_outlives_raw_by_48_hours() -> None:
    specs = {spec.plain: spec for spec in plan(Settings(raw_retention_days=3), 4)}
    assert int(specs[RAW].config["retention.ms"]) == 3 * DAY
    assert int(specs["headlines.deduplicated"].config["retention.ms"]) >= 3 * DAY + 48 * HOUR
    assert int(specs["headlines.classified"].config["retention.ms"]) >= 3 * DAY


def test_alerts_counts_history_and_the_generation_never_expire() -> None:
    kept = {s.plain for s in plan(Settings(), 4) if s.config.get("retention.ms") == "-1"}
    assert kept == {"headlines.import", "alerts", "counts", "generation"}


@pytest.mark.parametrize(
    ("asked", "brokers", "copies", "least"), [(None, 1, 1, None), (None, 5, 3, "2"), (2, 5, 2, None)]
)
def test_copies(asked: int | None, brokers: int, copies: int, least: str | None) -> None:
    for spec in plan(Settings(replication_factor=asked), 4):
        resolved = spec.resolved(brokers)
        assert resolved.replication_factor == copies
        assert resolved.config.get("min.insync.replicas") == least


async def test_create_makes_what_is_missing_and_nothing_differs(settings: Settings) -> None:
    specs = plan(settings, 3)
    async with admin(settings) as client:
        assert {difference.setting for difference in await check(client, specs)} == {"topic"}
        first = await create(client, specs)
        assert first.created == tuple(spec.name for spec in specs)
        assert first.differences == ()
        again = await create(client, specs)
        assert again.created == ()
        assert again.existing == first.created
        assert await check(client, specs) == []


async def test_what_differs_is_told_with_its_cure_and_left_alone(settings: Settings) -> None:
    other = settings.topic("alerts")
    async with admin(settings) as client:
        await client.create_topics([NewTopic(other, 1, 1, topic_configs={"retention.ms": "1000"})])
        report = await create(client, plan(settings, 3))
        found = {(d.topic, d.setting): d for d in report.differences}
        assert found[other, "partitions"][2:4] == ("1", "3")
        assert found[other, "retention.ms"][2:4] == ("1000", "-1")
        assert "retention.ms=-1" in found[other, "retention.ms"].cure
        assert (other, "message.timestamp.type") in found
        assert {topic for topic, _ in found} == {other}
        assert (await topics.config_of(client, other))["retention.ms"] == "1000"


async def test_nothing_is_made_beside_a_raw_topic_of_another_width(settings: Settings) -> None:
    async with admin(settings) as client:
        await client.create_topics([NewTopic(settings.raw_topic, 5, 1)])
        while settings.raw_topic not in await topics.described(client):
            await asyncio.sleep(0.02)
        with pytest.raises(TopicsError, match="TOCSIN_RAW_PARTITIONS=5"):
            await create(client, plan(settings, 3))
        assert settings.topic("alerts") not in await topics.described(client)


async def test_more_copies_than_brokers_are_refused_with_the_setting(settings: Settings) -> None:
    greedy = Settings(**{**settings.model_dump(), "replication_factor": 9})
    async with admin(greedy) as client:
        with pytest.raises(TopicsError, match="TOCSIN_REPLICATION_FACTOR"):
            await create(client, plan(greedy, 3))


async def test_a_missing_topic_is_named_with_its_cure_and_not_made_by_asking(settings: Settings) -> None:
    async with admin(settings) as client:
        for _ in range(2):
            with pytest.raises(TopicsError, match="tocsin topics create"):
                await require(client, [settings.raw_topic])
