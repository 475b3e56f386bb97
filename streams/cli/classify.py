"""`tocsin classify`: what headlines are about, with the words that prove it, as the classify stage would read them.

A line out for each line in, bad ones too, in the same order; those are told with their numbers on standard error too.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from streams.cli.reading import Line

CURE = """name a file; for a headline of these words: echo '{"title": "..."}' | tocsin classify -"""


def classify(
    text: Annotated[str, typer.Argument(metavar="FILE|TEXT", help="A file, `-` for standard input, or a headline.")],
    json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Read as of then (ISO 8601): leaders and offices change.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
) -> None:
    """Show the places and security themes of headlines, and the words that prove them.

    If the argument is an existing file its lines are read (as `tocsin scan` reads them: JSON objects with a `title`,
    or CSV with a header row), else it is a headline itself, unless it looks like the name of a file. A headline is
    read as of its published time, or of now where it has none. For plain titles, one a line: tocsin explain -

    \b
    Examples:
      tocsin classify "North Korea deploys troops to Russia"
      tocsin classify news.jsonl --json | jq -r '.places[]' | sort | uniq -c
      tocsin classify "Obama warns Syria" --at 2013-08-31

    \b
    Exit status: 0 all lines read, 1 some could not be (told in their place, and on standard error), 2 wrong usage or
    no such file.
    """
    from agents.classify.meant import Refusal
    from agents.classify.times import read_moment
    from agents.rulebook import Rulebook
    from streams.cli.path_like import refuse_path
    from streams.cli.reading import Judge, show
    from streams.cli.unread import Unread
    from streams.sources import STDIN, InputError
    from streams.visible import json_line

    moment = read_moment(at) if at is not None else None
    if moment is not None and moment.kind not in ("time", "day"):
        raise InputError(f"--at {at}: not a time between 1970 and 2100; write it as 2025-11-24T16:00:00Z")
    judge = Judge(Rulebook.load(rules).reader, int(time.time() * 1000), moment.at if moment else None)
    named = text == STDIN or (os.path.exists(text) and not os.path.isdir(text))
    if not named:
        refuse_path(text, CURE)
    unread = Unread("standard input" if text == STDIN else text)
    headlines, refused = 0, False

    def judged() -> "Iterator[Line]":
        nonlocal headlines, refused
        for number, value in _values(text, named):
            line = judge.judge(value)
            if isinstance(line, Refusal):
                if named:
                    unread.take(number, line, value)
                refused = True
                line = {"title": None, "rejected": line.code, "detail": line.detail}
            else:
                headlines += line["title"] is not None
            yield {"line": number, **line}

    if json:
        sys.stdout.buffer.writelines(json_line(line) + b"\n" for line in judged())
    else:
        show(judged(), numbered=named)
    unread.close(headlines)
    if refused:
        raise typer.Exit(1)


def _values(text: str, named: bool) -> Iterator[tuple[int, bytes]]:
    """The records with the numbers of their lines: of the file of that name, or the one headline."""
    import orjson

    from streams.sources import read

    if not named:
        yield 1, orjson.dumps({"title": text})
        return
    with read(text) as rows:
        yield from zip(rows.numbers, rows, strict=True)
