"""The commits of `detect`, as they are made: from them, the longest stall.

A stall is time in which a headline that had arrived waited to be judged, and none before it was. It runs from a commit
of the lane, or from the arrival of the oldest headline that the commit left behind if that was later, to the first
commit that is beyond this headline: one that only passes the marks of transactions, as a lane that is closed makes it,
ends none. Both are stamps of the broker, so how far this observer lags does not matter. Where the broker's clock is
what is shaken, the observer's own clock is taken, and the whole gap between two commits counts: input never stops.
"""

import asyncio
import bisect
import threading
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams import kafka
from streams.engine.transaction import POSITION
from streams.settings import Settings


class Commit(NamedTuple):
    """One transaction of `detect` in one lane."""

    stamp: float
    """Broker's time, seconds."""
    seen: float
    """Observer's time, seconds."""
    position: int
    """The offset of `headlines.deduplicated` that is to be read next."""


class Stall(NamedTuple):
    """The longest one."""

    seconds: float
    lane: int
    begin: float
    """When it began, seconds since 1970."""


class Watch:
    """Follows `state.detect` in a thread, read committed: the topic is compacted, so it has to be read as it grows."""

    def __init__(self, settings: Settings, lanes: int) -> None:
        self.commits: dict[int, list[Commit]] = {lane: [] for lane in range(lanes)}
        self._settings = settings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._follow()), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following."""
        self._stop.set()
        self._thread.join(30)

    def all_since(self, moment: float) -> bool:
        """Whether every lane has been seen to commit after this moment (seconds since 1970)."""
        return all(commits and commits[-1].seen > moment for commits in self.commits.values())

    async def _follow(self) -> None:
        positions: dict[TopicPartition, int] = {}
        while not self._stop.is_set():
            consumer = kafka.consumer(self._settings, auto_offset_reset="earliest")
            try:
                await asyncio.wait_for(consumer.start(), 10)
                partitions = [TopicPartition(self._settings.topic("state.detect"), lane) for lane in self.commits]
                consumer.assign(partitions)
                for partition in partitions:
                    consumer.seek(partition, positions.get(partition, 0))
                await self._read(consumer, positions)
            except (KafkaError, OSError, TimeoutError):
                await asyncio.sleep(0.2)
            finally:
                await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer, positions: dict[TopicPartition, int]) -> None:
        while not self._stop.is_set():
            for partition, records in (await consumer.getmany(timeout_ms=100)).items():
                seen = time.time()
                for record in records:
                    positions[partition] = record.offset + 1
                    if record.key == POSITION:
                        self.commits[partition.partition].append(
                            Commit(record.timestamp / 1000, seen, int(record.value))
                        )


def longest(
    commits: Mapping[int, Sequence[Commit]],
    arrivals: Mapping[int, Sequence[tuple[int, float]]],
    begin: float,
    end: float,
) -> Stall:
    """The longest stall, as far as it lies in `[begin, end]` (seconds since 1970).

    `arrivals` has, for each lane, the headlines of `headlines.deduplicated` in order: offset and arrival in seconds.
    """
    found = []
    for lane, made in commits.items():
        offsets = [offset for offset, _ in arrivals.get(lane, ())]
        positions = [commit.position for commit in made]
        for number, last in enumerate(made):
            waiting = bisect.bisect_left(offsets, last.position)
            if waiting < len(offsets):
                since = max(last.stamp, arrivals[lane][waiting][1], begin)
                beyond = bisect.bisect_right(positions, offsets[waiting], number)
                until = made[beyond].stamp if beyond < len(made) else end
                found.append(Stall(min(until, end) - since, lane, since))
    return max(found, default=Stall(0.0, 0, begin))


def longest_gap(commits: Mapping[int, Sequence[Commit]], begin: float, end: float) -> Stall:
    """The longest gap between two commits of a lane, as far as it lies in `[begin, end]`, by the observer's clock."""
    found = [
        Stall(min(following.seen, end) - max(last.seen, begin), lane, max(last.seen, begin))
        for lane, made in commits.items()
        for last, following in pairwise(made)
    ]
    return max(found, default=Stall(0.0, 0, begin))
