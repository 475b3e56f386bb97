"""How a series stands at one moment: every gate of the detector with its value and its threshold.

What `tocsin explain --series S --at TIME --json` prints: why there was no alert as well as why there was one.
"""

from typing import Literal

from schemas.alert import Baseline, Level, Severity, Status
from schemas.base import Record, Versioned

GateName = Literal[
    "learning",
    "headline",
    "narrower",
    "min_unique",
    "min_publishers",
    "alpha",
    "resolve_p",
    "alive",
    "resolve_after",
]


class Gate(Record):
    """One condition, and whether it holds."""

    name: GateName
    horizon: Literal["2h", "24h"] | None = None
    """Where the two horizons are asked apart."""
    holds: bool
    value: float | None
    """`null` where there is nothing to measure."""
    threshold: float | None
    told: str
    """The same in words."""


class StandingHorizon(Record):
    """One horizon, judged as the detector judges."""

    horizon: Literal["2h", "24h"]
    since: str
    """Start of its first bucket."""
    observed: int
    """Unique headlines in it, without those that an open narrower alert tells."""
    told: int
    """Those that an open narrower alert tells."""
    publishers: int
    waived: bool
    """No headline names its publisher, so that independence is not asked for."""
    expected: float
    interval: tuple[int, int]
    """Central 95 % of the headlines expected."""
    p: float
    """Chance of `observed` or more if nothing were the matter."""
    exposure: float
    dispersion: float
    needed: int
    """The least number of headlines with p under alpha."""
    usual: int
    """The largest number of headlines that is usual again: p above resolve_p."""


class StandingAlert(Record):
    """The alert that is open."""

    id: str
    status: Status
    severity: Severity
    revision: int
    opened: str
    calm_since: str | None
    """When the series was usual again, and has been since."""
    headlines: int
    """All its evidence so far."""


class Standing(Versioned):
    """A series as of a bucket's close."""

    series: str
    level: Level
    subregion: str
    theme: str
    at: str
    """The close: end of the bucket that holds the moment asked for."""
    known_until: str | None
    """Up to when there were counts: `at`, or before it where they end sooner, `null` where there are none. All that is
    told is then as if nothing had come since."""
    seen: bool
    """Whether the series has a state: a headline that is not yet forgotten."""
    verdict: str
    """One sentence: why there is an alert, or why there is none."""
    alert: StandingAlert | None
    opens: tuple[Gate, ...]
    """What an alert needs to open: all of those without a horizon, and all of one horizon."""
    resolves: tuple[Gate, ...]
    """What an open alert needs to resolve: all of them. Empty where none is open."""
    changes: tuple[str, ...]
    """What would have to change for an alert to open, or for the one that is open to resolve."""
    horizons: tuple[StandingHorizon, StandingHorizon]
    baseline: Baseline
    alpha: float
    rules: str
