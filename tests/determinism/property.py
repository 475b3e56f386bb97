"""The property: what a raw log comes to depends on nothing but the raw log."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from hypothesis import strategies as st

from agents.rulebook import Rulebook
from schemas.alert import Alert
from tests.determinism.compare import Outcome, outcome, pipeline
from tests.determinism.engine import IN_ONE_PIECE, Schedule, Stages, run
from tests.determinism.histories import SCHEDULES, TICKS, stories
from tests.determinism.raw import Story


class Ticks(NamedTuple):
    """One way to tick a story."""

    seed: int
    share: float


@dataclass(frozen=True)
class Case:
    """One history, run in one piece and in another way; and ticked in another way."""

    story: Story
    ticks: Ticks
    other_ticks: Ticks
    schedule: Schedule
    other: Schedule


CASES = st.builds(Case, stories(), TICKS.map(lambda t: Ticks(*t)), TICKS.map(lambda t: Ticks(*t)), SCHEDULES, SCHEDULES)


class DiffersError(AssertionError):
    """Two runs over one log are not the same."""


def check(case: Case, rulebook: Rulebook, stages: Stages | None = None) -> Counter[str]:
    """Raises `DiffersError` where the property does not hold; returns what the case has shown.

    `stages` in place of the real ones are compared with themselves alone.
    """
    raw = case.story.ticked(*case.ticks)
    plain = run(rulebook, raw, IN_ONE_PIECE, stages)
    expected = outcome(plain.broker, raw)
    if stages is None and expected.alerts() != pipeline(rulebook, raw):
        raise DiffersError("the stages' alerts are not those of the pipeline in memory")
    done = run(rulebook, raw, case.schedule, stages)
    _same(expected, outcome(done.broker, raw), "in other pieces")
    ticked = case.story.ticked(*case.other_ticks)
    again = run(rulebook, ticked, case.other, stages)
    if (other := outcome(again.broker, ticked)).alerts() != expected.alerts():
        raise DiffersError("ticked in another way, alerts are others")
    _same(outcome(plain.broker, raw, ticks=True), outcome(again.broker, ticked, ticks=True), "ticked in another way")
    shown = Counter({f"alert {status}": n for status, n in statuses(other).items()})
    shown.update({key: n for key, n in plain.happened.items() if key.startswith(("verdict", "rejected", "headline"))})
    for each in (done, again):
        shown.update({key: n for key, n in each.happened.items() if key.startswith(("crash", "rebalance", "step"))})
    if done.happened["late "] or again.happened["late "]:
        raise DiffersError("a promise was broken: late rows")
    return shown


def statuses(found: Outcome) -> Counter[str]:
    """Alert revisions by status."""
    return Counter(Alert.decode(value).status for value in found.alerts())


def _same(one: Outcome, two: Outcome, how: str) -> None:
    if (difference := one.first_difference(two)) is not None:
        raise DiffersError(f"{how}: {difference}")
