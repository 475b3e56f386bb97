"""An alert: a theme in a place is reported far more than usual. Every revision explains itself.

A revision holds nothing of the run that wrote it: no partition, no offset, no processing time. The same raw log and
rules give the same revisions byte for byte; `(id, revision)` is an idempotency key.
"""

from typing import Literal

from pydantic import Field

from schemas.base import Record, Versioned

Status = Literal["opened", "escalated", "sustained", "resolved", "retracted"]
Severity = Literal["moderate", "high", "critical"]
Level = Literal["country", "subregion"]


class AlertHeadline(Record):
    """A headline that is evidence of an alert."""

    id: str
    title: str
    publisher: str | None
    url: str | None
    event_time: str
    words: tuple[str, ...]
    """The words that made it count: of its place and of its theme."""


class Baseline(Record):
    """What the expectation rests on."""

    since: str
    """The first bucket that was learnt from."""
    days: float
    samples: float
    """Headlines of this series in the baseline, discounted."""
    rate: float
    """Expected unique headlines of this series for each unit of exposure."""
    dispersion: float
    """Of the negative binomial: variance = mean + dispersion * mean squared."""


class Alert(Versioned):
    """One revision of one alert."""

    id: str
    """Series and event bucket of the row that opened it: `KP/troop-deployment@2026-11-20T14:15:00Z`."""
    revision: int
    """From 1, by one at each change of status."""
    status: Status
    series: str
    place: str
    """ISO 3166-1 alpha-2 or, for a subregion, its M49 code."""
    level: Level
    subregion: str
    theme: str
    """A theme, or `any` for all escalatory themes together."""
    severity: Severity
    onset: str
    """Start of the event bucket of the row that opened it."""
    at: str
    """Where in the log's time it stands: the arrival that it was judged at, or the minute that closed a bucket."""
    horizon: Literal["2h", "24h"]
    observed: int
    """Unique headlines in the horizon."""
    expected: float
    interval: tuple[int, int]
    """Central 95 % interval of the headlines expected, by the same negative binomial."""
    p: float
    """Chance of `observed` or more if nothing were the matter."""
    alpha: float
    exposure: float
    """Accepted volume outside the series' own subregion in the horizon, times the seasonal factor, headlines."""
    publishers: tuple[str, ...]
    """Independent publishers among the evidence, at most 20, in order of first appearance."""
    publisher_count: int
    evidence: tuple[AlertHeadline, ...]
    """The latest 20 unique headlines of the horizon, newest first."""
    evidence_count: int
    baseline: Baseline
    merged: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Publishers that were counted as one though they have several names, each with the names in `evidence`."""
    reason: str
    """One sentence for people: why this revision was written."""
    resolves: str | None = None
    """What would have to change for it to resolve, as of now; `null` when it has ended."""
    rules: str
