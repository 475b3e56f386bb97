"""A live log of many days, made in a second: records with arrivals of the past in a topic that the broker stamps.

The raw topic is made with the producer's time, filled, and then set to the broker's. Kafka keeps what it has as it is,
so to everything that reads it, these headlines arrived when they say.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Protocol

from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.base import iso
from streams import kafka
from streams.demo.wire import Item
from streams.settings import Settings

_TIME = "message.timestamp.type"


class Deployed(Protocol):
    """Something with a raw topic, to which these settings lead."""

    settings: Settings


def value(item: Item) -> bytes:
    """An item as a producer sends it."""
    return json.dumps(
        {"published_at": iso(item.published_at), "title": item.title, "source": item.source, "url": item.url}
    ).encode()


def arrived(deployment: Deployed, items: Sequence[Item], partitions: int = 2, retention_ms: int = -1) -> None:
    """Make the raw topic, with `items` in it as they arrived, each when it was published. Before `topics create`."""
    asyncio.run(_arrived(deployment.settings, items, partitions, str(retention_ms)))


async def _arrived(settings: Settings, items: Sequence[Item], partitions: int, retention_ms: str) -> None:
    topic = settings.raw_topic
    own = {_TIME: "CreateTime", "message.timestamp.before.max.ms": str(2**63 - 1), "retention.ms": retention_ms}
    async with (
        kafka.admin(settings) as admin,
        kafka.running(settings, kafka.producer(settings, linger_ms=20)) as producer,
    ):
        await admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=own)])
        sent = [
            await producer.send(topic, value(item), partition=number % partitions, timestamp_ms=item.published_at)
            for number, item in enumerate(items)
        ]
        await asyncio.gather(*sent)
        kept = {_TIME: "LogAppendTime", "retention.ms": retention_ms}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=kept)])
