"""A calibration laid out: a table for people, one JSON object for programs. Both say the same."""

from collections.abc import Sequence
from typing import Any

import typer

from agents.backtest.budget import LEAST, Search
from agents.backtest.provenance import MARK, written
from schemas.base import iso
from streams.cli import output
from streams.cli.backtest_document import rounded
from streams.cli.backtest_view import rate
from streams.cli.calibrating import Trial


def show(trial: Trial, found: Search, told: Sequence[str]) -> None:
    """All alphas tried, and the lines for `detect.yaml`, or why there are none."""
    span = trial.watched
    output.table(
        ("Alpha", "Alerts", "False", "A day", "A 100 series-days", f"Within {trial.budget}"),
        [
            (
                f"{one.alpha:.1e}" + (" <" if one == found.found else ""),
                f"{one.alerts:,}",
                f"{one.false:,}",
                rate(span.a_day(one.false)),
                rate(span.a_hundred(one.false)),
                "yes" if one.allowed else "no",
            )
            for one in found.tried
        ],
    )
    if found.found is None:
        typer.echo(f"\n{missing(trial, found)}")
        return
    typer.echo("\nin detect.yaml:\n")
    for line in told:
        typer.echo(f"{MARK}{line}")
    typer.echo(f"alpha: {written(found.found.alpha)}")


def document(trial: Trial, found: Search, told: Sequence[str], written: bool) -> dict[str, Any]:
    """The same for programs."""
    span = trial.watched
    return {
        "budget": str(trial.budget),
        "alpha": None if found.found is None else found.found.alpha,
        "why_none": missing(trial, found) if found.found is None else None,
        "before": trial.rulebook.detect.alpha,
        "since": iso(span.since),
        "until": iso(span.until),
        "days": round(span.days, 3),
        "series": span.series,
        "rows": trial.data.rows,
        "sha256": trial.data.digest,
        "tried": [
            {
                "alpha": one.alpha,
                "alerts": one.alerts,
                "false": one.false,
                "a_day": rounded(span.a_day(one.false)),
                "a_100_series_days": rounded(span.a_hundred(one.false)),
                "allowed": one.allowed,
            }
            for one in found.tried
        ],
        "provenance": list(told),
        "written": written,
    }


def missing(trial: Trial, found: Search) -> str:
    """Why no alpha was found."""
    if found.bounded:
        return f"no alpha from {LEAST:.0e} on keeps {trial.budget}: raise the budget, min_unique or min_publishers"
    return (
        f"these counts do not bound alpha: none up to {found.tried[-1].alpha:.0e} is over {trial.budget}; "
        "give more counts, or a smaller budget"
    )
