"""The load: a process of its own that sends headlines at a steady rate until it is told to stop.

What counts as sent is what the raw log holds, so the sender may lose or repeat a record when the broker fails under it:
the recount begins at the log. It never gives up, or a fault would hit a deployment at rest.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.quiet import quiet
from tests.chaos.headlines import BAD, headlines

LOOK = 0.05
"""Seconds between two sends."""
STOP_SECONDS = 30.0


class Load:
    """The running process."""

    def __init__(self, bootstrap: str, topic: str, log: Path, *options: str) -> None:
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.load", bootstrap, topic, *options],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._log = log

    def check(self) -> None:
        """Assert that it still runs."""
        assert self._process.poll() is None, f"the load ended: {self._log.read_text()[-2000:]}"

    def stop(self) -> None:
        """End it when what it has handed over is sent."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


async def send(bootstrap: str, topic: str, partitions: int, rate: float, seed: int, bad: float, magic: float) -> None:
    """Send until SIGTERM, or until the process that started this is gone."""
    quiet()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    random, parent = Random(seed), os.getppid()
    producer = await _producer(bootstrap)
    records = headlines(random, lambda: int(time.time() * 1000), bad, magic)
    owed, last = 0.0, time.monotonic()
    while not stop.is_set() and os.getppid() == parent:
        # what could not be sent is not made up for: the load is steady, not a flood after each outage
        owed, last = owed + min(1.0, time.monotonic() - last) * rate, time.monotonic()
        while owed >= 1 and not stop.is_set():
            owed -= 1
            try:
                await producer.send(topic, next(records), partition=random.randrange(partitions))
            except KafkaError as error:
                print(f"not sent: {error!r}", flush=True)
                break
        await asyncio.sleep(LOOK)
    await asyncio.wait_for(producer.stop(), STOP_SECONDS / 2)


async def _producer(bootstrap: str) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", linger_ms=5, request_timeout_ms=20_000, retry_backoff_ms=100
    )
    await producer.start()
    return producer


def main(arguments: Sequence[str] | None = None) -> None:
    """Send headlines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap", help="brokers, host:port")
    parser.add_argument("topic", help="full name of the raw topic")
    parser.add_argument("--partitions", type=int, default=2)
    parser.add_argument("--rate", type=float, default=200.0, help="headlines a second")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bad", type=float, default=BAD, help="broken records for each sound one")
    parser.add_argument("--magic", type=float, default=0.0, help="share of records to be stumbled over")
    given = parser.parse_args(arguments)
    asyncio.run(send(given.bootstrap, given.topic, given.partitions, given.rate, given.seed, given.bad, given.magic))


if __name__ == "__main__":
    main()
