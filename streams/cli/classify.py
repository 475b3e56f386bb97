"""`tocsin classify`: what headlines are about, with the words that prove it, as the classify stage would read them.

A line out for each line in, bad ones too, in the same order.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer


def classify(
    text: Annotated[str, typer.Argument(metavar="FILE|TEXT", help="A file, `-` for standard input, or a headline.")],
    json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Read as of then (ISO 8601): leaders and offices change.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
) -> None:
    """Show the places and security themes of headlines, and the words that prove them.

    If the argument is an existing file its lines are read (as `tocsin scan` reads them), else it is a headline
    itself. A headline is read as of its published time, or of now where it has none.

    \b
    Examples:
      tocsin classify "North Korea deploys troops to Russia"
      tocsin classify news.jsonl --json | jq -r '.places[]' | sort | uniq -c
      tocsin classify "Obama warns Syria" --at 2013-08-31
    """
    import orjson

    from agents.classify.times import read_moment
    from agents.rulebook import Rulebook
    from streams.cli.reading import Judge, show
    from streams.sources import STDIN, InputError, read
    from streams.visible import json_line

    moment = read_moment(at) if at is not None else None
    if moment is not None and moment.kind not in ("time", "day"):
        raise InputError(f"--at {at}: not a time between 1970 and 2100; write it as 2025-11-24T16:00:00Z")
    judge = Judge(Rulebook.load(rules).reader, int(time.time() * 1000), moment.at if moment else None)

    def values() -> Iterator[bytes]:
        if text != STDIN and (not os.path.exists(text) or os.path.isdir(text)):
            yield orjson.dumps({"title": text})
            return
        with read(text) as rows:
            yield from rows

    judged = (judge.judge(value) for value in values())
    if json:
        sys.stdout.buffer.writelines(json_line(line) + b"\n" for line in judged)
    else:
        show(judged)
