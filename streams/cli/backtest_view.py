"""A backtest laid out in tables, for people. `backtest_document` says the same to programs."""

from collections.abc import Iterator, Mapping, Sequence

import typer

from agents.backtest.against import Comparison, Kept
from agents.backtest.events import Findings, Found
from agents.backtest.figures import tallies
from agents.backtest.raised import Raised
from agents.detect.revision import amount
from schemas.base import DAY, HOUR, MINUTE, iso
from streams.cli import output
from streams.cli.backtesting import Told

SHOWN = 20
"""Rows of a table, unless all are asked for."""


def show(told: Told, names: Mapping[str, str], most: int | None) -> None:
    """Tables on standard output."""
    _figures(told)
    if told.findings is None:
        _alerts("Alerts", told.alerts, names, most)
    else:
        _events(told.findings)
        _alerts("Alerts of no known event", told.findings.unexpected, names, most)
    if told.other is not None:
        found = told.other.comparison
        typer.echo(f"\nAgainst rules {told.other.rules}: {_sum(found)}")
        _alerts("Gained", found.gained, names, most)
        _alerts("Lost", found.lost, names, most)
        _changed([kept for kept in found.kept if kept.later or kept.ours.peak != kept.theirs.peak], names, most)


def _figures(told: Told) -> None:
    span = told.watched
    rows: list[tuple[str, int, int]] = [
        (tally.severity, tally.opened, tally.rose) for tally in reversed(tallies(told.alerts))
    ]
    rows.append(("all", len(told.alerts), len(told.alerts)))
    output.table(
        ("Severity", "Opened", "At worst", "A day", "A 100 series-days"),
        [
            (name, str(number), str(worst), rate(span.a_day(number)), rate(span.a_hundred(number)))
            for name, number, worst in rows
        ],
    )
    if span.days:
        stretch = f"{iso(span.since)} to {iso(span.until)}, {span.days:.1f} days, {span.series:,} series"
    else:
        stretch = "nothing: no lane has seen headlines on enough days, or the stretch is empty"
    typer.echo(f"\nWatched {stretch}; rules {told.rules}, alpha {told.alpha:g}")


def _events(findings: Findings) -> None:
    number = sum(found.alert is not None for found in findings.inside)
    typer.echo(f"\nKnown events: {number} of {len(findings.inside)} found")
    output.table(("Event", "When", "Alert", "Late", "Also"), [_row_of_event(found) for found in findings.events])


def _row_of_event(found: Found) -> tuple[str, ...]:
    event = found.event
    when = iso(event.begins)[:10] if event.dated else iso(event.begins)
    if found.alert is None or found.late is None:
        why = "outside what was watched" if found.outside else "not found"
        if found.before is not None:
            why = f"not found: {found.before.series} was open since {iso(found.before.opened)}"
        return event.name, when, why, "", ""
    also = ", ".join(dict.fromkeys(alert.series for alert in found.others))
    return event.name, when, found.alert.id, _span(found.late), also


def _alerts(title: str, alerts: Sequence[Raised], names: Mapping[str, str], most: int | None) -> None:
    typer.echo(f"\n{title}: {len(alerts):,}")
    shown = alerts if most is None else alerts[:most]
    if shown:
        columns = ("Opened", "Series", "Severity", "Seen / expected", "Status")
        output.table(columns, (_row_of_alert(alert, names) for alert in shown))
    if len(shown) < len(alerts):
        typer.echo(f"... and {len(alerts) - len(shown):,} more; --all shows them")


def _row_of_alert(alert: Raised, names: Mapping[str, str]) -> tuple[str, ...]:
    severity = alert.severity if alert.peak == alert.severity else f"{alert.severity}, then {alert.peak}"
    said = f"{alert.observed} / {amount(alert.expected)} in {alert.horizon}"
    status = alert.status if alert.ended is None else f"{alert.status} after {_span(alert.ended - alert.opened)[1:]}"
    return iso(alert.opened), _series(alert, names), severity, said, status


def _changed(kept: Sequence[Kept], names: Mapping[str, str], most: int | None) -> None:
    if not kept:
        return
    typer.echo(f"\nKept, at another time or severity: {len(kept):,}")
    shown = kept if most is None else kept[:most]
    output.table(("Opened", "Series", "Severity", "Before", "Later by"), (_row_of_kept(each, names) for each in shown))
    if len(shown) < len(kept):
        typer.echo(f"... and {len(kept) - len(shown):,} more; --all shows them")


def _row_of_kept(kept: Kept, names: Mapping[str, str]) -> tuple[str, ...]:
    ours, theirs = kept
    return (
        iso(ours.opened),
        _series(ours, names),
        ours.peak,
        f"{theirs.peak} {iso(theirs.opened)}",
        _span(kept.later) if kept.later else "the same",
    )


def _series(alert: Raised, names: Mapping[str, str]) -> str:
    name = names.get(alert.place)
    return alert.series if name is None else f"{alert.series} ({name})"


def _sum(found: Comparison) -> str:
    return f"{len(found.gained):,} gained, {len(found.lost):,} lost, {len(found.kept):,} kept"


def _span(time: int) -> str:
    """A signed time for people: `+1 h 15 min`."""
    sign, left = "-" if time < 0 else "+", abs(time)
    days, hours, minutes = left // DAY, left % DAY // HOUR, left % HOUR // MINUTE
    return sign + (" ".join(_parts(days, hours, minutes)) or "0 min")


def _parts(days: int, hours: int, minutes: int) -> Iterator[str]:
    if days:
        yield f"{days} d"
    if hours:
        yield f"{hours} h"
    if minutes and not days:
        yield f"{minutes} min"


def rate(value: float | None) -> str:
    """For people."""
    return "-" if value is None else f"{value:.3g}"
