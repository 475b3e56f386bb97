"""Reading topics from outside, as a subscriber would: committed records, up to where the log ends when asked.

spans    where each partition begins and ends, or where an offset or a time puts it
merged   their records as one stream: each partition in its own order, partitions by a key that grows
"""

import heapq
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import NamedTuple

from aiokafka import ConsumerRecord, TopicPartition

from streams import kafka, topics
from streams.settings import Settings

FETCH_BYTES = 1024 * 1024
"""Of each partition at a time: many are read at once."""


class At(NamedTuple):
    """A place in every partition: an offset, or the first record with at least this timestamp (ms)."""

    offset: int | None = None
    time: int | None = None


class Span(NamedTuple):
    """A stretch of a partition: offsets `[start, end)`."""

    partition: TopicPartition
    start: int
    end: int


def by_timestamp(record: ConsumerRecord) -> int:
    """Kafka's time of a record."""
    return int(record.timestamp)


async def spans(
    settings: Settings, names: Sequence[str], first: At | None = None, last: At | None = None
) -> list[Span]:
    """All partitions of the topics plainly called `names`, up to their last stable offsets; `last` is left out.

    Raises TopicsError when a topic is missing.
    """
    full = [settings.topic(name) for name in names]
    async with kafka.admin(settings) as client:
        there = await topics.require(client, full)
    partitions = [TopicPartition(name, number) for name in full for number in range(there[name].partitions)]
    async with kafka.running(settings, kafka.consumer(settings)) as reader:
        starts = await reader.beginning_offsets(partitions)
        ends = await reader.end_offsets(partitions)

        async def place(at: At, otherwise: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
            if at.offset is not None:
                return dict.fromkeys(partitions, at.offset)
            if at.time is None:
                return otherwise
            found = await reader.offsets_for_times(dict.fromkeys(partitions, at.time))
            return {tp: ends[tp] if found.get(tp) is None else found[tp].offset for tp in partitions}

        begin = await place(first or At(), starts)
        until = await place(last or At(), ends)
    return [Span(tp, max(starts[tp], begin[tp]), min(ends[tp], until[tp])) for tp in partitions]


async def merged(
    settings: Settings, parts: Sequence[Span], key: Callable[[ConsumerRecord], int] = by_timestamp
) -> AsyncGenerator[ConsumerRecord, None]:
    """The records of all `parts`, by the running maximum of `key` in each and then in order of `parts`.

    Holds a consumer for each part: close it (`contextlib.aclosing`) where it may be left before its end.
    """
    async with AsyncExitStack() as stack:
        heap: list[tuple[int, int, ConsumerRecord, AsyncGenerator[ConsumerRecord, None]]] = []
        for number, part in enumerate(parts):
            if part.start >= part.end:
                continue
            reader = kafka.consumer(settings, max_partition_fetch_bytes=FETCH_BYTES)
            await stack.enter_async_context(kafka.running(settings, reader))
            source = await stack.enter_async_context(aclosing(_records(kafka.stretch(reader, *part))))
            async for record in source:
                heap.append((key(record), number, record, source))
                break
        heapq.heapify(heap)
        while heap:
            reached, number, record, source = heap[0]
            yield record
            following = await anext(source, None)
            if following is None:
                heapq.heappop(heap)
            else:
                heapq.heapreplace(heap, (max(reached, key(following)), number, following, source))


async def _records(batches: AsyncGenerator[list[ConsumerRecord], None]) -> AsyncGenerator[ConsumerRecord, None]:
    async with aclosing(batches):
        async for records in batches:
            for record in records:
                yield record
