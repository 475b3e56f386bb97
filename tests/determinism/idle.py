"""What a deployment writes while nothing comes in: records and bytes a minute, by topic.

    python -m tests.determinism.idle [--minutes 5]

A Kafka of its own, one worker, one headline; then offsets (with the marks of transactions) and the files' sizes are
taken twice, so many minutes apart. Prints JSON.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.broker.server import LocalKafka
from streams.settings import NAMES
from tests.determinism.recovery import metric, ready
from tests.integration.deployment import Deployment, until


class Grown(NamedTuple):
    """What a topic has got in a minute."""

    offsets: float
    """Records, and a mark for each transaction in each partition."""
    bytes: float


async def offsets(deployment: Deployment) -> Counter[str]:
    """The sum of the end offsets of each topic, by plain name."""
    found: Counter[str] = Counter()
    settings = deployment.settings
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await consumer.start()
    try:
        for plain in NAMES:
            topic = settings.topic(plain)
            await consumer._client.add_topic(topic)
            parts = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            found[plain] = sum((await consumer.end_offsets(parts)).values())
    finally:
        await consumer.stop()
    return found


def sizes(deployment: Deployment, data: Path) -> Counter[str]:
    """Bytes of each topic's log files."""
    found: Counter[str] = Counter()
    for plain in NAMES:
        topic = deployment.settings.topic(plain)
        for log in data.rglob("*.log"):
            if log.parent.name.rpartition("-")[0] == topic:
                found[plain] += log.stat().st_size
    return found


def measure(minutes: float) -> dict[str, object]:
    """One headline, and then silence."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "kafka"
        with LocalKafka(data, port=0) as local:
            deployment = Deployment(local.bootstrap, "idle.", Path(directory))
            deployment.run("topics", "create")
            with deployment.worker():
                until(lambda: ready(deployment.port), "ready")
                deployment.run("feed", "-", stdin=b'{"title": "Kenya deploys troops to Somalia"}\n')
                until(lambda: len(deployment.records("headlines.deduplicated")) > 0, "released")
                time.sleep(5)
                before, small = asyncio.run(offsets(deployment)), sizes(deployment, data)
                ticks, began = metric(deployment.port, "tocsin_ticks_total"), time.monotonic()
                time.sleep(minutes * 60)
                after, large = asyncio.run(offsets(deployment)), sizes(deployment, data)
                took = (time.monotonic() - began) / 60
                told = metric(deployment.port, "tocsin_ticks_total") - ticks
    grown = {
        plain: Grown(
            round((after[plain] - before[plain]) / took, 2), round((large[plain] - small[plain]) / took, 1)
        )._asdict()
        for plain in NAMES
        if after[plain] > before[plain]
    }
    return {"minutes": round(took, 2), "ticks": told, "a_minute": grown}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    print(json.dumps(measure(parser.parse_args().minutes)))


if __name__ == "__main__":
    main()
