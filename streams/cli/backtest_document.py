"""A backtest as one JSON object, for programs. `backtest_view` says the same to people."""

from collections.abc import Iterable
from typing import Any

from agents.backtest.against import Kept
from agents.backtest.events import Found
from agents.backtest.figures import tallies
from agents.backtest.raised import Raised
from schemas.base import HOUR, iso
from streams.cli.backtesting import Told


def document(told: Told) -> dict[str, Any]:
    """All that was found; times in ISO 8601, `late` in hours."""
    span = told.watched
    findings, other = told.findings, told.other
    return {
        "rules": told.rules,
        "alpha": told.alpha,
        "since": iso(span.since) if span.series else None,
        "until": iso(span.until) if span.series else None,
        "days": round(span.days, 3),
        "series": span.series,
        "alerts": len(told.alerts),
        "alerts_a_day": rounded(span.a_day(len(told.alerts))),
        "alerts_a_100_series_days": rounded(span.a_hundred(len(told.alerts))),
        "severities": {
            tally.severity: {
                "opened": tally.opened,
                "peak": tally.rose,
                "a_day": rounded(span.a_day(tally.opened)),
                "a_100_series_days": rounded(span.a_hundred(tally.opened)),
            }
            for tally in tallies(told.alerts)
        },
        "opened": [_alert(alert) for alert in told.alerts],
        "events": None if findings is None else [_event(found) for found in findings.events],
        "found": None if findings is None else sum(found.alert is not None for found in findings.inside),
        "of": None if findings is None else len(findings.inside),
        "unexpected": None if findings is None else [alert.id for alert in findings.unexpected],
        "against": None
        if other is None
        else {
            "rules": other.rules,
            "same": other.comparison.same,
            "gained": [_alert(alert) for alert in other.comparison.gained],
            "lost": [_alert(alert) for alert in other.comparison.lost],
            "kept": [_kept(kept) for kept in other.comparison.kept],
        },
    }


def rounded(value: float | None) -> float | None:
    """For programs."""
    return None if value is None else float(f"{value:.6g}")


def _hours(time: int) -> float:
    return round(time / HOUR, 3)


def _alert(alert: Raised) -> dict[str, Any]:
    return {
        "id": alert.id,
        "series": alert.series,
        "severity": alert.severity,
        "peak": alert.peak,
        "status": alert.status,
        "opened": iso(alert.opened),
        "ended": None if alert.ended is None else iso(alert.ended),
        "horizon": alert.horizon,
        "observed": alert.observed,
        "expected": alert.expected,
        "publishers": alert.publishers,
    }


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.ours.id,
        "other": kept.theirs.id,
        "later": _hours(kept.later),
        "peak": kept.ours.peak,
        "other_peak": kept.theirs.peak,
    }


def _event(found: Found) -> dict[str, Any]:
    event = found.event
    return {
        "name": event.name,
        "date": iso(event.begins)[:10] if event.dated else iso(event.begins),
        "places": list(event.places),
        "theme": event.theme,
        "found": found.alert is not None,
        "outside": found.outside,
        "alert": None if found.alert is None else found.alert.id,
        "at": None if found.at is None else iso(found.at),
        "late": None if found.late is None else _hours(found.late),
        "others": _ids(found.others),
        "open_before": None if found.before is None else found.before.id,
    }


def _ids(alerts: Iterable[Raised]) -> list[str]:
    return [alert.id for alert in alerts]
