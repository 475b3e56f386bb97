"""Rows as if they came now: to the raw topic, byte for byte, for the broker to stamp.

A file of old news is no live feed: when more than half of its rows would be stale, nothing is sent and the import is
named instead. Sent twice, a row is recognised as delivered again.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence

from agents.classify.documents import parse
from agents.classify.meant import Refusal
from agents.classify.times import given_moment, timed
from schemas.rejected import Code
from streams.feeding.batches import Batches
from streams.feeding.pace import Pace, Pacer
from streams.feeding.report import FeedRefused, Report, Stopped, Tally, Told, never, untold
from streams.feeding.target import Target, reject, target, writing
from streams.settings import RAW, Settings
from streams.sources import END_TICK, Lines, log
from streams.topic_plan import CENTURY

EVERY = 1000
"""Rows between two looks at the world: progress, Ctrl-C."""

Refusals = dict[int, tuple[Code, str]]


async def feed_rows(
    settings: Settings,
    rows: Lines | Sequence[bytes],
    *,
    now: int,
    pace: Pace | None = None,
    progress: Told = untold,
    stopped: Stopped = never,
) -> Report:
    """Send `rows` to the raw topic: in their own order, or with a pace in order of time, as their times come.

    Raises FeedRefused, TopicsError or KafkaUnreachable.
    """
    begun = time.monotonic()
    where = await target(settings, RAW, "LogAppendTime")
    tally = Tally(where.topic, len(rows))
    refusals, tally.stale = await asyncio.to_thread(_survey, rows, where.largest, now)
    if tally.stale * 2 > len(rows):
        raise FeedRefused(
            f"{tally.stale:,} of {len(rows):,} rows were published more than 24 h ago: a live feed would keep them and "
            "count none. Nothing was sent. Feed them as a history with `tocsin feed --import`, which takes each at its "
            "own time"
        )
    if pace is None:
        order = _as_they_stand(rows, refusals)
    else:
        order = await asyncio.to_thread(_by_time, rows, where.largest, now)
    async with writing(settings, tally) as writer:
        await reject(settings, writer, where, tally, ((i, *refusals[i], rows[i]) for i in sorted(refusals)))
        await _send(Batches(writer, where.topic), where, order, pace, tally, progress, stopped)
    progress(tally.progress())
    return tally.report(time.monotonic() - begun)


async def _send(
    batches: Batches,
    where: Target,
    order: Iterator[tuple[int | None, bytes]],
    pace: Pace | None,
    tally: Tally,
    progress: Told,
    stopped: Stopped,
) -> None:
    pacer: Pacer | None = None
    for at, value in order:
        if pace is not None and at is not None:
            pacer = pacer or Pacer(pace, at)
            while not stopped() and (seconds := pacer.wait(at)) > 0:
                await batches.flush()
                progress(tally.progress())
                await asyncio.sleep(seconds)
        if stopped():
            tally.stopped = True
            break
        await batches.add(tally.sent % where.partitions, value)
        tally.row(at)
        if tally.sent % EVERY == 0:
            progress(tally.progress())
            await asyncio.sleep(0)
    await batches.flush()


def _survey(rows: Lines | Sequence[bytes], largest: int, now: int) -> tuple[Refusals, int]:
    """What cannot be sent, and how many of the rest would be stale."""
    refused: Refusals = {}
    stale = 0
    for index in range(len(rows)):
        size = rows.size(index) if isinstance(rows, Lines) else len(rows[index])
        if size > largest:
            refused[index] = "too_large", f"{size:,} bytes; at most {largest:,} fit into the topic"
            continue
        document = parse(rows[index])
        if isinstance(document, Refusal):
            continue  # for classify to reject, with its reason
        if "tocsin" in document:
            refused[index] = "control_unknown", "control records are not taken from files; remove the line"
            continue
        stale += timed(given_moment(document), now).stale
    return refused, stale


def _as_they_stand(rows: Lines | Sequence[bytes], refusals: Refusals) -> Iterator[tuple[int | None, bytes]]:
    return ((None, rows[index]) for index in range(len(rows)) if index not in refusals)


def _by_time(rows: Lines | Sequence[bytes], largest: int, now: int) -> Iterator[tuple[int | None, bytes]]:
    """In order of time, by the rule for files, which leaves out the same rows; nothing is in this future's future."""
    return (
        (record.timestamp, record.value)
        for record in log(rows, now + CENTURY)
        if record.value != END_TICK and len(record.value) <= largest
    )
