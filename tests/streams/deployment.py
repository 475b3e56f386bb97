"""A small deployment for tests: its settings, its topics, and what is in them."""

from aiokafka import ConsumerRecord

from streams import kafka
from streams.reading import merged, spans
from streams.settings import Settings
from streams.topics import create, plan

LANES = 2


def environment(bootstrap: str, prefix: str) -> dict[str, str]:
    """What the settings of a deployment that no other test has are read from."""
    return {
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "TOCSIN_PREFIX": prefix,
        "TOCSIN_RAW_TOPIC": f"{prefix}raw",
        "TOCSIN_ALERTS_TOPIC": f"{prefix}out",
    }


def settings_of(bootstrap: str, prefix: str) -> Settings:
    """The same as an object."""
    return Settings(
        kafka_bootstrap_servers=bootstrap, prefix=prefix, raw_topic=f"{prefix}raw", alerts_topic=f"{prefix}out"
    )


async def made(bootstrap: str, prefix: str) -> Settings:
    """A deployment with its topics."""
    settings = settings_of(bootstrap, prefix)
    async with kafka.admin(settings) as client:
        await create(client, plan(settings, LANES))
    return settings


async def contents(settings: Settings, name: str) -> list[ConsumerRecord]:
    """All committed records of a topic, partition by partition."""
    return [record for part in await spans(settings, [name]) async for record in merged(settings, [part])]


async def put(settings: Settings, name: str, value: bytes | None, partition: int = 0, key: bytes | None = None) -> None:
    """Write one record."""
    async with kafka.running(settings, kafka.producer(settings)) as writer:
        await writer.send_and_wait(settings.topic(name), value, key=key, partition=partition)
