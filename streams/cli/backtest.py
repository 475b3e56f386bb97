"""`tocsin backtest`: what the detector would have raised over counts, how often, and about what.

    exit status   0 done   1 with --against: an alert is gained or lost   2, 3, 130 as everywhere

Standard output has the findings and nothing else. The same counts, rules and events give the same, byte for byte.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from agents.rulebook import Rulebook

PACKAGED = "-"


def backtest(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE|TOPIC", help="Counts as `tocsin detect` reads them; `-` for standard input."),
    ],
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
    against: Annotated[
        str | None, typer.Option(metavar="DIR", help="Other rules to compare with; `-` for the packaged ones.")
    ] = None,
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Known events: date, place, theme, name; CSV or JSON Lines.")
    ] = None,
    around: Annotated[
        int, typer.Option(min=0, metavar="HOURS", help="How far from its event an alert may open or escalate.")
    ] = 24,
    first: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Only alerts that open from this time on.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Only alerts that open before this time.")
    ] = None,
    bucket: Annotated[Literal["15m", "1h"], typer.Option(help="How long a bucket is.")] = "15m",
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of --rules.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show all alerts, not 20 of a kind.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object, with all alerts.")] = False,
) -> None:
    """Run the detector over counts: alerts by severity, a day and a hundred series-days, known events, other rules.

    Two alerts of two sets of rules are the same one when they are of one series and were open at the same time. --set
    is for --rules alone, so that `--against -` compares a changed setting with the packaged one.

    \b
    Examples:
      tocsin backtest counts.jsonl.gz --events events.csv
      tocsin backtest counts --rules my-rules --against -       what a change of rules would have changed
      tocsin backtest hourly.jsonl --bucket 1h --set alpha=1e-6 --against - --json | jq .against.lost
    """
    from agents.backtest.against import compare
    from agents.backtest.events import find
    from schemas.base import HOUR
    from streams.cli import backtest_view as view
    from streams.cli import counting, output
    from streams.cli.backtesting import Stretch, alerts_of, runs_over, watched
    from streams.cli.known_events import read_events
    from streams.cli.terminal import moment
    from streams.visible import json_line

    stretch = Stretch(
        None if first is None else moment(first, "--from"),
        None if last is None else moment(last, "--to"),
    )
    rulebook = counting.rulebook(rules, override)
    other = None if against is None else _other(against)
    known = None if events is None else read_events(events, rulebook)
    runs = runs_over(file, [rulebook] if other is None else [rulebook, other], counting.WIDTHS[bucket], output.progress)
    ours = alerts_of(runs[0], stretch)
    span = watched(runs[0], stretch)
    told = view.Told(
        rules=rulebook.version,
        alpha=rulebook.detect.alpha,
        watched=span,
        alerts=ours,
        findings=None
        if known is None
        else find(known, ours, rulebook.reader.subregions, (span.since, span.until), around * HOUR),
        other=None if other is None else view.Other(other.version, compare(ours, alerts_of(runs[1], stretch))),
    )
    if json:
        sys.stdout.buffer.write(json_line(view.document(told)) + b"\n")
    else:
        view.show(told, output.country_names(rules), None if every else view.SHOWN)
    for name, words in counting.summary(runs[0]):
        typer.echo(f"{name:>9}  {words}", err=True)
    raise typer.Exit(0 if told.other is None or told.other.comparison.same else 1)


def _other(given: str) -> "Rulebook":
    from agents.faults import RulesError
    from agents.rulebook import Rulebook

    try:
        return Rulebook.load(None if given == PACKAGED else Path(given))
    except RulesError as error:
        raise RulesError([fault._replace(file=f"--against {fault.file}") for fault in error.faults]) from None
