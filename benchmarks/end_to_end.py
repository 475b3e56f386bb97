"""Raw to alerts on a real Kafka with one worker process: throughput of a backlog, and latency at a steady rate.

The latency of a row is from the broker's stamp on the raw record to the broker's stamp on the transaction of `detect`
that covers it (its position record in `state.detect`): from that moment a read-committed subscriber sees what the row
brought about.
"""

import asyncio
import bisect
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition

from benchmarks.report import Figure
from schemas.base import iso
from schemas.row import HeadlineRow, decode_row
from streams import generation, kafka
from streams.broker.ports import free_port
from streams.broker.server import LocalKafka
from streams.demo.wire import wire
from streams.drain import drained
from streams.engine.transaction import POSITION
from streams.settings import Settings

BACKLOG = 100_000
RATE = 1_000
SECONDS = 60


def headlines(count: int, now: int) -> list[bytes]:
    """`count` different headlines, published now: the demo's wire with other seeds, as often as it takes."""
    lines: list[bytes] = []
    seed = 100
    while len(lines) < count:
        lines += [
            json.dumps(
                {"title": item.title, "source": item.source, "url": f"{item.url}?s={seed}", "published_at": iso(now)}
            ).encode()
            for item in wire(now, seed=seed)
        ]
        seed += 1
    return lines[:count]


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """One worker process."""
    environment = os.environ | {
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "TOCSIN_PREFIX": settings.prefix,
        "TOCSIN_RAW_TOPIC": settings.raw_topic,
        "TOCSIN_HTTP_PORT": str(free_port()),
        "TOCSIN_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen([sys.executable, "-m", "streams.cli", "worker"], env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def create(settings: Settings) -> None:
    """Make the topics."""
    environment = os.environ | {
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "TOCSIN_PREFIX": settings.prefix,
        "TOCSIN_RAW_TOPIC": settings.raw_topic,
    }
    subprocess.run(
        [sys.executable, "-m", "streams.cli", "topics", "create"], env=environment, check=True, capture_output=True
    )


async def send(settings: Settings, lines: list[bytes], rate: int | None) -> None:
    """Send at full speed, or `rate` a second."""
    producer = kafka.producer(settings)
    await producer.start()
    began, sent = time.perf_counter(), []
    for number, line in enumerate(lines):
        sent.append(await producer.send(settings.raw_topic, line, partition=number % 2))
        if rate and number % (rate // 50) == 0 and (early := began + number / rate - time.perf_counter()) > 0:
            await asyncio.sleep(early)
    await producer.flush()
    await asyncio.gather(*sent)
    await producer.stop()


async def stamps(settings: Settings, topic: str) -> dict[int, list[Any]]:
    """Every committed record of a topic, by partition."""
    reader = kafka.consumer(settings, auto_offset_reset="earliest")
    await reader.start()
    try:
        await reader._client.add_topic(settings.topic(topic))
        partitions = [
            TopicPartition(settings.topic(topic), p) for p in reader.partitions_for_topic(settings.topic(topic))
        ]
        found: dict[int, list[Any]] = {}
        for partition in partitions:
            end = (await reader.end_offsets([partition]))[partition]
            found[partition.partition] = [r async for batch in kafka.stretch(reader, partition, 0, end) for r in batch]
        return found
    finally:
        await reader.stop()


async def latencies(settings: Settings) -> list[float]:
    """Seconds from raw arrival to the commit of `detect`, for every row of a headline."""
    rows, marks = await stamps(settings, "headlines.deduplicated"), await stamps(settings, "state.detect")
    found = []
    for lane, records in rows.items():
        commits = [(int(r.value), r.timestamp) for r in marks[lane] if r.key == POSITION]
        positions = [position for position, _ in commits]
        for record in records:
            row = decode_row(record.value)
            if isinstance(row, HeadlineRow):
                at = bisect.bisect_right(positions, record.offset)
                if at < len(commits):
                    found.append((commits[at][1] - row.headline.arrival) / 1000)
    return sorted(found)


async def throughput(settings: Settings) -> Figure:
    """A backlog, worked off by one worker that starts when it is all there."""
    create(settings)
    await send(settings, headlines(BACKLOG, int(time.time() * 1000)), None)
    started = time.perf_counter()
    with worker(settings):
        while (begun := await generation.read(settings)) is None:
            await asyncio.sleep(0.1)
        await drained(settings, begun, lambda *_: None)
        took = time.perf_counter() - started
    commits = [r.timestamp for records in (await stamps(settings, "state.detect")).values() for r in records]
    reads = [r.timestamp for records in (await stamps(settings, "state.classify")).values() for r in records]
    active = (max(commits) - min(reads)) / 1000
    return Figure(
        "raw → alerts, exactly once, backlog",
        f"{BACKLOG / active:,.0f} headlines/s ({1e6 * active / BACKLOG:.0f} µs each); "
        f"{BACKLOG / took:,.0f}/s with the worker's start",
        "≥ 5,000/s",
        f"{BACKLOG:,} headlines of the demo's wire (other seeds), one worker, first to last commit",
    )


async def latency(settings: Settings) -> Figure:
    """A steady rate, measured after the first ten seconds."""
    create(settings)
    lines = headlines(RATE * SECONDS, int(time.time() * 1000))
    with worker(settings):
        while await generation.read(settings) is None:
            await asyncio.sleep(0.1)
        await asyncio.sleep(3)
        await send(settings, lines, RATE)
        await asyncio.sleep(3)
    found = await latencies(settings)
    p50, p99 = found[len(found) // 2], found[int(len(found) * 0.99)]
    return Figure(
        f"raw arrival → commit of `detect` at {RATE:,}/s",
        f"p50 {p50:.2f} s, p99 {p99:.2f} s, worst {found[-1]:.2f} s",
        "p99 < 1.5 s",
        f"{len(found):,} rows over {SECONDS} s, one worker",
    )


async def measure(directory: Path) -> list[Figure]:
    """Both, on a Kafka of their own."""
    with LocalKafka(directory, port=0) as local:

        def named(name: str) -> Settings:
            return Settings(kafka_bootstrap_servers=local.bootstrap, prefix=name, raw_topic=f"{name}.raw")

        return [await throughput(named("throughput")), await latency(named("latency"))]
