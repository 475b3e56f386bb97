"""The handover itself: switch, seal, adopt; each step known to be done by the state that lanes have committed.

Under a crash of this command the former generation is silent from T on and the new one holds what it has to say:
nothing is lost, and the same command completes it. `tocsin_publishing` is 2 meanwhile, and an alarm says so.
"""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import NamedTuple

from agents.detect.publisher import PublisherState
from schemas.base import iso
from schemas.generation import Generation
from schemas.handover import Adoption
from streams import generation as generations
from streams.errors import Refusal
from streams.handover import alerts
from streams.handover.adoption import adoption
from streams.handover.controls import Controls
from streams.handover.lanes import LaneStates, States
from streams.handover.publishing import publishers
from streams.settings import Settings

SEAL = 1.0
"""Seconds after which lanes that have not come to T are sent another record behind it."""
PATIENCE = 60.0
"""Seconds for which lanes may take, before it is said which of them does not move."""

Say = Callable[[str], None]


class HandoverRefused(Refusal):
    """A generation cannot take over, or one does not move."""


class Handed(NamedTuple):
    """What came of it."""

    at: int
    """T, ms: what is judged from here on is the new generation's."""
    adoption: Adoption | None
    """`None` where the new generation published already."""
    seconds: float
    """From the first control record until it published."""


async def hand_over(source: Settings, target: Settings, since: int, say: Say) -> Handed:
    """Let the generation of `target` publish from T on: the arrival `since` (ms), or as soon as it can be.

    `source` is the generation that publishes now; one that does not exist publishes nothing. Raises HandoverRefused.
    """
    began = time.monotonic()
    new, old = await generations.existing(target), await generations.existing(source)
    if new is None:
        raise HandoverRefused(f"no generation has started under the prefix {target.prefix!r}: start its workers first")
    if target.publishes:
        raise HandoverRefused(
            "a generation without a prefix publishes what it writes, and has written nothing since another took over: "
            "it cannot take over again. Start a new one under another prefix"
        )
    async with AsyncExitStack() as stack:
        taking = await stack.enter_async_context(LaneStates(target, new.lanes))
        giving = await stack.enter_async_context(LaneStates(source, old.lanes)) if old is not None else None
        states = await taking.now()
        if _all(states, new, "publishes"):
            return Handed(max(state.since for state in states.values()), None, 0.0)
        await _the_right_one(source)
        controls = Controls(target, new.raw_partitions, *_name(states, new, since))
        if not _all(states, new, "holds"):
            await controls.switch()
            say("switch: written to every raw partition")
            states = await _reached(controls, taking, giving, new, old)
        at = max(state.since for state in states.values())
        say(f"switch: every lane has come to {iso(at)}")
        adopted = adoption(await alerts.published(target), await alerts.own(target, at), at, new.rules)
        await controls.adopt(adopted)
        if await taking.until(lambda states: _all(states, new, "publishes"), PATIENCE) is None:
            raise _stuck(target, states, new, "publishes")
    return Handed(at, adopted, time.monotonic() - began)


async def _the_right_one(source: Settings) -> None:
    """Refuse when somebody else publishes than the generation that is named: its last words would be lost."""
    for prefix in await publishers(source):
        if prefix != source.prefix:
            raise HandoverRefused(
                f"generation {prefix or '(no prefix)'} publishes now, not {source.prefix or '(no prefix)'}: "
                f"set TOCSIN_PREFIX={prefix}"
            )


def _name(states: States, new: Generation, since: int) -> tuple[str, str, int]:
    """Handover, generation and T of the control records: of one that was broken off, or else of a new one."""
    for state in states.values():
        if state.mode == "holds":
            return state.handover, new.name, state.since
        if state.switch is not None and state.switch.to == new.name:
            return state.switch.handover, new.name, state.switch.since
    return f"{new.name}/{since or int(time.time() * 1000)}", new.name, since


async def _reached(
    controls: Controls, taking: LaneStates, giving: LaneStates | None, new: Generation, old: Generation | None
) -> States:
    """When the new generation's lanes hold and the former one's are silent. Lanes come past T by records behind it."""

    def silent(states: States) -> bool:
        return old is not None and _all(states, old, "silent") and {s.handover for s in states.values()} == {name}

    deadline = time.monotonic() + PATIENCE
    while True:
        held = await taking.until(lambda states: _all(states, new, "holds"), SEAL)
        if held is not None:
            name = next(iter(held.values())).handover
            if giving is None or await giving.until(silent, SEAL) is not None:
                return held
        ahead = max((s.switch.since for s in (await taking.now()).values() if s.switch), default=0)
        if ahead > time.time() * 1000:  # T has not come yet, and nothing is amiss
            deadline = time.monotonic() + PATIENCE
        if time.monotonic() > deadline:
            if held is None or giving is None or old is None:
                raise _stuck(taking.settings, await taking.now(), new, "holds")
            raise _stuck(giving.settings, await giving.now(), old, "silent")
        await controls.switch()


def _all(states: States, generation: Generation, mode: str) -> bool:
    return len(states) == generation.lanes and all(state.mode == mode for state in states.values())


def _stuck(settings: Settings, states: States, generation: Generation, mode: str) -> HandoverRefused:
    def stands(state: PublisherState | None) -> bool:
        return state is not None and state.mode == mode

    late = [str(lane) for lane in range(generation.lanes) if not stands(states.get(lane))]
    return HandoverRefused(
        f"lanes {', '.join(late)} of generation {settings.prefix or '(no prefix)'} have not come to the switch within "
        f"{PATIENCE:.0f} s: its workers have to run until they have. Start them and run this again: it goes on there"
    )
