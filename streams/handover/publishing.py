"""Which generations publish now: what the state of their lanes says, and nothing that could have expired."""

from typing import NamedTuple

from streams import generation as generations
from streams.errors import Refusal
from streams.handover.lanes import STATE, LaneStates
from streams.settings import PUBLISHED, Settings


class HandoverRefused(Refusal):
    """A generation cannot take over. Nothing was written."""


class Publishers(NamedTuple):
    """What could be found out."""

    prefixes: list[str]
    """Of all generations that publish where the settings say: one, or none before the first handover."""
    unread: list[str]
    """Of those that this user sees and may not read: whether they publish is not known."""


def not_published(settings: Settings) -> str:
    """Why subscribers may see nothing of a generation with a prefix, and the cure."""
    told, topic = settings.prefix or "P", settings.topic(PUBLISHED)
    which = settings.prefix or "a generation with a prefix"
    return (
        f"{which} does not publish to `{topic}` before it is let: `TOCSIN_PREFIX= tocsin handover {told}` (in "
        "TOCSIN_PREFIX the generation that publishes now, or none)"
    )


async def publishers(settings: Settings) -> Publishers:
    """Who publishes where `settings` says."""
    found = Publishers([], [])
    for own in await generations.every(settings):
        publishes = await _publishes(settings, own)
        if publishes is None:
            found.unread.append(own.prefix)
        elif publishes:
            found.prefixes.append(own.prefix)
    return found


def refuse_others(found: Publishers, source: Settings, taking: str | None = None) -> None:
    """Raise HandoverRefused if another than the generation of `source` publishes, or than that which takes over."""
    for prefix in found.prefixes:
        if prefix not in (source.prefix, taking):
            raise HandoverRefused(
                f"generation {prefix or '(no prefix)'} publishes now, not {source.prefix or '(no prefix)'}: "
                f"set TOCSIN_PREFIX={prefix}"
            )


async def _publishes(settings: Settings, own: Settings) -> bool | None:
    """`None`: this user may not know."""
    if not await generations.may_read(own, generations.TOPIC):
        return None
    generation = await generations.read(own)
    if (
        generation is None
        or generation.replay is not None
        or (generation.raw_topic, generation.alerts_topic) != (settings.raw_topic, settings.alerts_topic)
    ):
        return False
    if not await generations.may_read(own, STATE):
        return None
    async with LaneStates(own, generation.lanes) as lanes:
        modes = {state.mode for state in (await lanes.now()).values()}
    # before any handover a lane has nothing to write down
    return "publishes" in modes or (not modes and own.publishes)
