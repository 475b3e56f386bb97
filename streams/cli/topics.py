"""`tocsin topics`: make them, check them, dump them."""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.reading import At
    from streams.settings import Settings
    from streams.topic_plan import TopicSpec
    from streams.topics import Difference

app = typer.Typer(no_args_is_help=True, help="Make, check and dump the topics of a deployment.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def create(as_json: Json = False) -> None:
    """Make every topic that is missing. May be repeated; never changes a topic that exists.

    Ends with 1 when a topic that exists differs from what it should be.

    \b
    Examples:
      tocsin topics create                     on 127.0.0.1:29092, without a prefix
      TOCSIN_PREFIX=g2 tocsin topics create    a second generation, beside the first on the same raw topic
    """
    from streams import kafka, topics

    async def run() -> topics.Report:
        settings, specs = await _planned()
        async with kafka.admin(settings) as client:
            return await topics.create(client, specs)

    report = asyncio.run(run())
    if as_json:
        _print_json(
            {
                "created": report.created,
                "existing": report.existing,
                "differences": [difference._asdict() for difference in report.differences],
            }
        )
    else:
        for name in report.created:
            typer.echo(f"created  {name}")
        for name in report.existing:
            typer.echo(f"existed  {name}")
        _tell(report.differences)
    raise typer.Exit(1 if report.differences else 0)


@app.command()
def check(as_json: Json = False) -> None:
    """Compare every topic with what it should be: partitions, copies, settings. Changes nothing.

    Ends with 1 when something differs, and says how to put it right.
    """
    from streams import kafka, topics

    async def run() -> "tuple[int, list[topics.Difference]]":
        settings, specs = await _planned()
        async with kafka.admin(settings) as client:
            return len(specs), await topics.check(client, specs)

    planned, differences = asyncio.run(run())
    if as_json:
        _print_json([difference._asdict() for difference in differences])
    else:
        _tell(differences)
        if not differences:
            typer.echo(f"all {planned} topics are as they should be")
    raise typer.Exit(1 if differences else 0)


@app.command()
def dump(
    topic: Annotated[
        list[str] | None, typer.Argument(help="Plain names, such as alerts; default: headlines.raw headlines.import.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="AT", help="Begin at this offset, or at this time, or 36h ago.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="AT", help="End before this offset, or before this time.")
    ] = None,
) -> None:
    """Print topics as JSON Lines, up to where they end now: committed records, keys and values in base64.

    The first line of a raw log is its generation, if one has started: `tocsin scan --raw FILE` repeats the run.

    \b
    Examples:
      tocsin topics dump > log.jsonl                           everything the alerts were made of
      tocsin topics dump headlines.rejected --from 24h         what was refused in the last day
      tocsin topics dump headlines.deduplicated --from 2026-11-20T14:00Z --to 2026-11-20T15:00Z
    """
    from streams.cli.terminal import bar
    from streams.dump import dump as lines
    from streams.generation import as_begun
    from streams.settings import IMPORT, RAW, Settings

    given = Settings()
    start, end = _at(first, "--from"), _at(last, "--to")

    async def run() -> None:
        settings = await as_begun(given)
        names = [_known(settings, name) for name in topic or [RAW, IMPORT]]
        with bar("dumped") as progress:
            async with aclosing(lines(settings, names, start, end, progress=progress)) as dumped:
                async for line in dumped:
                    sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()

    asyncio.run(run())


async def _planned() -> "tuple[Settings, list[TopicSpec]]":
    """A generation that has begun reads the history that it was begun with, whichever generation's topic that is."""
    import agents
    from agents.classify.lanes import Lanes
    from streams.generation import as_begun
    from streams.settings import Settings
    from streams.topics import plan

    settings = await as_begun(Settings())
    rules = settings.rules or Path(agents.__file__).parent / "rules"
    return settings, plan(settings, Lanes.load(rules / "lanes.yaml").count)


def _known(settings: "Settings", name: str) -> str:
    """The plain name of a topic that was named plainly or in full."""
    from streams.errors import Refusal
    from streams.settings import NAMES

    for plain in NAMES:
        if name in (plain, settings.topic(plain)):
            return plain
    raise Refusal(f"{name}: no such topic; there are {', '.join(NAMES)}")


def _at(text: str | None, option: str) -> "At | None":
    from streams.cli.terminal import moment
    from streams.reading import At

    if text is None:
        return None
    return At(offset=int(text)) if text.isdecimal() else At(time=moment(text, option))


def _tell(differences: "Sequence[Difference]") -> None:
    for difference in differences:
        typer.echo(
            f"differs  {difference.topic}: {difference.setting} is {difference.found} "
            f"and should be {difference.wanted}\n         {difference.cure}"
        )


def _print_json(value: object) -> None:
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
