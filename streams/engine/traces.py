"""Whether a lane without a position has worked before: its state is gone then, and it must not begin anew.

A lane writes its first position down before it reads (`Lanes.open`), so one that has none has never read, never
written and told the group nothing. Where something of it is there all the same, its state topic was deleted, emptied
or made anew; from the beginning it would write everything a second time, in silence. So the worker refuses (75).
"""

from collections.abc import Collection, Sequence
from typing import Any

from aiokafka import TopicPartition
from faust.types import TP

from schemas.clock import PartitionClock
from streams import kafka
from streams.engine.exits import LostError
from streams.engine.lane import Lane
from streams.engine.state import Reader
from streams.settings import Settings


async def refuse_worked(settings: Settings, reader: Reader, lanes: Collection[Lane]) -> None:
    """Raise LostError if one of these lanes, none of which has a position, has left something behind."""
    if not lanes:
        return
    told = await _told(settings, [lane.tp for lane in lanes])
    clocks = await _clocks(settings, reader)
    written = {
        lane.tp: [TopicPartition(settings.topic(name), lane.tp.partition) for name in lane.spec.writes]
        for lane in lanes
    }
    ends = await reader.ends(part for parts in written.values() for part in parts)
    for lane in lanes:
        tp, spec = lane.tp, lane.spec
        found = [f"{part.topic}[{part.partition}] has records up to {ends[part]}" for part in written[tp] if ends[part]]
        if (spec.source, tp.partition) in clocks:
            found.append(f"{settings.topic('clocks')} says how far it was")
        if tp in told:
            found.append(f"the group {settings.group} was told that it is at {told[tp]}")
        if found:
            raise LostError(
                f"{settings.topic(spec.state)}[{tp.partition}] holds no position of {spec.name} in "
                f"{tp.topic}[{tp.partition}], but it has worked before: {'; '.join(found)}. Its state is gone, and "
                "from the beginning it would write everything again. Nothing is written. Start another generation "
                "under a new TOCSIN_PREFIX; or, if this one is to begin anew, stop its workers, delete all its topics "
                f"and its group (kafka-consumer-groups.sh --delete --group {settings.group})"
            )


async def _told(settings: Settings, lanes: Sequence[TP]) -> dict[TP, int]:
    """What the group's offsets say of them. It is advice for tools, and never given by a lane that has no position."""
    parts = {TopicPartition(*tp): tp for tp in lanes}
    async with kafka.admin(settings) as client:
        found = await client.list_consumer_group_offsets(settings.group, partitions=list(parts))
    return {parts[part]: at.offset for part, at in found.items() if part in parts and at.offset >= 0}


async def _clocks(settings: Settings, reader: Reader) -> set[tuple[str, int]]:
    """The partitions, by plain topic, that some owner has said something of."""
    found: set[tuple[str, int]] = set()

    def take(_: TopicPartition, records: Sequence[Any]) -> None:
        for record in records:
            if record.value is not None:
                clock = PartitionClock.decode(record.value)
                found.add((clock.topic, clock.partition))

    await reader.stretch({TopicPartition(settings.topic("clocks"), 0): None}, take)
    return found
