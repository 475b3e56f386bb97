"""How far every raw partition has been read, as its owners last said: the `clocks` topic, followed by every worker.

Two decisions hang on it, and neither can change an order or an output: when a silent partition is ticked, and when a
classifier that is far ahead of the slowest waits.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.clock import PartitionClock


class Clocks:
    """The latest clock of each raw and import partition."""

    def __init__(self, topic: str, options: Mapping[str, Any]) -> None:
        self._topic = topic
        self._options = options
        self._latest: dict[tuple[str, int], PartitionClock] = {}

    def of(self, topic: str, partition: int) -> PartitionClock | None:
        """The clock of one partition (plain topic name); `None` before its first commit."""
        return self._latest.get((topic, partition))

    def take(self, clock: PartitionClock) -> None:
        """A partition's owner has committed."""
        self._latest[clock.topic, clock.partition] = clock

    @property
    def highest(self) -> int | None:
        """The highest arrival anywhere of a record that made a row, ms."""
        return max((c.highest for c in self._latest.values() if c.highest is not None), default=None)

    def slowest(self, inputs: Mapping[tuple[str, int], int | None]) -> int | None:
        """The lowest arrival over `inputs` that have not ended; `None` if one of them has not begun.

        `inputs` gives what each partition promises before its first commit: a live one its generation's start.
        """
        lowest: int | None = None
        for (topic, partition), promise in inputs.items():
            clock = self.of(topic, partition)
            if clock is not None and clock.ended:
                continue
            arrival = clock.arrival if clock is not None else promise
            if arrival is None:
                return None
            lowest = arrival if lowest is None else min(lowest, arrival)
        return lowest

    async def follow(self) -> None:
        """Read the topic from its beginning, for ever."""
        consumer = AIOKafkaConsumer(
            **self._options,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=250,
        )
        await consumer.start()
        try:
            consumer.assign([TopicPartition(self._topic, 0)])
            async for record in consumer:
                if record.value is not None:
                    self.take(PartitionClock.decode(record.value))
        finally:
            await asyncio.shield(consumer.stop())
