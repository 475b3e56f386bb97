"""Reading back: a stage's state, and the stretch of its own output that is its memory.

Always after fencing, always `read_committed`, always to the last stable offset: what the former owner committed is
all there, and nothing can be added behind our back.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.stage import Inbound
from streams.engine.exits import LostError
from streams.engine.transaction import POSITION


class Reader:
    """A consumer outside the group, for reading stretches of partitions to their end."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._consumer = AIOKafkaConsumer(
            **options,
            isolation_level="read_committed",
            fetch_max_wait_ms=20,
            retry_backoff_ms=20,
            max_partition_fetch_bytes=4 << 20,
            auto_offset_reset="none",
            enable_auto_commit=False,
        )

    async def __aenter__(self) -> "Reader":
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def beginning(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The first offset that each partition still has."""
        wanted = list(partitions)
        # else aiokafka finds out one by one that it does not know them, and sleeps each time
        await asyncio.gather(*[self._consumer._client.add_topic(topic) for topic in {p.topic for p in wanted}])
        found: dict[TopicPartition, int] = await self._consumer.beginning_offsets(wanted)
        return found

    async def ends(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The offset behind the last committed record of each partition."""
        found: dict[TopicPartition, int] = await self._consumer.end_offsets(list(partitions))
        return found

    async def stretch(
        self,
        starts: Mapping[TopicPartition, int | None],
        take: Callable[[TopicPartition, Sequence[Any]], None],
    ) -> None:
        """Give `take` every committed record from each start (`None`: the beginning) to the last stable offset.

        Raises LostError if a start is no longer there.
        """
        if not starts:
            return
        partitions = list(starts)
        self._consumer.assign(partitions)
        first = await self._consumer.beginning_offsets(partitions)
        last = await self._consumer.end_offsets(partitions)
        for partition, start in starts.items():
            if start is not None and start < first[partition]:
                raise LostError(
                    f"{partition.topic}[{partition.partition}] begins at {first[partition]}, {start} is needed: what "
                    "this stage remembers is gone. Start another generation under a new TOCSIN_PREFIX, and keep the "
                    "topic for longer"
                )
            self._consumer.seek(partition, first[partition] if start is None else start)
        todo = {p for p in partitions if last[p] > max(first[p], starts[p] or 0)}
        while todo:
            fetched = await self._consumer.getmany(*todo, timeout_ms=200)
            for partition, records in fetched.items():
                take(partition, records)
            # position(), not the last record's offset: it passes the control records at a transaction's end
            todo = {p for p in todo if await self._consumer.position(p) < last[p]}


async def load_state(
    reader: Reader, partitions: Iterable[TopicPartition]
) -> dict[TopicPartition, tuple[dict[bytes, bytes], int | None]]:
    """For each state partition: the entries as last committed, and the input position (`None` for a new one)."""
    found: dict[TopicPartition, tuple[dict[bytes, bytes], int | None]] = {p: ({}, None) for p in partitions}

    def take(partition: TopicPartition, records: Sequence[Any]) -> None:
        entries, position = found[partition]
        for record in records:
            if record.key == POSITION:
                position = int(record.value)
            elif record.value is None:
                entries.pop(record.key, None)
            else:
                entries[record.key] = record.value
        found[partition] = (entries, position)

    await reader.stretch(dict.fromkeys(found), take)
    return found


async def load_memory(
    reader: Reader,
    starts: Mapping[TopicPartition, int],
    remember: Callable[[TopicPartition, Sequence[Inbound]], None],
) -> None:
    """Read each stretch of own output back into the stage that asked for it."""

    def take(partition: TopicPartition, records: Sequence[Any]) -> None:
        remember(partition, [Inbound(r.offset, r.timestamp, r.value, r.key) for r in records])

    await reader.stretch(dict(starts), take)
