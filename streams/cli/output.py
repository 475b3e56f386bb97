"""What commands show to people: tables on standard output, summaries and progress on standard error."""

import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from agents.classify.lanes import SUBREGIONS
from agents.classify.reader import RULES
from agents.detect.revision import amount
from agents.faults import read_lines
from schemas.alert import Alert
from schemas.base import iso
from streams.visible import visible

if TYPE_CHECKING:
    from streams.cli.scanning import Scanned

_SHOWN_HEADLINES = 3
_COLOURS = {"critical": "bold red", "high": "red", "moderate": "yellow"}
_WIDE = 140
"""Columns of a table that goes to a file or a pipe."""
_ANY = 10_000
"""Columns of one that must not be cut, at most."""


def country_names(directory: Path | None = None) -> dict[str, str]:
    """What each country and subregion is called in the rules; a code without a name stands for itself."""
    names = dict(SUBREGIONS)
    for file in ("places_world.yaml", "places.yaml"):
        path = (directory or RULES) / file
        document = read_lines(path)[0] if path.exists() else {}
        for code, country in (document.get("countries") or {}).items():
            given = country.get("names") if isinstance(country, dict) else None
            if given:
                names[code] = given.split(",")[0].strip() if isinstance(given, str) else given[0]
    return names


def console(stderr: bool = False) -> Console:
    """As wide as the terminal; wide enough for a table where there is none."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDE)


def alerts(revisions: Sequence[Alert], names: Mapping[str, str]) -> None:
    """A row for each alert, in order of opening."""
    if not revisions:
        console().print("No alerts.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    for column in ("Opened", "Series", "Severity", "Seen / expected"):
        table.add_column(column, no_wrap=True)
    table.add_column("Status", max_width=24)
    table.add_column("First headlines, and why", ratio=1)
    by_id = [list(group) for _, group in groupby(revisions, key=lambda alert: alert.id)]
    for alert in sorted(by_id, key=lambda alert: (alert[0].at, alert[0].id)):
        table.add_row(*_alert(alert, names))
    console().print(table)


def _alert(revisions: Sequence[Alert], names: Mapping[str, str]) -> tuple[Text, ...]:
    first, last = revisions[0], revisions[-1]
    peak = max(revisions, key=lambda alert: alert.observed)
    what = "all themes" if first.theme == "any" else first.theme
    told = Text()
    for headline in list(reversed(first.evidence))[:_SHOWN_HEADLINES]:
        told.append(visible(headline.title))
        told.append(f"  {visible(headline.publisher or 'unnamed')}\n", style="dim")
    told.append(visible(first.reason), style="italic")
    return (
        Text(first.at[:16].replace("T", " ")),
        Text(f"{names.get(first.place, first.place)}\n{what}"),
        Text(last.severity, style=_COLOURS[last.severity]),
        Text(_seen(first) if peak.observed == first.observed else f"{_seen(first)}\nthen {_seen(peak)}"),
        Text(last.status if last is first else f"{last.status}\n{last.at[:16].replace('T', ' ')}"),
        told,
    )


def _seen(alert: Alert) -> str:
    """In the numbers of its reason."""
    return f"{alert.observed} / {amount(alert.expected)}\nin {alert.horizon}"


def summary(scanned: "Scanned") -> None:
    """What a scan came to, on standard error."""
    tally = scanned.pipeline.tally
    rejected = tally.rejected + scanned.refused
    repeats = sum(tally.verdicts.values()) - tally.verdicts["unique"]
    openings = sum(alert.revision == 1 for alert in scanned.alerts)
    rate = scanned.read / scanned.seconds if scanned.seconds else 0.0
    stale = f" ({tally.stale:,} of them stale: kept, not counted)" if tally.stale else ""
    lines = [
        ("read", f"{scanned.read:,} records in {scanned.seconds:.1f} s ({rate:,.0f}/s)"),
        ("accepted", f"{tally.accepted:,}{stale}"),
        ("rejected", _counts(rejected) if rejected else "0"),
        ("unique", f"{tally.verdicts['unique']:,}, {tally.placed:,} of them with a place"),
        ("repeats", f"{repeats:,}" + (f": {_counts(tally.verdicts, but='unique')}" if repeats else "")),
        ("themes", _counts(tally.themes, most=8) if tally.themes else "none counted"),
        ("alerts", f"{openings:,} in {len(scanned.alerts):,} revisions"),
    ]
    if tally.withdrawals:
        lines.append(("withdrawn", f"{tally.withdrawals:,}"))
    if scanned.first is not None and scanned.last is not None:
        lines.append(("log time", f"{iso(scanned.first)} to {iso(scanned.last)}"))
    if learning := scanned.pipeline.learning():
        lanes = ", ".join(f"lane {lane} {seen}" for lane, seen in learning.items())
        lines.append(("learning", f"{lanes}: no alert can open there yet"))
    if scanned.pipeline.waiting:
        lines.append(("waiting", f"{scanned.pipeline.waiting:,} rows: a partition has promised nothing past them"))
    if scanned.pipeline.late:
        lines.append(("late", f"{scanned.pipeline.late:,} rows came after their time: the log is not sound"))
    if scanned.read and not tally.accepted and not tally.withdrawals:
        lines.append(("hint", "nothing was accepted; expected are JSON Lines with a `title`, or CSV with a header row"))
    for name, told in lines:
        print(f"{name:>9}  {told}", file=sys.stderr)


def _counts(counts: Mapping[str, int], but: str = "", most: int | None = None) -> str:
    shown = sorted(((-count, name) for name, count in counts.items() if count and name != but))
    told = ", ".join(f"{name} {-count:,}" for count, name in shown[:most])
    return told + (f" and {len(shown) - most} more" if most is not None and len(shown) > most else "")


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error when it is a terminal."""
    stderr = console(stderr=True)
    if not stderr.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("scanning", total=total)
        yield lambda done: bar.advance(task, done)


def table(columns: Sequence[str], rows: Iterable[Sequence[Text | str]], whole: Container[str] = ()) -> None:
    """A plain table on standard output. Columns in `whole` are never cut: folded on a terminal, in full elsewhere."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold" if column in whole else "ellipsis")
    for row in rows:
        made.add_row(
            *[Text("\n".join(map(visible, cell.split("\n")))) if isinstance(cell, str) else cell for cell in row]
        )
    out = console()
    if not out.is_terminal and whole:
        out.width = max(_WIDE, out.measure(made, options=out.options.update(max_width=_ANY)).maximum)
    out.print(made)
