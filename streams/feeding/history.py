"""A history, each row at its own time: to the import topic, by the rule that `scan` follows too.

    before the first worker          import_log ──▶ headlines.import: rows, ticks, an end tick in each partition
    then                             worker: reads it, then raw

A generation has one import or none: its partitions take part in every lane's order from the start, so one that came
later, or a second one, would change what is already decided. An import that was broken off stays so, and its lanes
wait for ever: begin again under a new prefix.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import TopicAuthorizationFailedError

from streams import generation, kafka
from streams.feeding.batches import Batches
from streams.feeding.live import EVERY
from streams.feeding.pace import Pace, Pacer
from streams.feeding.report import FeedRefused, Report, Stopped, Tally, Told, never, untold
from streams.feeding.target import Target, reject, target, writing
from streams.settings import IMPORT, Settings
from streams.sources import END_TICK, TICK, Lines, Log, LogRecord, log
from streams.topic_plan import RAW_BYTES

_CURE = "Choose a new TOCSIN_PREFIX, run `tocsin topics create`, and import there before the first worker starts"
LAG = 60_000
"""A partition this far behind in log time is ticked at once, ms."""


async def import_log(
    settings: Settings,
    rows: Lines | Sequence[bytes],
    *,
    now: int,
    pace: Pace | None = None,
    paced_from: int | None = None,
    progress: Told = untold,
    stopped: Stopped = never,
) -> Report:
    """Send `rows` to the import topic, in order of time, and end it. `now`, ms, decides what lies in the future.

    `pace` holds from log time `paced_from` on (ms; `None`: from the first row), what is older goes at full speed.
    Raises FeedRefused, TopicsError or KafkaUnreachable.
    """
    begun = time.monotonic()
    where = await target(settings, IMPORT, "CreateTime")
    if where.largest < RAW_BYTES:
        raise FeedRefused(
            f"topic {where.topic} cannot hold the largest headlines: `tocsin topics check` says how to put it right"
        )
    await _untouched(settings, where)
    tally = Tally(where.topic, len(rows))
    made = await asyncio.to_thread(log, rows, now, where.partitions)
    async with writing(settings, tally) as writer:
        refused = ((index, code, detail, rows[index]) for index, code, detail in made.refused)
        await reject(settings, writer, where, tally, refused)
        if len(made):
            await _Import(settings, Batches(writer, where.topic), where, tally, progress, stopped).run(
                made, pace, paced_from
            )
            await _no_worker_came_first(settings)  # between our last look and now
    progress(tally.progress())
    return tally.report(time.monotonic() - begun)


class _Import:
    """One import as it goes on."""

    def __init__(
        self, settings: Settings, batches: Batches, where: Target, tally: Tally, progress: Told, stopped: Stopped
    ) -> None:
        self._settings = settings
        self._batches = batches
        self._tally = tally
        self._progress = progress
        self._stopped = stopped
        self._last = dict.fromkeys(range(where.partitions), -1)
        """Of each partition, the time of what was sent there last."""
        self._begun = False

    async def run(self, made: Log, pace: Pace | None, paced_from: int | None) -> None:
        """Send it all, or as far as it goes until it is stopped."""
        begin = made.first if paced_from is None else paced_from
        pacer = None if pace is None or begin is None else Pacer(pace, begin)
        for record in made:
            if pacer is not None and begin is not None and record.timestamp >= begin:
                await self._wait(pacer, record.timestamp)
            if self._stopped():
                self._tally.stopped = True
                break
            await self._add(record)
        else:
            self._tally.ended = True
        await self._batches.flush()

    async def _wait(self, pacer: Pacer, at: int) -> None:
        """Until log time `at` has come. Meanwhile everything sent is there, and silence is told by ticks."""
        while not self._stopped() and (seconds := pacer.wait(at)) > 0:
            await self._flush(min(pacer.reached(), at), lag=1000)
            self._progress(self._tally.progress())
            await asyncio.sleep(seconds)

    async def _add(self, record: LogRecord) -> None:
        await self._batches.add(record.partition, record.value, record.timestamp)
        self._last[record.partition] = record.timestamp
        if record.value == END_TICK:
            self._tally.ticks += 1
            return
        self._tally.row(record.timestamp)
        if self._tally.sent % EVERY == 0 or not self._begun:
            await self._flush(record.timestamp, lag=LAG)
            self._progress(self._tally.progress())

    async def _flush(self, reached: int, lag: int) -> None:
        """Send what is open; partitions that are `lag` behind `reached` are ticked, or lanes would wait for them."""
        for partition, last in self._last.items():
            if last <= reached - lag:
                await self._batches.add(partition, TICK, reached)
                self._last[partition] = reached
                self._tally.ticks += 1
        await self._batches.flush()
        if not self._begun:
            self._begun = True
            await _no_worker_came_first(self._settings)


async def _untouched(settings: Settings, where: Target) -> None:
    """Refuse an import where one has been, or where a generation has started without."""
    partitions = [TopicPartition(where.topic, number) for number in range(where.partitions)]
    async with kafka.running(settings, kafka.consumer(settings)) as reader:
        ends = await reader.end_offsets(partitions)
        if any(ends.values()):
            try:
                ended = [await _ended(reader, partition, ends[partition]) for partition in partitions]
                what = "has already been made" if all(ended) else "is under way or was broken off"
            except TopicAuthorizationFailedError:  # whoever may only write is told no more
                what = "has been begun"
            raise FeedRefused(f"an import {what} in topic {where.topic}; a generation has only one. {_CURE}")
    await _no_worker_came_first(settings)


async def _no_worker_came_first(settings: Settings) -> None:
    agreed = await generation.read(settings)
    if agreed is not None and agreed.import_partitions == 0:
        raise FeedRefused(
            f"the generation {settings.prefix or '(no prefix)'} has already started without an import, and none can "
            f"follow: it would change what was decided. {_CURE}"
        )


async def _ended(reader: AIOKafkaConsumer, partition: TopicPartition, end: int) -> bool:
    async with aclosing(kafka.stretch(reader, partition, max(0, end - 1), end)) as stretch:
        async for records in stretch:
            return bool(records[-1].value == END_TICK)
    return False
