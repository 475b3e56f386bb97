"""The local Kafka, for real: what its module promises."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.broker import ports, process
from streams.broker.faults import AlreadyRunningError, PortInUseError, StartFailedError
from streams.broker.properties import HOST, LARGEST_BATCH, LARGEST_RECORD
from streams.broker.server import LocalKafka

TOPIC = "kept"
END_SECONDS = 30


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalKafka]:
    kafka = LocalKafka(tmp_path / "own", port=0)
    yield kafka
    kafka.stop()


async def make_topic(bootstrap: str, configs: dict[str, str] | None = None) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, 1, 1, topic_configs=configs)])
    finally:
        await admin.close()


async def send(bootstrap: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=LARGEST_BATCH) as producer:
        await producer.send_and_wait(TOPIC, value)


async def values(bootstrap: str, count: int) -> list[bytes]:
    partition = TopicPartition(TOPIC, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_bytes=LARGEST_BATCH
    )
    async with consumer, asyncio.timeout(END_SECONDS):
        consumer.assign([partition])
        read: list[bytes] = []
        while len(read) < count:
            batches = await consumer.getmany(timeout_ms=500)
            read.extend(record.value for record in batches.get(partition, []))
        return read


def gone(port: int) -> bool:
    return not ports.listening(port) and ports.available(port)


def test_records_survive_a_stop_and_a_kill(own: LocalKafka) -> None:
    own.start()
    port = own.port
    asyncio.run(make_topic(own.bootstrap))
    asyncio.run(send(own.bootstrap, b"one"))
    own.stop()
    assert gone(port)
    assert not own.status().running

    own.start()
    assert own.port == port
    asyncio.run(send(own.bootstrap, b"two"))
    own.kill()
    assert gone(port)

    own.start()
    assert asyncio.run(values(own.bootstrap, 2)) == [b"one", b"two"]


def test_a_record_of_16_mebibytes_passes(own: LocalKafka) -> None:
    own.start()
    value = os.urandom(LARGEST_RECORD)
    asyncio.run(make_topic(own.bootstrap, {"max.message.bytes": str(LARGEST_BATCH)}))
    asyncio.run(send(own.bootstrap, value))
    assert asyncio.run(values(own.bootstrap, 1)) == [value]


def test_a_topic_does_not_appear_by_itself(own: LocalKafka) -> None:
    own.start()

    async def metadata() -> list[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=own.bootstrap)
        await admin.start()
        try:
            await admin.describe_topics(["misspelt"])
            return list(await admin.list_topics())
        finally:
            await admin.close()

    assert "misspelt" not in asyncio.run(metadata())


async def test_it_starts_under_a_running_event_loop(own: LocalKafka) -> None:
    own.start()
    assert own.status().answers


def test_a_detached_kafka_outlives_its_starter_and_is_found_by_its_directory(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", _STARTER.format(directory=str(tmp_path), how="start(detached=True)")],
        check=True,
        timeout=120,
    )
    found = LocalKafka(tmp_path, port=0)
    status = found.status()
    assert status.running
    assert status.answers
    with LocalKafka(tmp_path, port=0) as again:
        assert again.status() == status
    assert found.status() == status, "leaving the block ended a Kafka that it had not started"
    with pytest.raises(AlreadyRunningError, match=str(found.port)):
        LocalKafka(tmp_path, port=1).start()
    found.stop()
    assert status.pid is not None
    assert not psutil.pid_exists(status.pid)
    assert not found.status().running


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_owner_and_the_terminal_does_not_hit_it(own: LocalKafka, how: signal.Signals) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _STARTER.format(directory=str(own.files.directory), how="__enter__(); print('up', flush=True); wait()"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"up\n"
    status = own.status()
    assert status.pid is not None
    broker = psutil.Process(status.pid)
    assert os.getsid(broker.pid) != os.getsid(owner.pid)
    owner.send_signal(how)
    owner.communicate(timeout=END_SECONDS)
    broker.wait(END_SECONDS)
    assert not own.status().running


_STARTER = """
import signal
from pathlib import Path
from streams.broker.server import LocalKafka
wait = signal.pause
signal.signal(signal.SIGINT, signal.default_int_handler)  # what was begun in the background of a shell ignores it
kafka = LocalKafka(Path({directory!r}), port=0)
kafka.{how}
"""


def test_two_starts_at_once_make_one_kafka(tmp_path: Path) -> None:
    kafkas = [LocalKafka(tmp_path, port=0) for _ in range(2)]
    threads = [threading.Thread(target=kafka.start) for kafka in kafkas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        first, second = (kafka.status() for kafka in kafkas)
        assert first.answers
        assert first == second
    finally:
        kafkas[0].stop()
        kafkas[1].stop()


def test_a_stale_pid_file_is_no_kafka_and_its_number_is_not_killed(own: LocalKafka) -> None:
    own.files.directory.mkdir()
    bystander = process.Running(pid=os.getpid(), born=0.0, port=1)
    process.write(own.files.pid, bystander)
    assert not own.status().running
    own.stop()
    process.write(own.files.pid, bystander)
    own.start()
    assert own.status().answers


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', b"12"])
def test_a_broken_pid_file_is_no_kafka(own: LocalKafka, content: bytes) -> None:
    own.files.directory.mkdir()
    own.files.pid.write_bytes(content)
    assert not own.status().running


def test_a_port_in_use_is_named_with_the_cure(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUseError, match=rf"port {port} is in use.*--port"):
            LocalKafka(tmp_path, port).start()


def test_a_failed_start_shows_the_log_and_leaves_nothing(own: LocalKafka) -> None:
    own.files.data.mkdir(parents=True)
    (own.files.data / "meta.properties").write_text("version=1\ncluster.id=T\nnode.id=77\n")
    with pytest.raises(StartFailedError, match="node id 77"):
        own.start()
    assert not own.status().running
    assert not own.files.pid.exists()


def test_wipe_deletes_what_is_kafkas_and_nothing_else(own: LocalKafka) -> None:
    own.start()
    port = own.port
    (own.files.directory / "mine.txt").write_text("kept")
    own.wipe()
    assert gone(port)
    assert {path.name for path in own.files.directory.iterdir()} == {"mine.txt", own.files.lock.name}
