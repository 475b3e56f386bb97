"""`tocsin diff`: the alerts of two generations, or of files."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from streams.replay.difference import Comparison
    from streams.replay.revisions import Side

SHOWN = 20
"""Differing revisions in the table, unless all are asked for."""
_WIDE = 40
"""Characters of a value in the table."""


def diff(
    one: Annotated[str, typer.Argument(metavar="P1", help="A generation's prefix, - for none, or a file.")],
    other: Annotated[str, typer.Argument(metavar="P2", help="The same.")],
    first: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Only revisions from this time on.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Only revisions before this time.")] = None,
    every: Annotated[bool, typer.Option("--all", help=f"Show all that differ, not {SHOWN}.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, with all that differ.")] = False,
) -> None:
    """Compare alerts, revision by revision: identical, missing (in P1 only), extra (in P2 only), changed, doubled.

    Times are those of the log at which a revision stands (its `at`). A replay is compared over its own stretch. A file
    holds JSON Lines, as `tocsin scan --json` and `tocsin alerts --json` print them. Ends with 0 when everything is
    identical and there once, and with 1 when something differs, or a side has a revision twice.

    \b
    Examples:
      tocsin diff - october                     the live generation and a replay
      tocsin diff g1 g2 --from 7d               two generations, the last week
      tocsin diff before.jsonl after.jsonl      two scans, under two sets of rules
    """
    from streams.cli.terminal import bounds
    from streams.replay.difference import compare, within
    from streams.replay.revisions import repeats, side
    from streams.settings import Settings

    settings = Settings()
    given = bounds(first, last)
    left, right = side(settings, one), side(settings, other)
    since = max((at for at in (given[0], left.since, right.since) if at is not None), default=None)
    until = min((at for at in (given[1], left.until, right.until) if at is not None), default=None)
    found = compare(within(left.documents, since, until), within(right.documents, since, until), repeats(left, right))
    if as_json:
        _print_json(found, left, right, since, until)
    else:
        _print(found, left, right, since, until, None if every else SHOWN)
    raise typer.Exit(0 if found.same else 1)


def _print(
    found: "Comparison", left: "Side", right: "Side", since: int | None, until: int | None, limit: int | None
) -> None:
    from schemas.base import iso
    from streams.cli import output
    from streams.cli.terminal import visible

    lines = [
        ("identical", f"{found.identical:,}"),
        ("missing", f"{len(found.missing):,} in {visible(left.name)} only"),
        ("extra", f"{len(found.extra):,} in {visible(right.name)} only"),
        ("changed", f"{len(found.changed):,}"),
    ]
    if found.doubled:
        lines.append(("doubled", f"{len(found.doubled):,} more than once on one side or both"))
    if found.rules[0] != found.rules[1] and all(found.rules):
        told = " and ".join(visible(", ".join(versions)) for versions in found.rules)
        lines.append(("rules", f"{told}: other versions, so that field is not compared"))
    if since is not None or until is not None:
        begin = "the beginning" if since is None else iso(since)
        lines.append(("compared", f"from {begin} {'on' if until is None else f'to before {iso(until)}'}"))
    for name, told in lines:
        typer.echo(f"{name:>9}  {told}")
    rows = list(_rows(found))
    if rows:
        typer.echo()
        shown = rows if limit is None else rows[:limit]
        columns = ("What", "Alert", "Rev.", "Where", visible(left.name), visible(right.name))
        output.table(columns, [tuple(visible(cell) for cell in row) for row in shown], columns)
        if len(shown) < len(rows):
            typer.echo(f"... and {len(rows) - len(shown):,} more; --all shows them")


def _rows(found: "Comparison") -> Iterator[tuple[str, str, str, str, str, str]]:
    for again in found.doubled:
        yield "doubled", again.key[0], str(again.key[1]), "times", str(again.first), str(again.second)
    for change in found.changed:
        id, revision = change.key
        yield "changed", id, str(revision), change.field, _short(change.first), _short(change.second)
    for what, documents in (("missing", found.missing), ("extra", found.extra)):
        for document in documents:
            id = str(document["id"])
            other = found.shifted.get(id)
            where = "" if other is None else f"same series, other onset: {other}"
            held = f"{document.get('status', '')} {document['at']}"
            ours, theirs = (held, "") if what == "missing" else ("", held)
            yield what, id, str(document["revision"]), where, ours, theirs


def _short(value: Any) -> str:
    import orjson

    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 3]}..."


def _print_json(found: "Comparison", left: "Side", right: "Side", since: int | None, until: int | None) -> None:
    from streams.visible import json_line

    def only(documents: Any) -> list[dict[str, Any]]:
        return [
            {
                "id": document["id"],
                "revision": document["revision"],
                "status": document.get("status"),
                "at": document["at"],
                "other_onset": found.shifted.get(str(document["id"])),
            }
            for document in documents
        ]

    typer.echo(
        json_line(
            {
                "first": left.name,
                "second": right.name,
                "since": since,
                "until": until,
                "same": found.same,
                "identical": found.identical,
                "missing": only(found.missing),
                "extra": only(found.extra),
                "changed": [
                    {
                        "id": change.key[0],
                        "revision": change.key[1],
                        "field": change.field,
                        "first": change.first,
                        "second": change.second,
                    }
                    for change in found.changed
                ],
                "doubled": [
                    {"id": again.key[0], "revision": again.key[1], "first": again.first, "second": again.second}
                    for again in found.doubled
                ],
                "rules": found.rules,
            }
        ).decode()
    )
