"""Alerts to tell of, in one line each."""

from agents.backtest.raised import Raised, raised
from schemas.alert import Alert, Baseline, Severity, Status
from schemas.base import DAY, HOUR, iso

START = 1_772_323_200_000
SUBREGIONS = {"KP": "030", "CN": "030", "MX": "013", "US": "021"}


def revision(
    series: str,
    at: int,
    status: Status = "opened",
    severity: Severity = "moderate",
    number: int = 1,
    onset: int | None = None,
) -> Alert:
    """A revision `at` ms after the start."""
    place, theme = series.split("/")
    began = iso(START + (at if onset is None else onset))
    return Alert(
        id=f"{series}@{began}",
        revision=number,
        status=status,
        series=series,
        place=place,
        level="subregion" if place.isdigit() else "country",
        subregion=SUBREGIONS.get(place, place),
        theme=theme,
        severity=severity,
        onset=began,
        at=iso(START + at),
        horizon="2h",
        observed=6,
        expected=0.2,
        interval=(0, 1),
        p=1e-7,
        alpha=1e-5,
        exposure=100.0,
        publishers=("a",),
        publisher_count=3,
        evidence=(),
        evidence_count=6,
        baseline=Baseline(since=iso(START - 30 * DAY), days=30.0, samples=2.0, rate=0.002, dispersion=0.3),
        reason="because",
        rules="r",
    )


def life(series: str, opened: float, ended: float | None = None, escalated: float | None = None) -> Raised:
    """An alert by the hours after the start at which it opened, resolved and escalated."""
    onset = int(opened * HOUR)
    told = [revision(series, onset)]
    if escalated is not None:
        told.append(revision(series, int(escalated * HOUR), "escalated", "high", 2, onset))
    if ended is not None:
        told.append(revision(series, int(ended * HOUR), "resolved", told[-1].severity, len(told) + 1, onset))
    (alert,) = raised(told)
    return alert
