"""`tocsin calibrate`: alpha from a budget of false alarms, by backtest, and not by taste.

    exit status   0 done   1 no alpha keeps the budget, or all that were tried do   2, 3, 130 as everywhere

Where every alpha tried keeps the budget the counts say nothing about how large it may be: then there is no answer, and
nothing is written. Whether alpha could be written is found out before anything is measured.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.count_options import Around, Bucket, Counts, First, Last, Rules


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

    Every alert is false but those of known events. Without --write the lines for detect.yaml are shown only; with it
    nothing but alpha may be --set. Calibrate on other data than you judge by: what alpha was chosen on flatters it.

    \b
    Examples:
      tocsin calibrate counts.jsonl.gz --budget 3/day
      tocsin calibrate counts --budget 20/week --events events.csv --rules my-rules --write
      tocsin calibrate hourly.jsonl --bucket 1h --budget "0.1/100 series-days" --json

    \b
    Exit status: 0 done, 1 no alpha keeps the budget or all that were tried do (then nothing is written), 2 wrong
    usage, rules or counts, 3 Kafka does not answer.
    """
    from agents.backtest.budget import FORMS, search
    from agents.backtest.budget import budget as read_budget
    from streams.cli import calibrate_view as view
    from streams.cli import counting, output
    from streams.cli.backtesting import Stretch
    from streams.cli.calibrating import Trial, provenance
    from streams.cli.detect_file import detect_file, write_alpha
    from streams.cli.known_events import read_events
    from streams.cli.spool import pinned
    from streams.cli.terminal import bounds
    from streams.errors import Refusal
    from streams.visible import json_line

    allowed = read_budget(budget)
    if allowed is None:
        raise Refusal(f"--budget {budget}: not a budget; write {FORMS}")
    if not allowed.number:
        raise Refusal(f"--budget {budget}: no counts can show that there is never a false alarm; write 0.1/week, say")
    stretch = Stretch(*bounds(first, last))
    rulebook = counting.rulebook(rules, override)
    target = detect_file(rules, override or []) if write else None
    known = None if events is None else read_events(events, rulebook)
    with pinned(file, rulebook.lanes.count, output.progress) as data:
        trial = Trial(data, rulebook, allowed, known, around, stretch, counting.WIDTHS[bucket])
        found = search(trial.measure, rulebook.detect.alpha)
    if trial.doubt is not None:
        typer.echo(f"tocsin: hint: {trial.doubt}", err=True)
    told = provenance(trial, found, events, override or [])
    written = target is not None and found.found is not None
    if target is not None and found.found is not None:
        write_alpha(target, found.found.alpha, told)
    if json:
        sys.stdout.buffer.write(json_line(view.document(trial, found, told, written)) + b"\n")
    else:
        view.show(trial, found, told)
        if written:
            typer.echo(f"\nwritten to {target}")
    if json and found.found is None:
        typer.echo(f"tocsin: {view.missing(trial, found)}", err=True)
    raise typer.Exit(0 if found.found is not None else 1)
