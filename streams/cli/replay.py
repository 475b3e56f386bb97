"""`tocsin replay`: the retained log again, beside the live generation."""

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from streams.replay.founding import Founded
    from streams.replay.progress import Reach
    from streams.replay.run import Summary
    from streams.settings import Settings

EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


def replay(
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="Arrival to begin at, down to the minute; default: all of it."),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="TIME", help="Arrival to end before, down to the minute; default: now."),
    ] = None,
    prefix: Annotated[
        str | None, typer.Option(metavar="P", help="The replay's own prefix; one that was begun is gone on with.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Worker processes; default: one for each core but one.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the rules.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Tell which replays there are, and run none.")] = False,
    delete: Annotated[
        str | None, typer.Option("--delete", metavar="P", help="Delete the topics and the group of a replay.")
    ] = None,
) -> None:
    """Run the retained raw topic through the pipeline again, under a prefix of its own, at full speed.

    The generation of TOCSIN_PREFIX is repeated: all of it, its imported history too, or the stretch from one arrival
    to another. Its topics, raw and the published alerts are left as they are. Rules are the packaged ones, or those of
    --rules and --set: give what the generation was started with to get its alerts again, or others to see what they
    would have done. What equals the full run and what needs a warm-up: docs/REPLAY.md.

    Ctrl-C breaks it off (130); the same command with the same --prefix goes on with it.

    \b
    Examples:
      tocsin replay                                  all of it again
      tocsin replay --set detect.min_unique=3        the same under other rules
      tocsin replay --from 2026-10-01 --to 2026-11-01T06:00Z --prefix october
      tocsin replay --prefix october                 go on with it, or hear that it is complete
      tocsin diff - october                          compare its alerts with the live generation's
      tocsin replay --delete october                 away with its topics
    """
    from streams.settings import Settings

    source = Settings()
    if show:
        _list(source, as_json)
        return
    if delete is not None:
        from streams.replay import listing

        gone = asyncio.run(listing.delete(source, delete))
        typer.echo(_json({"deleted": gone}) if as_json else "\n".join(f"deleted  {name}" for name in gone))
        return
    _replay(source, first, last, prefix, processes, rules, override or [], as_json)


def _replay(
    source: "Settings",
    first: str | None,
    last: str | None,
    prefix: str | None,
    processes: int | None,
    rules: Path | None,
    override: list[str],
    as_json: bool,
) -> None:
    from agents.rulebook import Rulebook
    from streams.bounds import down
    from streams.cli.terminal import moment
    from streams.replay import founding, stretch
    from streams.replay.run import run
    from streams.settings import Settings
    from streams.supervisor import this_command

    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(message)s")
    given = ({"rules": rules} if rules else {}) | ({"overrides": tuple(override)} if override else {})
    source = Settings(**given)
    rulebook = Rulebook.load(source.rules, source.overrides)
    asked = stretch.Asked(
        None if first is None else down(moment(first, "--from")), None if last is None else down(moment(last, "--to"))
    )
    own = prefix.removesuffix(".") if prefix else asyncio.run(_free(source))
    founded = asyncio.run(founding.found(source, own, rulebook, asked))
    for note in founded.notes:
        typer.echo(f"tocsin: note: {note}", err=True)
    if not as_json:
        typer.echo(_begun(founded, own), err=True)
    arguments = ["worker", *([f"--rules={rules}"] if rules else []), *[f"--set={item}" for item in override]]
    name = f"{socket.gethostname()}-{own}"

    async def work() -> "Summary":
        with _told(quiet=as_json) as tell:
            return await run(
                founded,
                this_command(*arguments),
                processes or _cores(),
                name,
                tell,
                logging.getLogger("tocsin").warning,
            )

    summary = asyncio.run(work())
    if as_json:
        typer.echo(_json(_document(founded, own, summary)))
    else:
        typer.echo(_said(source, own, summary))
    raise typer.Exit(summary.status)


async def _free(source: "Settings") -> str:
    """A prefix that tells when the replay was begun, and that nobody has."""
    from streams.replay.founding import existing

    stem = time.strftime("replay-%Y%m%dT%H%M", time.gmtime())
    name, number = stem, 1
    while await existing(source, name) is not None:
        number += 1
        name = f"{stem}-{number}"
    return name


def _cores() -> int:
    import os

    return max(1, (os.cpu_count() or 1) - 1)


def _begun(founded: "Founded", prefix: str) -> str:
    from schemas.base import iso
    from streams.replay.founding import said

    replay = founded.replay
    what = "going on with" if founded.resumed else "replaying under"
    return f"{what} the prefix {prefix}: arrivals from {said(replay.since)} to {iso(replay.until)}"


def _said(source: "Settings", prefix: str, summary: "Summary") -> str:
    reach = summary.reach
    if summary.status:
        return (
            f"broken off at {reach.done:,} of {reach.total:,} records; what is done is kept. Go on with\n"
            f"  tocsin replay --prefix {prefix}   (and the same --rules and --set)"
        )
    alerts = ", ".join(f"{status} {count:,}" for status, count in sorted(summary.alerts.items())) or "none"
    took = f"{summary.headlines:,} headlines in {summary.seconds:.1f} s"
    rate = f" ({summary.headlines / summary.seconds:,.0f}/s)" if summary.headlines and summary.seconds else ""
    return "\n".join(
        [
            f"complete: {reach.total:,} records, {reach.headlines:,} headlines accepted",
            f"   this run  {took}{rate}" if summary.headlines else "   this run  nothing was left to do",
            f"  revisions  {alerts}",
            f"    compare  tocsin diff {source.prefix or '-'} {prefix}",
            f"     remove  tocsin replay --delete {prefix}",
        ]
    )


def _document(founded: "Founded", prefix: str, summary: "Summary") -> dict[str, Any]:
    return {
        "prefix": prefix,
        "since": founded.replay.since,
        "until": founded.replay.until,
        "rules": founded.generation.rules,
        "notes": founded.notes,
        "resumed": founded.resumed,
        "complete": summary.status == 0,
        "records": summary.reach.total,
        "records_done": summary.reach.done,
        "headlines": summary.reach.headlines,
        "revisions": dict(sorted(summary.alerts.items())),
        "seconds": round(summary.seconds, 3),
        "headlines_per_second": round(summary.headlines / summary.seconds, 1) if summary.seconds else 0.0,
    }


def _list(source: "Settings", as_json: bool) -> None:
    from schemas.base import iso
    from streams.cli import output
    from streams.replay import listing
    from streams.replay.founding import said

    found = asyncio.run(listing.replays(source))
    if as_json:
        for each in found:
            typer.echo(_json({"prefix": each.prefix, **each.replay.model_dump(), "rules": each.generation.rules}))
    elif not found:
        typer.echo("no replays")
    else:
        output.table(
            ("Prefix", "From", "To", "Rules", "Begun"),
            [
                (
                    each.prefix,
                    said(each.replay.since),
                    iso(each.replay.until),
                    each.generation.rules,
                    iso(each.generation.founded),
                )
                for each in found
            ],
        )


@contextmanager
def _told(quiet: bool) -> Iterator[Callable[["Reach"], None]]:
    """A bar on a terminal, a line now and then elsewhere; both with an estimate of the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    from streams.replay.estimate import Estimate

    console = Console(stderr=True)
    estimate = Estimate(time.monotonic)
    if quiet:
        yield lambda _: None
    elif console.is_terminal:
        columns = TextColumn("replaying"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[said]}")
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("replaying", total=1.0, said="")

            def move(reach: "Reach") -> None:
                progress.update(task, completed=reach.share, said=estimate.said(reach))

            yield move
    else:
        spoken = time.monotonic()

        def speak(reach: "Reach") -> None:
            nonlocal spoken
            text = estimate.said(reach)
            if time.monotonic() - spoken >= EVERY:
                spoken = time.monotonic()
                print(f"{reach.share:4.0%} done: {text}", file=sys.stderr, flush=True)

        yield speak


def _json(value: object) -> str:
    from streams.visible import json_line

    return json_line(value).decode()
