"""Runs over the same counts, each with another alpha; and where the alpha that is found came from, in a few lines."""

import hashlib
import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from agents.backtest.budget import Budget, Search, Tried
from agents.backtest.events import Known, find
from agents.backtest.figures import Watched
from agents.rulebook import Rulebook
from schemas.base import HOUR, iso
from streams.cli import output
from streams.cli.backtesting import Stretch, alerts_of, runs_over, watched
from streams.cli.count_summary import hint
from streams.cli.spool import Pinned
from streams.errors import Refusal

_NOTHING = Watched(0, 0, 0)


@dataclass
class Trial:
    """What stays the same between the runs."""

    data: Pinned
    rulebook: Rulebook
    budget: Budget
    known: list[Known] | None
    around: int
    """Hours."""
    stretch: Stretch
    width: int
    watched: Watched = _NOTHING
    """Known after a run: no alpha changes it."""
    doubt: str | None = None
    """The like: whether the counts are of hours, and were read as quarters."""

    def measure(self, alpha: float) -> Tried:
        """Run with this alpha. Raises Refusal."""
        rulebook = replace(self.rulebook, detect=self.rulebook.detect.model_copy(update={"alpha": alpha}))
        (run,) = runs_over(self.data.name, [rulebook], self.width, output.progress)
        span = self.watched = watched(run, self.stretch)
        self.doubt = hint(run)
        if not span.series_days:
            raise Refusal(
                "nothing to calibrate by: no lane has seen headlines on enough days in this stretch; give more counts"
            )
        alerts = alerts_of(run, self.stretch)
        false = len(alerts)
        if self.known is not None:
            subregions = self.rulebook.reader.subregions
            bounds = (span.since, span.until)
            false = len(find(self.known, alerts, subregions, bounds, self.around * HOUR).unexpected)
        typer.echo(
            f"alpha {alpha:.1e}: {alarms(false)}, {self.budget.rate(false, span):.3g}/{self.budget.unit}",
            err=True,
        )
        return Tried(alpha, len(alerts), false, self.budget.allows(false, span))


def alarms(false: int) -> str:
    """How many false alarms, in words."""
    return f"{false:,} false {'alarm' if false == 1 else 'alarms'}"


def provenance(trial: Trial, found: Search, events: Path | None, overrides: Sequence[str]) -> list[str]:
    """Where alpha came from; nothing where none was found."""
    span, chosen = trial.watched, found.found
    if chosen is None:
        return []
    version = importlib.metadata.version("tocsin")
    lines = [
        f"for a budget of {trial.budget}, by tocsin {version}",
        f"{alarms(chosen.false)} in {span.days:.1f} days, {chosen.false / span.days:.3g} a day",
        f"{iso(span.since)} to {iso(span.until)}, {span.series:,} series, {trial.data.rows:,} rows of counts",
        f"sha256 {trial.data.digest}",
    ]
    if events is not None:
        digest = hashlib.sha256(events.read_bytes()).hexdigest()
        lines.append(f"known events, whose alerts are not false: {len(trial.known or ())}, sha256 {digest}")
    if overrides:
        lines.append(f"with {', '.join(' '.join(each.split()) for each in overrides)}")
    return lines
