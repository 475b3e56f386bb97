"""A deployment under test: real commands and real worker processes on a real Kafka, under a prefix of its own."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from schemas.generation import Generation
from streams import generation
from streams.broker.ports import free_port
from streams.settings import Settings

WAIT = 60.0
"""Seconds after which something that is awaited will not come."""


class Deployment:
    """Commands, workers and topics of one generation with a raw topic of its own."""

    def __init__(self, kafka: str, prefix: str, directory: Path) -> None:
        bare = prefix.rstrip(".")
        self.settings = Settings(
            kafka_bootstrap_servers=kafka, prefix=bare, raw_topic=f"{bare}.raw", alerts_topic=f"{bare}.published"
        )
        self.directory = directory
        self.program = "streams.cli"
        """The module that workers run; another one may put faults in first."""
        self.port = free_port()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")} | {
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": kafka,
            "TOCSIN_PREFIX": bare,
            "TOCSIN_RAW_TOPIC": f"{bare}.raw",
            "TOCSIN_ALERTS_TOPIC": f"{bare}.published",
            "TOCSIN_HTTP_PORT": str(self.port),
        }

    def run(self, *arguments: str, stdin: bytes | None = None, status: int = 0, **more: str) -> bytes:
        """Run `tocsin ARGUMENTS` to its end; returns its standard output. Fails on any other exit status."""
        return self._run(arguments, stdin, status, more).stdout

    def complaint(self, *arguments: str, stdin: bytes | None = None, status: int = 2, **more: str) -> str:
        """Run `tocsin ARGUMENTS`, which has to fail with `status`; returns its standard error."""
        return self._run(arguments, stdin, status, more).stderr.decode()

    def _run(
        self, arguments: tuple[str, ...], stdin: bytes | None, status: int, more: dict[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli", *arguments],
            input=stdin or b"",
            capture_output=True,
            env=self.environment | more,
            timeout=180,
            check=False,
        )
        assert done.returncode == status, f"exit {done.returncode}: {done.stdout[-2000:]!r} {done.stderr[-4000:]!r}"
        return done

    @contextmanager
    def worker(self, *arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """`tocsin worker ARGUMENTS` in the background; ended by SIGTERM if it still runs."""
        log = self.directory / f"worker-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", self.program, "worker", *arguments],
                env=self.environment | more,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                try:
                    process.wait(40)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    raise AssertionError(f"the worker did not stop: {log.read_text()[-4000:]}") from None

    def records(self, topic: str) -> list[ConsumerRecord]:
        """Every committed record of a topic (plain name), partition by partition."""
        return asyncio.run(self._records(self.settings.topic(topic)))

    def generation(self) -> Generation | None:
        """What the generation was started with."""
        return asyncio.run(generation.read(self.settings))

    async def _records(self, topic: str) -> list[ConsumerRecord]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap_servers,
            isolation_level="read_committed",
            enable_auto_commit=False,
            max_partition_fetch_bytes=32 << 20,
        )
        await consumer.start()
        try:
            partitions = [
                TopicPartition(topic, p)
                for p in sorted(consumer.partitions_for_topic(topic) or await _known(consumer, topic))
            ]
            consumer.assign(partitions)
            await consumer.seek_to_beginning()
            end = await consumer.end_offsets(partitions)
            found: dict[TopicPartition, list[ConsumerRecord]] = {p: [] for p in partitions}
            while any([await consumer.position(p) < end[p] for p in partitions]):
                for partition, records in (await consumer.getmany(timeout_ms=200)).items():
                    found[partition].extend(records)
            return [record for partition in partitions for record in found[partition]]
        finally:
            await consumer.stop()


async def _known(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.add_topic(topic)
    return set(consumer.partitions_for_topic(topic) or ())


def until(condition: Callable[[], Any], what: str, seconds: float = WAIT) -> Any:
    """Look until `condition` gives something true, and return that. Fails when the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


def ready(port: int, seconds: float = 1.0) -> bool:
    """Whether the worker that serves on this port says that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=seconds) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
