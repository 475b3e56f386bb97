"""What a worker does when it is told to stop, and what it says when it cannot start."""

import asyncio
import json
import signal
import socket
import time
import urllib.request

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from tests.integration import recount
from tests.integration.deployment import Deployment, ready, until


def metrics(port: int) -> str:
    """What the worker tells Prometheus."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_cleanly_and_goes_on_where_it_was(deployment: Deployment, number: signal.Signals) -> None:
    for part in range(2):
        deployment.run("feed", "-", stdin=b'{"title": "Kenya deploys troops to Somalia, part %d"}\n' % part * 10)
        with deployment.worker() as worker:
            until(lambda: ready(deployment.port), "ready")
            until(lambda part=part: len(recount.deduplicated(deployment)) == 10 * (part + 1), "released")
            worker.send_signal(number)
            assert worker.wait(20) == 0
    assert recount.check(deployment) == 20


def test_tells_prometheus_what_it_did(deployment: Deployment) -> None:
    deployment.run("feed", "-", stdin=b'{"title": "Kenya deploys troops to Somalia"}\nnot json\n')
    with deployment.worker():
        until(lambda: ready(deployment.port), "ready")
        until(lambda: 'tocsin_verdicts_total{kind="unique"} 1.0' in metrics(deployment.port), "counted")
        text = metrics(deployment.port)
    assert 'tocsin_headlines_total{result="accepted"} 1.0' in text
    assert 'tocsin_rejected_total{code="not_json",stage="classify"} 1.0' in text
    assert 'tocsin_rejected_total{code="date_out_of_range",stage="classify"} 0.0' in text
    assert "tocsin_late_rows_total 0.0" in text
    assert "tocsin_lanes_open 10.0" in text
    for partition in (0, 1):  # one of them had a headline, the other was ticked for it
        name = f'tocsin_raw_clock_seconds{{partition="{partition}",topic="headlines.raw"}}'
        clock = next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))
        assert abs(clock - time.time()) < 120
    assert 'tocsin_lane_clock_seconds{partition="0",stage="classify"}' in text
    assert "tocsin_recovery_seconds 0.0\n" not in text


def test_a_worker_with_other_rules_is_refused(deployment: Deployment) -> None:
    with deployment.worker("--processes", "1", "--drain") as first:
        assert first.wait(60) == 0
    said = deployment.complaint("worker", "--set", "detect.min_unique=3")
    assert "TOCSIN_PREFIX" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [("TOCSIN_CHUNK", "0", "TOCSIN_CHUNK"), ("TOCSIN_SET", "detect.min_uniqe=3", "min_unique")],
)
def test_wrong_settings_are_refused_by_name(deployment: Deployment, variable: str, value: str, says: str) -> None:
    said = deployment.complaint("worker", **{variable: value})
    assert says in said
    assert "Traceback" not in said


def test_no_kafka_is_exit_3(deployment: Deployment) -> None:
    said = deployment.complaint("worker", status=3, TOCSIN_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert "127.0.0.1:1" in said
    assert "TOCSIN_KAFKA_BOOTSTRAP_SERVERS" in said


def test_no_topics_names_the_command(prefix: str, deployment: Deployment) -> None:
    assert "topics create" in deployment.complaint("worker", TOCSIN_PREFIX=f"{prefix}other")


def test_a_transactional_producer_stalls_nobody(deployment: Deployment) -> None:
    """The mark at a transaction's end is no record: a partition that ends in one has been read to its end."""

    async def send() -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=deployment.settings.kafka_bootstrap_servers, transactional_id=f"{deployment.port}"
        )
        await producer.start()
        for title in ("Kenya deploys troops to Somalia", "Peru and Chile sign a treaty"):
            async with producer.transaction():
                value = f'{{"title": "{title}"}}'.encode()
                await producer.send(deployment.settings.raw_topic, value=value, partition=0)
        await producer.stop()

    with deployment.worker():
        until(lambda: ready(deployment.port), "ready")
        asyncio.run(send())
        until(lambda: len({where for where, _ in recount.deduplicated(deployment)}) == 2, "released", seconds=20)
    with deployment.worker("--processes", "1", "--drain") as drain:
        assert drain.wait(30) == 0
    assert recount.check(deployment) == 2


def test_starts_again_when_all_that_it_had_read_has_expired(deployment: Deployment) -> None:
    deployment.run("feed", "-", stdin=b'{"title": "Kenya deploys troops to Somalia"}\n' * 3)
    with deployment.worker("--processes", "1", "--drain") as first:
        assert first.wait(60) == 0

    async def expire() -> None:
        client = AIOKafkaAdminClient(bootstrap_servers=deployment.settings.kafka_bootstrap_servers)
        await client.start()
        topics = ("headlines.raw", "headlines.classified")
        for topic in map(deployment.settings.topic, topics):
            partitions = [TopicPartition(topic, p) for p in range(4 if topic.endswith("classified") else 2)]
            await client.delete_records({p: RecordsToDelete(before_offset=-1) for p in partitions})
        await client.close()

    asyncio.run(expire())
    deployment.run("feed", "-", stdin=b'{"title": "Peru and Chile sign a treaty"}\n')
    with deployment.worker("--processes", "1", "--drain") as second:
        assert second.wait(60) == 0
    assert len({where for where, _ in recount.deduplicated(deployment)}) == 4


def test_what_is_lost_is_refused_and_named(deployment: Deployment) -> None:
    deployment.run("feed", "-", stdin=b'{"title": "Ministers of Kenya meet"}\n' * 4)
    with deployment.worker("--processes", "1", "--drain") as first:
        assert first.wait(60) == 0
    deployment.run("feed", "-", stdin=b'{"title": "Kenya deploys troops to Somalia"}\n' * 4)

    async def expire() -> None:
        client = AIOKafkaAdminClient(bootstrap_servers=deployment.settings.kafka_bootstrap_servers)
        await client.start()
        raw = [TopicPartition(deployment.settings.raw_topic, p) for p in range(2)]
        await client.delete_records({p: RecordsToDelete(before_offset=-1) for p in raw})
        await client.close()

    asyncio.run(expire())
    said = deployment.complaint("worker", status=75)
    for part in (
        "retention has overtaken",
        ".raw[0]: records at [",
        "TOCSIN_LOST_RECORDS=accept",
        "Nothing is written",
    ):
        assert part in said
    with deployment.worker("--processes", "1", "--drain") as supervised:
        assert supervised.wait(60) == 75, "a restart cannot help"


def test_a_taken_port_is_named(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", deployment.port)):
        assert "TOCSIN_HTTP_PORT" in deployment.complaint("worker")


def test_arrival_has_to_be_the_brokers(kafka: str, prefix: str, deployment: Deployment) -> None:
    async def create() -> None:
        client = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await client.start()
        await client.create_topics(
            [NewTopic(f"{prefix}own", 2, 1, topic_configs={"message.timestamp.type": "CreateTime"})]
        )
        await client.close()

    asyncio.run(create())
    assert "LogAppendTime" in deployment.complaint("worker", TOCSIN_RAW_TOPIC=f"{prefix}own")


def test_a_poison_record_between_stages_is_rejected_alone(deployment: Deployment) -> None:
    async def poison() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=deployment.settings.kafka_bootstrap_servers)
        await producer.start()
        for topic in ("headlines.classified", "headlines.deduplicated"):
            for lane in range(4):
                await producer.send_and_wait(deployment.settings.topic(topic), value=b"{}", partition=lane)
        await producer.stop()

    with deployment.worker() as worker:
        until(lambda: ready(deployment.port), "ready")  # else the lanes seem to have worked before
        asyncio.run(poison())
        deployment.run("feed", "-", stdin=b'{"title": "Kenya deploys troops to Somalia"}\n')
        until(
            lambda: (
                ("kind", b"headline") in [h for r in deployment.records("headlines.deduplicated") for h in r.headers]
            ),
            "released",
        )
        until(lambda: len(deployment.records("headlines.rejected")) == 8, "rejected")
        assert worker.poll() is None
    codes = {json.loads(record.value)["code"] for record in deployment.records("headlines.rejected")}
    assert codes == {"step_error"}
