"""Records for one topic, a batch at a time for each partition: 256 KiB a request, and every one awaited.

Order within a partition is kept. After `flush` all that was added is acknowledged by all replicas; whatever could not
be sent is raised by `add` or `flush`. Under a crash what was not flushed may be there or not, but never twice. A broker
that goes away is waited for: when it is back, the feed goes on where it was, and nothing is there twice.
"""

import asyncio
import time
from collections import deque
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError

IN_FLIGHT = 8
"""Batches that may be unanswered while more are filled."""
PATIENCE = 120.0
"""Seconds for which a broker may be away."""


class Batches:
    """The open batch of each partition, and those on their way."""

    def __init__(self, writer: AIOKafkaProducer, topic: str) -> None:
        self._writer = writer
        self._topic = topic
        self._open: dict[int, Any] = {}
        self._sent: deque[asyncio.Future[Any]] = deque()

    async def add(self, partition: int, value: bytes, timestamp: int | None = None) -> None:
        """Add a record; sends the partition's batch when it is full."""
        batch = self._open.get(partition)
        if batch is None:
            batch = self._open[partition] = self._writer.create_batch()
        if batch.append(timestamp=timestamp, key=None, value=value) is None:
            await self._send(partition)
            batch = self._open[partition] = self._writer.create_batch()
            batch.append(timestamp=timestamp, key=None, value=value)

    async def flush(self) -> None:
        """Send what is open, and wait until all is acknowledged."""
        for partition in list(self._open):
            await self._send(partition)
        while self._sent:
            await self._answered()

    async def _send(self, partition: int) -> None:
        batch = self._open.pop(partition)
        batch.close()
        self._sent.append(await self._handed_over(batch, partition))
        if len(self._sent) > IN_FLIGHT:
            await self._answered()

    async def _handed_over(self, batch: Any, partition: int) -> asyncio.Future[Any]:
        """The producer takes a batch when the one before it has left: it gives up before it took it, or not at all."""
        begun = time.monotonic()
        while True:
            try:
                sent: asyncio.Future[Any] = await self._writer.send_batch(batch, self._topic, partition=partition)
                return sent
            except KafkaTimeoutError:
                if time.monotonic() - begun > PATIENCE:
                    raise

    async def _answered(self) -> None:
        sent = self._sent.popleft()
        done, _ = await asyncio.wait([sent], timeout=PATIENCE)
        if not done:
            raise KafkaTimeoutError(f"no answer for {PATIENCE:.0f} s")
        sent.result()
