"""Where a raw topic can be begun, and up to where it is complete: what a replay or a second generation may promise.

    partition   |xxxx|--------------------------------|  .  .
                 gone ^ complete from here             ^ complete up to here: nothing older than that can follow

A time is found by `offsetsForTimes`, never by guessing at offsets: all records before that offset have earlier
timestamps, so arrival, their running maximum, is earlier too.
"""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from schemas.base import MINUTE
from schemas.generation import Generation
from streams import kafka
from streams.settings import Settings


@dataclass(frozen=True)
class Edges:
    """One partition, as it was when it was looked at."""

    begin: int
    """The first offset that it still has."""
    end: int
    """Behind the last committed record."""
    earliest: int | None
    """Kafka's time of the first record, ms; `None` where there is none."""
    latest: int | None
    """Of the last."""
    waiting: bool
    """Whether a transaction is open at its end: what it wrote is older than it will seem."""

    def complete_from(self, otherwise: int) -> int:
        """The first whole minute of which nothing has expired; `otherwise` where the partition shows no time."""
        if self.begin == 0:
            return 0
        return otherwise if self.earliest is None else up(self.earliest)

    def complete_to(self, now: int) -> int:
        """The last whole minute before which nothing can follow any more. `now` is the broker's.

        A silent partition is complete up to a minute ago: so far, at most, may brokers' clocks differ.
        """
        silent = 0 if self.waiting else now - MINUTE
        return down(max(silent, self.latest or 0))


def down(at: int) -> int:
    """The whole minute of `at`."""
    return at // MINUTE * MINUTE


def up(at: int) -> int:
    """The first whole minute after that of `at`."""
    return down(at) + MINUTE


def overtaken(found: Sequence[Edges], begun: Generation) -> bool:
    """Whether of a raw topic something has expired that was there when the generation `begun` was, or came later.

    One from before it was written down where its topics began is judged by its start: a partition whose first minute
    is later has lost something, or may have.
    """
    if begun.raw_begins:
        return any(edge.begin > first for edge, first in zip(found, begun.raw_begins, strict=True))
    gone = [edge for edge in found if edge.begin > 0]
    return any(edge.earliest is None or down(edge.earliest) > begun.start for edge in gone)


async def edges(settings: Settings, topic: str, partitions: int) -> list[Edges]:
    """The edges of each partition of a topic (full name)."""
    parts = [TopicPartition(topic, number) for number in range(partitions)]
    async with (
        kafka.running(settings, kafka.consumer(settings)) as reader,
        kafka.running(settings, kafka.consumer(settings, isolation_level="read_uncommitted")) as open_reader,
    ):
        begins = await reader.beginning_offsets(parts)
        ends = await reader.end_offsets(parts)
        all_ends = await open_reader.end_offsets(parts)
        found = []
        for part in parts:
            first = await _first(reader, part, begins[part], ends[part])
            last = await last_before(reader, part, begins[part], ends[part])
            found.append(
                Edges(
                    begins[part],
                    ends[part],
                    None if first is None else first.timestamp,
                    None if last is None else last.timestamp,
                    all_ends[part] > ends[part],
                )
            )
        return found


async def offsets_at(
    reader: AIOKafkaConsumer, ends: Mapping[TopicPartition, int], at: int
) -> dict[TopicPartition, int]:
    """In each partition the first offset that arrived at `at` (ms) or later; its end where there is none yet."""
    found = await reader.offsets_for_times(dict.fromkeys(ends, at))
    return {
        part: end if (hit := found.get(part)) is None else await _reaching(reader, part, hit.offset, end, at)
        for part, end in ends.items()
    }


async def _reaching(reader: AIOKafkaConsumer, part: TopicPartition, start: int, end: int, at: int) -> int:
    """The first record from `start` on that arrived at `at` or later. Kafka also finds the marks of transactions, by
    their own time; arrival does not know of them."""
    async with aclosing(kafka.stretch(reader, part, start, end)) as stretch:
        async for records in stretch:
            for record in records:
                if record.timestamp >= at:
                    return int(record.offset)
    return end


async def last_before(reader: AIOKafkaConsumer, part: TopicPartition, begin: int, end: int) -> ConsumerRecord | None:
    """The last committed record in `[begin, end)`. The marks of transactions take offsets too, and are no records."""
    size = 16
    while begin < end:
        start = max(begin, end - size)
        last = None
        async with aclosing(kafka.stretch(reader, part, start, end)) as stretch:
            async for records in stretch:
                last = records[-1]
        if last is not None:
            return last
        end, size = start, size * 16
    return None


async def _first(reader: AIOKafkaConsumer, part: TopicPartition, begin: int, end: int) -> ConsumerRecord | None:
    async with aclosing(kafka.stretch(reader, part, begin, end)) as stretch:
        async for records in stretch:
            return records[0]
    return None


def complete(found: Sequence[Edges], now: int) -> tuple[int, int]:
    """From which to which whole minute all partitions are complete, ms. `now` is the broker's."""
    until = min(edge.complete_to(now) for edge in found)
    return max(edge.complete_from(until) for edge in found), until
