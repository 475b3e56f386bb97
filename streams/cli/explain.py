"""`tocsin explain`: everything that is decided about a headline, and what decided it; or about a series, with --series.

Nothing here is another reading: the words, verdicts and series are those of the pipeline's own steps. A line out for
each line in with `--json`, bad ones too, in the same order.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from agents.explain import Explainer
    from agents.nearest import Asked
    from schemas.explanation import Explanation, Unexplained
    from streams.cli.unread import Unread

AT_ONCE = 1_000
"""Headlines that are compared with the file in one go: it is read once for so many."""


def explain(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="A headline; `-` reads one from each line of standard input.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Read as of then: 2026-11-20T14:00Z, 2026-11-20, 36h (ago).")
    ] = None,
    publisher: Annotated[str | None, typer.Option(metavar="P", help="Who published it.")] = None,
    url: Annotated[str | None, typer.Option(metavar="U", help="Where it was published.")] = None,
    language: Annotated[str | None, typer.Option(metavar="L", help="Its language, such as en or fr-FR.")] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Headlines that it may repeat, as `tocsin scan` reads them; `-`: stdin."),
    ] = None,
    series: Annotated[
        str | None, typer.Option(metavar="SERIES", help="Instead of TEXT: how this series stood --at TIME.")
    ] = None,
    counts: Annotated[
        str | None, typer.Option(metavar="FILE|TOPIC", help="With --series: its counts; the deployment's without it.")
    ] = None,
    bucket: Annotated[Literal["15m", "1h"], typer.Option(help="With --series: how long a bucket is.")] = "15m",
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="With --series: override a setting.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON, one object for each headline or series.")] = False,
) -> None:
    """Show why a headline is read as it is: tokens, places, what was no place, patterns, publisher, repeats, series.

    A line of standard input that is a JSON object is a record as a producer sends it; any other is a title.

    With --series: why there was an alert at a moment, or why there was none. Each gate with its value and threshold,
    what was expected and on what that rests, and what would have to change. The counts are judged again up to there.

    \b
    Examples:
      tocsin explain "Kremlin denies sending troops to Niger - Reuters"
      tocsin explain "Obama warns Syria" --at 2013-08-31 --json | jq .series
      tocsin explain "12th sanctions package agreed by EU on Russia" --against news.jsonl.gz
      head -n 5 titles.txt | tocsin explain - --json
      tocsin explain --series KP/troop-deployment --at 2026-11-20T14:00Z
      tocsin explain --series KP/any --at 2026-11-20T14:00Z --counts counts.jsonl.gz --json

    \b
    Exit status: 0 all explained, 1 some are no headline (told in their place), some lines of --against could not be
    read (told on standard error) or the counts end before --at, 2 wrong usage, no such file or no headline in it.
    """
    from streams.errors import Refusal

    if series is not None:
        from streams.cli.explain_series import explain_series

        if any(given is not None for given in (text, publisher, url, language, against)):
            raise Refusal(
                "--series: a series has no TEXT, --publisher, --url, --language and --against; leave them out"
            )
        return explain_series(series, at, counts, bucket, rules, override, json)
    if counts is not None or override:
        raise Refusal("--counts and --set go with --series")
    from agents.classify.language import language_of
    from agents.explain import Explainer
    from agents.rulebook import Rulebook
    from schemas.explanation import Unexplained
    from streams.cli.explain_view import show
    from streams.cli.output import country_names
    from streams.cli.path_like import refuse_path
    from streams.cli.terminal import moment, now
    from streams.cli.unread import Unread
    from streams.sources import STDIN
    from streams.visible import json_line, visible

    if text is None:
        raise Refusal('TEXT is missing; write tocsin explain "A headline", or - to read them from standard input')
    if text != STDIN:
        refuse_path(text, "name a headline; for the titles in a file: tocsin explain - < FILE")
    if text == STDIN == against:
        raise Refusal("--against -: standard input is read for the headlines already; name a file")
    if language is not None and language_of(language) is None:
        what = f"--language {visible(language)}: no language is named so; write en, fr or pt-BR"
        typer.echo(f"tocsin: warning: {what} (a producer's would be kept as `extra`)", err=True)
    given = None if at is None else moment(at, "--at")
    fields = {"publisher": publisher, "url": url, "language": language}
    titles: Iterable[bytes] = sys.stdin.buffer if text == STDIN else [text.encode("utf-8", "surrogatepass")]
    explainer = Explainer(Rulebook.load(rules))
    names = {} if json else country_names(rules)
    unexplained = False
    unread = Unread(against or "")
    for explained in _explained(explainer, _records(titles, fields, text == STDIN), given, now(), against, unread):
        unexplained |= isinstance(explained, Unexplained)
        if json:
            sys.stdout.buffer.write(json_line(explained.model_dump(mode="json")) + b"\n")
        else:
            show(explained, names)
    if unexplained or unread.count:
        raise typer.Exit(1)


def _records(lines: Iterable[bytes], fields: dict[str, str | None], records: bool) -> Iterator[bytes]:
    """A record for each line. `records`: a JSON object is one already."""
    import orjson

    for line in lines:
        bare = line.strip()
        if records and bare.startswith(b"{"):
            yield bare
            continue
        title = bare.decode("utf-8", "replace")
        yield orjson.dumps({"title": title, **{key: value for key, value in fields.items() if value is not None}})


def _explained(
    explainer: "Explainer",
    records: Iterator[bytes],
    at: int | None,
    now: int,
    against: str | None,
    unread: "Unread",
) -> Iterator["Explanation | Unexplained"]:
    from schemas.explanation import Unexplained

    told = False
    while batch := list(islice(records, AT_ONCE if against else 1)):
        taken = [explainer.ask(value, at if at is not None else _arrival(value, now)) for value in batch]
        asked = [each for each in taken if not isinstance(each, Unexplained)]
        compared = 0
        if against and asked:
            compared = _compare(explainer, asked, against, None if told else unread)
            told = True
        for each in taken:
            yield each if isinstance(each, Unexplained) else explainer.explain(each, against, compared)


def _arrival(value: bytes, now: int) -> int:
    """When a record came: when it was published, or now."""
    from agents.classify.documents import parse
    from agents.classify.meant import Refusal
    from agents.classify.times import given_moment

    document = parse(value)
    moment = None if isinstance(document, Refusal) else given_moment(document)
    return moment.at if moment is not None and moment.kind in ("time", "day") else now


def _compare(explainer: "Explainer", asked: list["Asked"], against: str, unread: "Unread | None") -> int:
    """How many headlines of the file were measured; `unread` takes what could not be. Raises InputError for none."""
    from streams.cli.output import progress
    from streams.sources import read

    with read(against) as rows, progress(len(rows)) as advance:

        def values() -> Iterator[bytes]:
            for value in rows:
                yield value
                advance(1)

        if unread is None:
            return explainer.compare(asked, values())
        numbers = rows.numbers
        compared = explainer.compare(
            asked, values(), lambda index, refusal, value: unread.take(numbers[index], refusal, value)
        )
    unread.close(compared)
    unread.need(compared)
    return compared
