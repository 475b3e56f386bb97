"""`tocsin feed`: a file to Kafka, live or as a history."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from streams.feeding import Report

STOPPED = 130


def feed(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON Lines or CSV, plain or gzipped; - for standard input.")
    ],
    history: Annotated[
        bool, typer.Option("--import", help="A history: each row at its own time, before the first worker starts.")
    ] = False,
    pace: Annotated[
        str | None,
        typer.Option(metavar="PACE", help="Log time per second, such as 6h/s or 30m/s; default: as fast as it goes."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Send the headlines of a file to Kafka.

    Live (the default) sends them to headlines.raw as if they came now: for news of the last 24 hours. --import sends
    them to headlines.import, each at its own published time, and ends it: a generation takes one import, before its
    first worker starts. Rows that cannot be taken go to headlines.rejected with the reason. What is read here is what
    `tocsin scan` reads, byte for byte.

    \b
    Examples:
      tocsin feed today.jsonl                  live, at once
      tocsin feed --import archive.csv.gz      years of history, each row at its own time
      tocsin feed --import --pace 6h/s a.jsonl   watch a quarter of a day pass each second
      cat today.jsonl | tocsin feed -          from standard input, read to its end first
    """
    from streams.cli.terminal import Interrupt, bar, now
    from streams.feeding import Pace, Progress, feed_rows, import_log
    from streams.settings import Settings
    from streams.sources import Lines, read

    settings = Settings()
    speed = None if pace is None else Pace.of(pace)

    async def run(rows: Lines) -> "Report":
        send = import_log if history else feed_rows
        with (
            Interrupt("stopping; Ctrl-C again ends at once").watched() as interrupt,
            bar("headlines", quiet=as_json) as told,
        ):

            def progress(how_far: Progress) -> None:
                told(how_far.done, how_far.total)

            return await send(
                settings, rows, now=now(), pace=speed, progress=progress, stopped=interrupt.pressed.is_set
            )

    with read(file) as rows:
        report = asyncio.run(run(rows))
        untitled = not any(b'"title"' in row or b'"tocsin"' in row for row in rows)
    typer.echo(report.model_dump_json() if as_json else _said(report, history))
    if untitled and report.sent:
        typer.echo(
            "note: none of them has a `title`, so none is a headline: a worker puts them into headlines.rejected. "
            "Expected are JSON Lines, or CSV with a header row",
            err=True,
        )
    raise typer.Exit(STOPPED if report.stopped else 0)


def _said(report: "Report", history: bool) -> str:
    rate = f", {report.sent / report.seconds:,.0f}/s" if report.seconds >= 0.1 else ""
    lines = [
        f"{'stopped: ' if report.stopped else ''}{report.sent:,} of {report.rows:,} rows sent to {report.topic} "
        f"in {report.seconds:.1f} s{rate}"
    ]
    if report.first is not None:
        lines.append(f"from {report.first} to {report.last}")
    lines += [f"refused: {count:,} {code} (in headlines.rejected)" for code, count in report.refused.items()]
    if report.stale:
        lines.append(f"stale: {report.stale:,} were published more than 24 h ago and will not be counted")
    if history and report.stopped:
        lines.append(
            "The import is broken off, and its lanes would wait for the rest: begin again under a new TOCSIN_PREFIX "
            "(`tocsin topics create` first)"
        )
    elif report.stopped:
        lines.append("Feed the file again to go on: rows that come twice are recognised")
    elif history and report.ended:
        lines.append("The import is complete: start the first worker with `tocsin worker`")
    elif history:
        lines.append("Nothing to import: the topic is as it was")
    return "\n".join(lines)
