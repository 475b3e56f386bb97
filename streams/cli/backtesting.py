"""Several runs over the same counts, which are read once; and what each came to."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agents.backtest.against import Comparison, compare
from agents.backtest.events import Findings
from agents.backtest.figures import Watched
from agents.backtest.raised import Raised, between, raised
from agents.detect.count_rows import CountError, read_row
from agents.detect.counts import CountRun
from agents.detect.evidence import SeriesKey
from agents.rulebook import Rulebook
from streams.cli.counting import Counted, Progress, pour, some
from streams.errors import Refusal
from streams.sources import InputError


@dataclass(frozen=True)
class Stretch:
    """The part of the time that is looked at, ms; all of it where a bound is `None`."""

    since: int | None = None
    until: int | None = None


class Other(NamedTuple):
    """Other rules, and what ours raise beside theirs."""

    rules: str
    comparison: Comparison


class Told(NamedTuple):
    """All that a backtest found."""

    rules: str
    alpha: float
    watched: Watched
    alerts: Sequence[Raised]
    findings: Findings | None
    other: Other | None


@dataclass
class Several:
    """Runs that take the same rows."""

    runs: Sequence[Counted]

    @property
    def lanes(self) -> int:
        """Of the rules, which all have as many."""
        return self.runs[0].lanes

    def take(self, value: bytes, where: str) -> None:
        """The next row, for all of them. Raises InputError."""
        try:
            row = read_row(value)
            for run in self.runs:
                run.take_row(row)
        except CountError as error:
            raise InputError(f"{where}: {error}") from None

    def end(self, where: str) -> None:
        """No more rows."""
        for run in self.runs:
            run.end(where)


def runs_over(
    name: str,
    rulebooks: Sequence[Rulebook],
    width: int,
    progress: Progress,
    watched_by: Callable[[CountRun], None] | None = None,
) -> list[Counted]:
    """A run for each set of rules over what is called `name`. Raises Refusal.

    `watched_by` gets the first of them before it begins.
    """
    counts = {rulebook.lanes.count for rulebook in rulebooks}
    if len(counts) > 1:
        raise Refusal(
            f"the rules have {' and '.join(map(str, sorted(counts)))} lanes: one file of counts fits one only"
        )
    runs = [Counted(CountRun(rulebook, width)) for rulebook in rulebooks]
    if watched_by is not None:
        watched_by(runs[0].run)
    began = time.perf_counter()
    pour(name, Several(runs), progress)
    for run in runs:
        run.seconds = time.perf_counter() - began
    some(runs[0], name)
    return runs


def alerts_of(counted: Counted, stretch: Stretch) -> list[Raised]:
    """The alerts of a run that opened in the stretch."""
    return between(raised(counted.alerts), stretch.since, stretch.until)


def compared(ours: Counted, theirs: Counted, stretch: Stretch) -> Comparison:
    """The alerts of two runs, paired over all the time and then cut to the stretch."""
    return compare(raised(ours.alerts), raised(theirs.alerts)).between(stretch.since, stretch.until)


def watched(counted: Counted, stretch: Stretch) -> Watched:
    """From when to when alerts of a run could open."""
    run = counted.run
    if run.first is None or run.last is None:
        return Watched(0, 0, 0)
    last = run.last + run.width
    ready = last if counted.ready is None else counted.ready
    since = ready if stretch.since is None else max(ready, stretch.since)
    until = last if stretch.until is None else min(last, stretch.until)
    return Watched(since, max(since, until), run.series(until))


def series_key(run: CountRun, name: str, option: str) -> SeriesKey:
    """The series that a person names: PLACE/THEME. Raises Refusal."""
    place, slash, theme = name.partition("/")
    if not slash or not place or not theme:
        raise Refusal(f"{option} {name}: no series; write PLACE/THEME, such as KP/troop-deployment, KP/any or 030/any")
    try:
        key = run.key(place, theme)
    except CountError as error:
        raise Refusal(f"{option} {name}: {error.fault.what}") from None
    if theme in run.unknown_themes:
        raise Refusal(f"{option} {name}: the rules have no theme {theme!r}")
    return key
