"""`tocsin calibrate`: alpha from a budget of false alarms, by backtest, and not by taste.

    exit status   0 done   1 no alpha keeps the budget, or nothing could be written   2, 3, 130 as everywhere

The file is replaced as a whole or not at all; all of it but alpha and its provenance stays byte for byte.
"""

import hashlib
import importlib.metadata
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.count_options import Around, Bucket, Counts, First, Last, Rules

if TYPE_CHECKING:
    from agents.backtest.budget import Budget, Search, Tried
    from agents.backtest.events import Known
    from agents.backtest.figures import Watched
    from agents.rulebook import Rulebook
    from streams.cli.backtesting import Stretch
    from streams.cli.spool import Pinned


def calibrate(
    file: Counts,
    budget: Annotated[
        str, typer.Option(metavar="BUDGET", help='False alarms at most: "3/day", "20/week", "0.1/100 series-days".')
    ],
    rules: Rules = None,
    write: Annotated[bool, typer.Option("--write", help="Write alpha to detect.yaml of --rules.")] = False,
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Known events: their alerts are not false.")
    ] = None,
    around: Around = 24,
    first: First = None,
    last: Last = None,
    bucket: Bucket = "15m",
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the rules.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Find the largest alpha that keeps false alarms within a budget, by running the detector over counts.

    Every alert is false but those of known events. Without --write the lines for detect.yaml are shown only. Calibrate
    on other data than you judge by: what alpha was chosen on flatters it.

    \b
    Examples:
      tocsin calibrate counts.jsonl.gz --budget 3/day
      tocsin calibrate counts --budget 20/week --events events.csv --rules my-rules --write
      tocsin calibrate hourly.jsonl --bucket 1h --budget "0.1/100 series-days" --json
    """
    from agents.backtest.budget import FORMS, search
    from agents.backtest.budget import budget as read_budget
    from streams.cli import counting, output
    from streams.cli.backtesting import Stretch
    from streams.cli.known_events import read_events
    from streams.cli.spool import pinned
    from streams.cli.terminal import bounds
    from streams.errors import Refusal
    from streams.visible import json_line

    allowed = read_budget(budget)
    if allowed is None:
        raise Refusal(f"--budget {budget}: not a budget; write {FORMS}")
    stretch = Stretch(*bounds(first, last))
    rulebook = counting.rulebook(rules, override)
    known = None if events is None else read_events(events, rulebook)
    with pinned(file, rulebook.lanes.count, output.progress) as data:
        trial = _Trial(data, rulebook, allowed, known, around, stretch, counting.WIDTHS[bucket])
        found = search(trial.measure, rulebook.detect.alpha)
    told = _provenance(trial, found, events, override or [])
    changed = None if found.found is None else _changed(rules, found.found.alpha, told)
    written = write and changed is not None and _write(rules, changed)
    if json:
        sys.stdout.buffer.write(json_line(_document(trial, found, told, written)) + b"\n")
    else:
        _show(trial, found, told)
        if written:
            typer.echo(f"\nwritten to {rules}/detect.yaml")
    if write and found.found is not None and not written:
        typer.echo(
            "tocsin: not written: the package's own rules are not changed; copy them, and name the copy", err=True
        )
    raise typer.Exit(0 if found.found is not None and (written or not write) else 1)


@dataclass
class _Trial:
    """Runs over the same counts, each with another alpha."""

    data: "Pinned"
    rulebook: "Rulebook"
    budget: "Budget"
    known: "list[Known] | None"
    around: int
    stretch: "Stretch"
    width: int
    watched: "Watched | None" = None

    def measure(self, alpha: float) -> "Tried":
        """Run with this alpha. Raises Refusal."""
        from agents.backtest.budget import Tried
        from agents.backtest.events import find
        from schemas.base import HOUR
        from streams.cli import output
        from streams.cli.backtesting import alerts_of, runs_over, watched
        from streams.errors import Refusal

        rulebook = replace(self.rulebook, detect=self.rulebook.detect.model_copy(update={"alpha": alpha}))
        (run,) = runs_over(self.data.name, [rulebook], self.width, output.progress)
        span = self.watched = watched(run, self.stretch)
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
        tried = Tried(alpha, len(alerts), false, self.budget.allows(false, span))
        typer.echo(
            f"alpha {alpha:.1e}: {false:,} false alarms, {self.budget.rate(false, span):.3g}/{self.budget.unit}",
            err=True,
        )
        return tried


def _provenance(trial: _Trial, found: "Search", events: Path | None, overrides: Sequence[str]) -> list[str]:
    """Where alpha came from, in a few lines."""
    from schemas.base import iso

    span, chosen = trial.watched, found.found
    if span is None or chosen is None:
        return []
    version = importlib.metadata.version("tocsin")
    lines = [
        f"for a budget of {trial.budget}, by tocsin {version}",
        f"{chosen.false:,} false alarms in {span.days:.1f} days, {chosen.false / span.days:.3g} a day",
        f"{iso(span.since)} to {iso(span.until)}, {span.series:,} series, {trial.data.rows:,} rows of counts",
        f"sha256 {trial.data.digest}",
    ]
    if events is not None:
        digest = hashlib.sha256(events.read_bytes()).hexdigest()
        lines.append(f"known events, whose alerts are not false: {len(trial.known or ())}, sha256 {digest}")
    if overrides:
        lines.append(f"with {', '.join(' '.join(each.split()) for each in overrides)}")
    return lines


def _changed(rules: Path | None, alpha: float, told: Sequence[str]) -> str | None:
    """The text of detect.yaml with this alpha."""
    from agents.backtest.provenance import rewritten
    from agents.classify.reader import RULES

    text = ((rules or RULES) / "detect.yaml").read_bytes().decode("utf-8")
    return rewritten(text, alpha, told)


def _write(rules: Path | None, text: str) -> bool:
    """Replace the file, unless it is the package's. Raises Refusal, or RulesError where it would not be sound."""
    from agents.classify.reader import RULES
    from agents.detect.rules import load_rules
    from streams.errors import Refusal

    if rules is None or rules.resolve() == RULES.resolve():
        return False
    path = rules / "detect.yaml"
    draft = rules / ".detect.yaml.new"
    try:
        draft.write_bytes(text.encode("utf-8"))
        load_rules(draft)
        draft.chmod(path.stat().st_mode & 0o7777)
        os.replace(draft, path.resolve())
    except OSError as error:
        raise Refusal(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    return True


def _show(trial: _Trial, found: "Search", told: Sequence[str]) -> None:
    from agents.backtest.provenance import MARK, written
    from streams.cli import backtest_view as view
    from streams.cli import output

    span = trial.watched
    assert span is not None
    output.table(
        ("Alpha", "Alerts", "False", "A day", "A 100 series-days", f"Within {trial.budget}"),
        [
            (
                f"{one.alpha:.1e}" + (" <" if one == found.found else ""),
                f"{one.alerts:,}",
                f"{one.false:,}",
                view.rate(span.a_day(one.false)),
                view.rate(span.a_hundred(one.false)),
                "yes" if one.allowed else "no",
            )
            for one in found.tried
        ],
    )
    if found.found is None:
        typer.echo(f"\nno alpha keeps {trial.budget}: raise the budget, min_unique or min_publishers")
        return
    typer.echo("\nin detect.yaml:\n")
    for line in told:
        typer.echo(f"{MARK}{line}")
    typer.echo(f"alpha: {written(found.found.alpha)}")


def _document(trial: _Trial, found: "Search", told: Sequence[str], written: bool) -> dict[str, Any]:
    from schemas.base import iso
    from streams.cli import backtest_view as view

    span = trial.watched
    assert span is not None
    return {
        "budget": str(trial.budget),
        "alpha": None if found.found is None else found.found.alpha,
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
                "a_day": view.rounded(span.a_day(one.false)),
                "a_100_series_days": view.rounded(span.a_hundred(one.false)),
                "allowed": one.allowed,
            }
            for one in found.tried
        ],
        "provenance": list(told),
        "written": written,
    }
