"""`tocsin scan`: a file in, its alerts out. The whole system without Kafka, and without a clock of its own.

Standard output has the alerts and nothing else; all that is said about the run goes to standard error. The same file
and rules give the same alerts, byte for byte, whatever the number of partitions.
"""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from schemas.count import SeriesCount, VolumeCount


def scan(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON Lines or CSV, plain or gzipped; `-` for standard input.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Every revision of every alert as JSON Lines.")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="FILE is a dump of the raw topics, with arrivals and ticks.")
    ] = False,
    partitions: Annotated[int, typer.Option(min=1, max=1000, help="Deal the rows out to so many partitions.")] = 1,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the rules.")
    ] = None,
    counts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the counts there, for `tocsin backtest` and others.")
    ] = None,
) -> None:
    """Find the alerts in a file of headlines, as the system on Kafka would.

    A headline has a `title`, and best also `published_at` (or `date`), `source` (or `publisher`) and `url`. The rows
    need not be in order. Nothing is raised before a lane has seen headlines on 7 days: give it a history.

    \b
    Examples:
      tocsin scan news.jsonl.gz
      tocsin scan news.csv --json > alerts.jsonl
      zcat *.gz | tocsin scan - --set detect.min_unique=3
      tocsin scan --raw dump.jsonl --json        a dump of the raw topics, replayed
      tocsin scan news.jsonl --counts counts.jsonl && tocsin backtest counts.jsonl
    """
    from agents.rulebook import Rulebook
    from streams.cli import output, scanning
    from streams.sources import InputError, log, read
    from streams.sources.dump import Dump

    if raw and partitions != 1:
        raise InputError("--partitions: a dump has its own partitions; leave it out with --raw")
    rulebook = Rulebook.load(rules, override or ())
    with read(file) as rows:
        if raw:
            dump = Dump(rows, file)
            if (warning := scanning.other_rules(rulebook, dump)) is not None:
                typer.echo(f"tocsin: warning: {warning}", err=True)
            scanned = scanning.scan_dump(rulebook, dump, output.progress)
        else:
            made = log(rows, int(time.time() * 1000), partitions)
            scanned = scanning.scan_log(rulebook, made, len(rows), output.progress)
    if counts is not None:
        _write(counts, scanned.counts)
    if json:
        sys.stdout.buffer.writelines(alert.encode() + b"\n" for alert in scanned.alerts)
    else:
        output.alerts(scanned.alerts, output.country_names(rules))
    output.summary(scanned)


def _write(path: Path, counts: "Iterable[SeriesCount | VolumeCount]") -> None:
    """As JSON Lines. Raises InputError."""
    from streams.sources import InputError

    try:
        with path.open("wb") as file:
            file.writelines(count.encode() + b"\n" for count in counts)
    except OSError as error:
        raise InputError(f"--counts {path}: cannot be written: {error.strerror}") from None
