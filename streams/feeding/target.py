"""Before the first row is sent: is the topic there, is it as it has to be, and where do refused rows go.

What a broken topic would do (stamp an import with the broker's clock, drop a large headline) is refused here.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.rejected import Code, Rejected
from streams import kafka, topics
from streams.access import is_denied
from streams.feeding.batches import Batches
from streams.feeding.report import FeedRefused, Tally
from streams.settings import Settings
from streams.topic_plan import RAW_BYTES

REJECTED = "headlines.rejected"
_OVERHEAD = 512
"""Of a batch with one record, bytes; with room to spare."""


class Target(NamedTuple):
    """A topic that can be fed."""

    topic: str
    partitions: int
    largest: int
    """Bytes of the largest value that it can hold."""
    rejected: int
    """Partitions of the rejected topic."""


async def target(settings: Settings, name: str, stamped: str) -> Target:
    """The topic plainly called `name`. Raises TopicsError or FeedRefused when it cannot take what is to come."""
    full, rejected = settings.topic(name), settings.topic(REJECTED)
    async with kafka.admin(settings) as client:
        there = await topics.require(client, [full, rejected])
        config = await topics.config_of(client, full)
    found = config.get("message.timestamp.type")
    if found != stamped:
        raise FeedRefused(
            f"topic {full} has message.timestamp.type={found} and needs {stamped}, or its records have the wrong time. "
            f"Run kafka-configs.sh --alter --topic {full} --add-config message.timestamp.type={stamped}"
        )
    largest = min(RAW_BYTES, int(config["max.message.bytes"]) - _OVERHEAD)
    return Target(full, there[full].partitions, largest, there[rejected].partitions)


@asynccontextmanager
async def writing(settings: Settings, tally: Tally) -> AsyncIterator[AIOKafkaProducer]:
    """A producer for a feed. If Kafka fails on the way, KafkaUnreachable says how far it got."""
    async with kafka.running(settings, kafka.producer(settings)) as writer:
        try:
            yield writer
        except KafkaError as error:
            if is_denied(error):
                raise
            raise kafka.KafkaUnreachable(
                f"Kafka failed ({error!r}) after {tally.sent:,} of {tally.rows:,} rows were handed to topic "
                f"{tally.topic}; the last of them may be missing. See that the broker at "
                f"{settings.kafka_bootstrap_servers} is well (TOCSIN_KAFKA_BOOTSTRAP_SERVERS), then feed again: rows "
                "that come twice are recognised; an import begins again under a new TOCSIN_PREFIX"
            ) from error


async def reject(
    settings: Settings,
    writer: AIOKafkaProducer,
    where: Target,
    tally: Tally,
    refused: Iterable[tuple[int, Code, str, bytes]],
) -> None:
    """Write rows (number, reason, detail, bytes) to the rejected topic, and wait until they are there."""
    batches = Batches(writer, settings.topic(REJECTED))
    for number, code, detail, value in refused:
        record = Rejected.of("feed", code, f"row {number + 1}: {detail}", value, None)
        await batches.add(number % where.rejected, record.encode())
        tally.refused[code] += 1
    await batches.flush()
