"""The handover itself: switch, seal, adopt; each step known to be done by the state that lanes have committed.

Under a crash of this command the former generation is silent from T on and the new one holds what it has to say:
nothing is lost, and the same command completes it. Until then nobody publishes, and `TocsinNobodyPublishes` says so.
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
from streams.handover.adoption import OPEN, adoption
from streams.handover.controls import Controls, Terms
from streams.handover.lanes import LaneStates, States
from streams.handover.publishing import HandoverRefused, publishers, refuse_others
from streams.handover.silence import silence
from streams.settings import Settings

SEAL = 1.0
"""Seconds after which lanes that have not come to T are sent another record behind it."""
PATIENCE = 60.0
"""Seconds for which lanes may take, before it is said which of them does not move."""

Say = Callable[[str], None]


class HandoverStuck(Refusal):
    """The switch is written and some lanes do not come to it. Asked again, it goes on."""


class Handed(NamedTuple):
    """What came of it."""

    at: int
    """T, ms: what is judged from here on is the new generation's."""
    adoption: Adoption | None
    """`None` where it was done before."""
    seconds: float
    """From the first control record until it published."""


async def hand_over(
    source: Settings, target: Settings, since: int, say: Say, *, former_stopped: bool = False
) -> Handed:
    """Let the generation of `target` publish from T on: the arrival `since` (ms), or as soon as it can be.

    `source` is the generation that publishes now; one that does not exist publishes nothing. `former_stopped`: it does
    not run and is silenced where it stands. Raises HandoverRefused or HandoverStuck.
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
            return Handed(_since(states), None, 0.0)
        terms = _begun(states, new) or await _fresh(source, old, new, since, say)
        if terms.former != (former := old.name if old is not None else ""):
            raise HandoverRefused(
                f"this handover was begun from the generation {terms.former or '(none)'}, not {former or '(none)'}: "
                f"set TOCSIN_PREFIX={terms.former.rpartition('@')[0]}"
            )
        controls = Controls(target, new.raw_partitions, terms)
        adopted = None
        if not any(state.mode == "publishes" for state in states.values()):
            if not _all(states, new, "holds"):
                await controls.switch()
                say("switch: written to every raw partition")
            states = await _held(controls, taking, new)
            at = _since(states)
            say(f"switch: every lane has come to {iso(at)}")
            if giving is not None and old is not None:
                if former_stopped:
                    silenced = await silence(source, old, terms.handover, at)
                    say(f"the former generation is silenced where it stands ({len(silenced)} lanes)")
                await _silent(controls, giving, old, terms.handover)
            own = await alerts.own(target, at)
            held = [alert for alert in own.values() if alert.status in OPEN]
            highest = await alerts.highest(target, at, held)
            adopted = adoption(await alerts.published(target), highest, own, at, new.rules)
            await controls.adopt(adopted)
        done = await taking.until(lambda states: _all(states, new, "publishes"), PATIENCE)
        if done is None:
            raise _stuck(target, await taking.now(), new, "publishes")
    return Handed(_since(done), adopted, time.monotonic() - began)


async def done_before(target: Settings) -> bool:
    """Whether the generation of `target` publishes already: then nothing is left to compare or to switch."""
    new = await generations.existing(target)
    if new is None:
        return False
    async with LaneStates(target, new.lanes) as lanes:
        return _all(await lanes.now(), new, "publishes")


def _begun(states: States, new: Generation) -> Terms | None:
    """The terms of a handover that was broken off."""
    for state in states.values():
        if state.mode == "holds":
            return Terms(state.handover, state.former, new.name, state.since)
        if (switch := state.switch) is not None and switch.to == new.name:
            return Terms(switch.handover, switch.former, new.name, switch.since)
    return None


async def _fresh(source: Settings, old: Generation | None, new: Generation, since: int, say: Say) -> Terms:
    """The terms of a new one. Refused where somebody else publishes: its last words would be lost."""
    found = await publishers(source)
    if found.unread:
        named = ", ".join(prefix or "(no prefix)" for prefix in found.unread)
        say(
            f"not asked whether they publish, for want of READ on their generation and state.detect: {named}. If one "
            "of them does where this one will, break this off"
        )
    refuse_others(found, source)
    handover = f"{new.name}/{int(time.time() * 1000)}"
    return Terms(handover, old.name if old is not None else "", new.name, since)


async def _held(controls: Controls, taking: LaneStates, new: Generation) -> States:
    """When every lane of the new generation holds. Lanes come past T by records behind it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        held = await taking.until(lambda states: _all(states, new, "holds"), SEAL)
        if held is not None:
            return held
        states = await taking.now()
        if max((s.switch.since for s in states.values() if s.switch), default=0) > time.time() * 1000:
            deadline = time.monotonic() + PATIENCE  # T has not come yet, and nothing is amiss
            continue
        if time.monotonic() > deadline:
            raise _stuck(taking.settings, states, new, "holds")
        await controls.switch()


async def _silent(controls: Controls, giving: LaneStates, old: Generation, handover: str) -> None:
    """When every lane of the former generation has said its last word."""

    def silent(states: States) -> bool:
        return _all(states, old, "silent") and {state.handover for state in states.values()} == {handover}

    deadline = time.monotonic() + PATIENCE
    while await giving.until(silent, SEAL) is None:
        if time.monotonic() > deadline:
            raise _stuck(giving.settings, await giving.now(), old, "silent")
        await controls.switch()


def _since(states: States) -> int:
    return max(state.since for state in states.values())


def _all(states: States, generation: Generation, mode: str) -> bool:
    return len(states) == generation.lanes and all(state.mode == mode for state in states.values())


def _stuck(settings: Settings, states: States, generation: Generation, mode: str) -> HandoverStuck:
    def stands(state: PublisherState | None) -> bool:
        return state is not None and state.mode == mode

    late = [str(lane) for lane in range(generation.lanes) if not stands(states.get(lane))]
    return HandoverStuck(
        f"the switch is written, and lanes {', '.join(late)} of generation {settings.prefix or '(no prefix)'} have not "
        f"come to it within {PATIENCE:.0f} s: its workers have to run until they have. Nobody publishes meanwhile"
    )
