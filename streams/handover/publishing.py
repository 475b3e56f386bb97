"""Which generation publishes now: the one that the last handover named; before any, the one that owns the topic."""

from contextlib import aclosing

from schemas.clock import PartitionClock
from schemas.generation import Generation
from streams import generation as generations
from streams.reading import merged, spans
from streams.settings import Settings
from streams.topics import TopicsError


async def existing(settings: Settings) -> Generation | None:
    """The generation of a prefix; `None` without one, and without topics."""
    try:
        return await generations.read(settings)
    except TopicsError:
        return None


async def publisher(settings: Settings, taking: Generation) -> str | None:
    """The prefix of the generation that publishes beside `taking`, whose settings these are; `None` if none does.

    What a handover named stands in the clocks of any generation that has read the raw topic.
    """
    latest: dict[int, PartitionClock] = {}
    for part in await spans(settings, ["clocks"]):
        async with aclosing(merged(settings, [part])) as records:
            async for record in records:
                clock = PartitionClock.decode(record.value)
                if clock.topic == "headlines.raw":
                    latest[clock.partition] = clock
    named = {clock.publisher for clock in latest.values() if clock.publisher is not None}
    if named:
        former = named - {taking.name}
        return next(iter(sorted(former))).rpartition("@")[0] if former else None
    sharing = settings.alerts_topic.removesuffix("alerts").rstrip(".")
    first = settings.model_copy(update={"prefix": sharing, "import_topic": None})
    return sharing if first.publishes and await existing(first) is not None else None
