"""A live log of many days, made in a second: records with arrivals of the past in a topic that the broker stamps.

The raw topic is made with the producer's time, filled, and then set to the broker's. Kafka keeps what it has as it is,
so to everything that reads it, these headlines arrived when they say.
"""

import asyncio
import json
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.base import iso
from streams.demo.wire import Item
from tests.integration.deployment import Deployment

_TIME = "message.timestamp.type"


def value(item: Item) -> bytes:
    """An item as a producer sends it."""
    return json.dumps(
        {"published_at": iso(item.published_at), "title": item.title, "source": item.source, "url": item.url}
    ).encode()


def arrived(deployment: Deployment, items: Sequence[Item], partitions: int = 2) -> None:
    """Make the raw topic, with `items` in it as they arrived, each when it was published. Before `topics create`."""
    asyncio.run(_arrived(deployment, items, partitions))


async def _arrived(deployment: Deployment, items: Sequence[Item], partitions: int) -> None:
    topic, servers = deployment.settings.raw_topic, deployment.settings.kafka_bootstrap_servers
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    producer = AIOKafkaProducer(bootstrap_servers=servers, linger_ms=20)
    await admin.start()
    own = {_TIME: "CreateTime", "message.timestamp.before.max.ms": str(2**63 - 1), "retention.ms": "-1"}
    await admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=own)])
    await producer.start()
    sent = [
        await producer.send(topic, value(item), partition=number % partitions, timestamp_ms=item.published_at)
        for number, item in enumerate(items)
    ]
    await asyncio.gather(*sent)
    await producer.stop()
    stamped = ConfigResource(ConfigResourceType.TOPIC, topic, configs={_TIME: "LogAppendTime", "retention.ms": "-1"})
    await admin.alter_configs([stamped])
    await admin.close()
