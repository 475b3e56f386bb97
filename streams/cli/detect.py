"""`tocsin detect`: the detector alone, over counts. For backtests, and to compare detectors.

Standard output has the alerts and nothing else; all that is said about the run goes to standard error. The same counts
and rules give the same alerts, byte for byte.
"""

import sys
from typing import Annotated

import typer

from streams.cli.count_options import Bucket, Rules


def detect(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE|TOPIC", help="JSON Lines, plain or gzipped; `-` for standard input; `counts`."),
    ],
    json: Annotated[bool, typer.Option("--json", help="Every revision of every alert as JSON Lines.")] = False,
    bucket: Bucket = "15m",
    rules: Rules = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the rules.")
    ] = None,
) -> None:
    """Find the alerts in counts, by the formulas and the lifecycle of the live system, without headlines.

    Rows stand in ascending order of `bucket` (its start, ISO 8601), two kinds of them:

    \b
      {"bucket": T, "place": "KP", "theme": "shelling", "unique": 3, "publishers": ["9f2a", "c07e"]}
      {"bucket": T, "volume": {"030": 12, "151": 40, "001": 31}}

    `unique` is how many unique headlines the series had, `publishers` hashes of who told them or their number. Series
    of a whole place (theme `any`) and of a subregion (place: its M49 code) are rows of their own. `volume` counts all
    accepted headlines by subregion, `001` those without a place. The topic `counts` (or PREFIX.counts) holds the like.
    A place that the rules do not know is refused: nothing says by whose volume to judge it. A theme that they do not
    know is judged like any, as a series of its own, and named on standard error.

    \b
    Examples:
      tocsin detect counts.jsonl.gz                       alerts as a table
      tocsin detect hourly.jsonl --bucket 1h --json       every revision as JSON
      tocsin detect counts --set min_unique=3             what the live counts would have raised

    \b
    Exit status: 0 done, with alerts or without, 2 wrong usage, rules or counts, 3 Kafka does not answer.
    """
    from streams.cli import counting, output
    from streams.cli.count_summary import summary

    rulebook = counting.rulebook(rules, override)
    counted = counting.count(file, rulebook, counting.WIDTHS[bucket], output.progress)
    if json:
        sys.stdout.buffer.writelines(alert.encode() + b"\n" for alert in counted.alerts)
    else:
        output.alerts(counted.alerts, output.country_names(rules))
    for name, told in summary(counted):
        typer.echo(f"{name:>9}  {told}", err=True)
