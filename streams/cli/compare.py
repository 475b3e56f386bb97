"""`tocsin compare`: whether one headline is another one edited, and why, for pairs of them.

Standard output has a line for each line of the file, in its order; a line that holds no pair is told with its number on
standard error too, and ends nothing. The same pairs and rules give the same output, byte for byte, where the pairs
have times.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from streams.cli.comparing import Line


def compare(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Pairs as JSON Lines, or CSV with columns a and b; `-`: stdin.")
    ],
    json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")] = False,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the rules.")
    ] = None,
) -> None:
    """Say of pairs of headlines whether one is the other one edited, how alike they are, and which guard decided.

    A line is {"a": "one headline", "b": "another"}. A headline may also be an object as `tocsin feed` takes it (title,
    published_at, source, url); `at` and `publisher` beside a and b hold for both. Verdicts are the stream's:

    \b
      redelivered   the same item: text, publisher and URL
      exact         the same text
      near          the same text edited: likeness of words at the threshold or above, and no guard forbids it
      unique        two texts; `reason` says no-candidate (not alike enough), too-short or veto:GUARD
      guards        country theme number date negation opposite name order

    Where times do not tell which came first, near means that either may be an edit of the other; `of` names the
    original. `score` (0 to 1) ranks all pairs by sameness; no verdict rests on it. `meet` says whether the stream
    would compare the two: they share a country and lie within 48 h.

    \b
    Examples:
      echo '{"a": "Iran fires 5 missiles", "b": "Iran fires 7 missiles"}' | tocsin compare -
      tocsin compare pairs.jsonl --json | jq -r 'select(.verdict == "near") | .b'
      tocsin compare pairs.jsonl --json | jq -s 'sort_by(-.score)[] | [.score, .a, .b]' -c

    \b
    Exit status: 0 all pairs compared, 1 some lines hold no pair (they are told), 2 wrong usage or no such file.
    """
    from agents.rulebook import Rulebook
    from streams.cli.comparing import COLUMNS, Faulty, Pairs, show, summary
    from streams.sources import read
    from streams.visible import json_line, visible

    rulebook = Rulebook.load(rules, override or ())
    pairs = Pairs(rulebook, int(time.time() * 1000))
    verdicts: Counter[str] = Counter()
    faulty = 0

    def compared() -> "Iterator[Line]":
        nonlocal faulty
        with read(file, COLUMNS) as rows:
            for index, value in enumerate(rows):
                number = rows.numbers[index]
                line = pairs.compare(number, value)
                if isinstance(line, Faulty):
                    faulty += 1
                    typer.echo(f"tocsin: line {number}: {line.code}: {visible(line.detail)}", err=True)
                    line = line.told(number)
                else:
                    verdicts[line["verdict"]] += 1
                yield line

    if json:
        sys.stdout.buffer.writelines(json_line(line) + b"\n" for line in compared())
    else:
        show(compared(), rulebook.deduplicate.threshold)
    typer.echo(f"tocsin: {summary(verdicts, faulty)}", err=True)
    if faulty:
        raise typer.Exit(1)
