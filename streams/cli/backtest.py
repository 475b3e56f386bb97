"""`tocsin backtest`: what the detector would have raised over counts, how often, and about what.

    exit status   0 done   1 with --against: an alert is gained or lost   2, 3, 130 as everywhere

Standard output has the findings and nothing else. The same counts, rules and events give the same, byte for byte.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.count_options import Around, Bucket, Counts, First, Last, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.backtest.course import Course
    from agents.detect.counts import CountRun
    from agents.rulebook import Rulebook
    from streams.cli.backtesting import Stretch
    from streams.cli.counting import Counted

PACKAGED = "-"


def backtest(
    file: Counts,
    rules: Rules = None,
    against: Annotated[
        str | None, typer.Option(metavar="DIR", help="Other rules to compare with; `-` for the packaged ones.")
    ] = None,
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Known events: date, place, theme, name; CSV or JSON Lines.")
    ] = None,
    around: Around = 24,
    first: First = None,
    last: Last = None,
    bucket: Bucket = "15m",
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of --rules.")
    ] = None,
    chart: Annotated[
        str | None, typer.Option(metavar="SERIES", help="Draw this series: KP/troop-deployment, KP/any, 030/any.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to: an SVG, FILE.svg.")] = None,
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
      tocsin backtest counts --chart KP/troop-deployment --out kp.svg --from 30d
      tocsin backtest hourly.jsonl --bucket 1h --set alpha=1e-6 --against - --json | jq .against.lost

    \b
    Exit status: 0 done, 1 with --against when an alert is gained or lost, 2 wrong usage, rules or counts, 3 Kafka does
    not answer.
    """
    from agents.backtest.events import find
    from schemas.base import HOUR
    from streams.cli import backtest_view as view
    from streams.cli import counting, output
    from streams.cli.backtest_document import document
    from streams.cli.backtesting import Other, Stretch, Told, alerts_of, compared, runs_over, watched
    from streams.cli.count_summary import summary
    from streams.cli.known_events import read_events
    from streams.cli.terminal import bounds
    from streams.errors import Refusal
    from streams.visible import json_line

    if (chart is None) != (out is None):
        raise Refusal("--chart SERIES and --out FILE go together")
    if out is not None and out.suffix.lower() not in ("", ".svg"):
        raise Refusal(f"--out {out}: the chart is an SVG; name it {out.with_suffix('.svg')}")
    stretch = Stretch(*bounds(first, last))
    rulebook = counting.rulebook(rules, override)
    other = None if against is None else _other(against)
    known = None if events is None else read_events(events, rulebook)
    course = None if chart is None else _Charted(chart, stretch)
    rulebooks = [rulebook] if other is None else [rulebook, other]
    runs = runs_over(file, rulebooks, counting.WIDTHS[bucket], output.progress, course)
    ours = alerts_of(runs[0], stretch)
    span = watched(runs[0], stretch)
    told = Told(
        rules=rulebook.version,
        alpha=rulebook.detect.alpha,
        watched=span,
        alerts=ours,
        findings=None
        if known is None
        else find(known, ours, rulebook.reader.subregions, (span.since, span.until), around * HOUR),
        other=None if other is None else Other(other.version, compared(runs[0], runs[1], stretch)),
    )
    if json:
        sys.stdout.buffer.write(json_line(document(told)) + b"\n")
    else:
        view.show(told, output.country_names(rules), None if every else view.SHOWN)
    if course is not None and out is not None:
        course.write(out, runs[0], output.country_names(rules))
    for name, words in summary(runs[0]):
        typer.echo(f"{name:>9}  {words}", err=True)
    raise typer.Exit(0 if told.other is None or told.other.comparison.same else 1)


class _Charted:
    """A series that is drawn."""

    def __init__(self, name: str, stretch: "Stretch") -> None:
        self._name = name
        self._stretch = stretch
        self._course: Course | None = None

    def __call__(self, run: "CountRun") -> None:
        """Watch it in a run that begins."""
        from agents.backtest.course import Course
        from streams.cli.backtesting import series_key

        key = series_key(run, self._name, "--chart")
        self._course = Course(key, self._stretch.since, self._stretch.until)
        run.lane_of(key).watch = self._course.watch

    def write(self, path: Path, counted: "Counted", names: "Mapping[str, str]") -> None:
        """Draw it. Raises Refusal."""
        from agents.backtest.raised import raised
        from streams.cli.chart import draw
        from streams.errors import Refusal

        short, long = ([], []) if self._course is None else self._course.points()
        if not long:
            raise Refusal(f"--chart {self._name}: no bucket closed in this stretch, so that there is nothing to draw")
        place, _, theme = self._name.partition("/")
        what = "all escalatory themes" if theme == "any" else theme.replace("-", " ")
        alerts = [alert for alert in raised(counted.alerts) if alert.series == self._name]
        try:
            path.write_text(draw(f"{names.get(place, place)}: {what}", short, long, alerts), encoding="utf-8")
        except OSError as error:
            raise Refusal(f"--out {path}: cannot be written: {error.strerror}") from None


def _other(given: str) -> "Rulebook":
    from agents.faults import RulesError
    from agents.rulebook import Rulebook

    try:
        return Rulebook.load(None if given == PACKAGED else Path(given))
    except RulesError as error:
        raise RulesError([fault._replace(file=f"--against {fault.file}") for fault in error.faults]) from None
