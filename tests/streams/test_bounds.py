"""Where a log can be begun and where it is complete."""

import asyncio
import uuid

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from schemas.base import MINUTE
from schemas.generation import Generation
from streams import kafka as clients
from streams.bounds import Edges, complete, edges, last_before, offsets_at, overtaken
from streams.settings import Settings

M = MINUTE


def edge(
    begin: int = 0, earliest: int | None = 5 * M + 1, latest: int | None = 9 * M + 1, waiting: bool = False
) -> Edges:
    return Edges(begin, 100, earliest, latest, waiting)


@pytest.mark.parametrize(
    ("found", "since", "until"),
    [
        pytest.param([edge()], 0, 9 * M, id="nothing has expired, and the last record tells up to where"),
        pytest.param([edge(begin=3)], 6 * M, 9 * M, id="the minute of the first record may have lost some"),
        pytest.param([edge(begin=3, earliest=5 * M)], 6 * M, 9 * M, id="also where it begins with that record"),
        pytest.param([edge(begin=3), edge(begin=9, earliest=7 * M)], 8 * M, 9 * M, id="the latest of all beginnings"),
        pytest.param([edge(latest=10 * M + 2), edge(latest=10 * M)], 0, 10 * M, id="up to the minute in all of them"),
        pytest.param([edge(latest=10 * M + 2), edge()], 0, 9 * M, id="the earliest of all ends"),
        pytest.param([edge(latest=2 * M)], 0, 9 * M, id="a silent partition: up to a minute ago"),
        pytest.param([edge(latest=None, earliest=None)], 0, 9 * M, id="an empty one as well"),
        pytest.param([edge(latest=2 * M, waiting=True)], 0, 2 * M, id="but not where a transaction is open"),
        pytest.param([edge(begin=9, latest=None, earliest=None)], 9 * M, 9 * M, id="all has expired: nothing is left"),
    ],
)
def test_complete(found: list[Edges], since: int, until: int) -> None:
    assert complete(found, now=10 * M + 7) == (since, until)


@pytest.mark.parametrize(
    ("found", "begins", "lost"),
    [
        pytest.param([edge(), edge()], (0, 0), False, id="nothing was ever gone"),
        pytest.param([edge(500), edge(300, earliest=99 * M)], (500, 300), False, id="gone before it began"),
        pytest.param([edge(7, earliest=None, latest=None)], (7,), False, id="begun with an empty partition"),
        pytest.param([edge(500), edge(301)], (500, 300), True, id="one record since"),
        pytest.param([edge(3, earliest=3 * M + 9)], (), False, id="judged by time: within its first minute"),
        pytest.param([edge(3, earliest=4 * M)], (), True, id="judged by time: later"),
        pytest.param([edge(3, earliest=None)], (), True, id="judged by time: nothing is left"),
    ],
)
def test_what_has_expired_since_a_generation_began(found: list[Edges], begins: tuple[int, ...], lost: bool) -> None:
    begun = Generation(
        start=3 * M, cut=0, raw_topic="", raw_partitions=0, import_partitions=0, lanes=0, rules="", raw_begins=begins
    )
    assert overtaken(found, begun) is lost


def test_on_kafka(kafka: str) -> None:
    asyncio.run(_on_kafka(kafka))


async def _on_kafka(kafka: str) -> None:
    """Records at 1, 2, 2 and 3 minutes, the last two in a transaction of their own each, its mark behind it."""
    topic = f"bounds-{uuid.uuid4().hex[:8]}"
    settings = Settings(kafka_bootstrap_servers=kafka)
    part = TopicPartition(topic, 0)
    async with clients.admin(settings) as admin:
        await admin.create_topics([NewTopic(topic, 2, 1, topic_configs={"retention.ms": "-1"})])
    async with clients.running(settings, clients.producer(settings)) as plain:
        for at in (M, 2 * M):
            await plain.send_and_wait(topic, b"x", partition=0, timestamp_ms=at)
    writer = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=topic)
    await writer.start()
    for at in (2 * M, 3 * M):
        async with writer.transaction():
            await writer.send(topic, b"x", partition=0, timestamp_ms=at)
    await writer.begin_transaction()
    await (await writer.send(topic, b"x", partition=0, timestamp_ms=4 * M))
    found = await edges(settings, topic, 2)
    assert found == [Edges(0, 6, M, 3 * M, True), Edges(0, 0, None, None, False)]
    async with clients.running(settings, clients.consumer(settings)) as reader:
        ends = await reader.end_offsets([part])
        assert [await offsets_at(reader, ends, at) for at in (0, 2 * M, 2 * M + 1, 3 * M + 1)] == [
            {part: 0},
            {part: 1},
            {part: 4},
            {part: 6},
        ]
        lasts = [await last_before(reader, part, begin, end) for begin, end in ((0, 6), (0, 4), (3, 4), (2, 2), (5, 6))]
        assert [None if last is None else last.offset for last in lasts] == [4, 2, None, None, None]
    await writer.abort_transaction()
    await writer.stop()
    admin_client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin_client.start()
    await admin_client.delete_records({part: RecordsToDelete(before_offset=2)})
    await admin_client.close()
    (after, _) = await edges(settings, topic, 2)
    assert (after.begin, after.earliest, after.latest, after.waiting) == (2, 2 * M, 3 * M, False)
