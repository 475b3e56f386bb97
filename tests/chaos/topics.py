"""What campaigns do to topics behind the deployment's back: settings, deletion, records; and what they look up."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient

from streams import kafka
from streams.settings import Settings
from streams.topic_plan import plan

Found = TypeVar("Found")


def administer(settings: Settings, work: Callable[[AIOKafkaAdminClient], Awaitable[Found]]) -> Found:
    """Do something with an administration client."""

    async def run() -> Found:
        async with kafka.admin(settings, 30.0) as client:
            return await work(client)

    return asyncio.run(run())


def configure(settings: Settings, lanes: int, name: str, **changed: str) -> None:
    """Give a topic (plain name) its planned settings, but for those changed; `_` stands for a dot."""
    (planned,) = [spec for spec in plan(settings, lanes) if spec.plain == name]
    config = {**planned.config, **{key.replace("_", "."): value for key, value in changed.items()}}
    resource = ConfigResource(ConfigResourceType.TOPIC, planned.name, configs=config)
    administer(settings, lambda client: client.alter_configs([resource]))


def delete(settings: Settings, name: str) -> None:
    """Delete a topic (plain name)."""
    administer(settings, lambda client: client.delete_topics([settings.topic(name)]))


def expire(settings: Settings, before: Mapping[int, int]) -> None:
    """Delete raw records as retention would: in each partition, those before an offset."""
    records = {TopicPartition(settings.raw_topic, p): RecordsToDelete(before_offset=at) for p, at in before.items()}
    administer(settings, lambda client: client.delete_records(records))


def leader(settings: Settings, name: str, partition: int) -> int:
    """The node that leads a partition of a topic (plain name)."""

    async def ask() -> int:
        client = AIOKafkaClient(bootstrap_servers=settings.kafka_bootstrap_servers)
        await client.bootstrap()
        try:
            await client.add_topic(settings.topic(name))
            found: int = client.cluster.leader_for_partition(TopicPartition(settings.topic(name), partition))
            return found
        finally:
            await client.close()

    return asyncio.run(ask())


def whole(settings: Settings, copies: int) -> bool:
    """Whether every partition of every topic has so many replicas in sync."""

    def synced(topics: list[dict[str, Any]]) -> bool:
        return all(len(partition["isr"]) >= copies for topic in topics for partition in topic["partitions"])

    async def ask(client: AIOKafkaAdminClient) -> bool:
        return synced(await client.describe_topics())

    return administer(settings, ask)
