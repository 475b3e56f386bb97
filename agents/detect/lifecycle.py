"""What becomes of an alert: pure decisions over what was judged.

    opened ──▶ escalated ──▶ sustained ──▶ escalated
       └───────────┴─────────────┴────────────┴────▶ resolved | retracted

An alert opens when p < alpha in a horizon with enough unique headlines from enough publishers. It escalates whenever it
becomes more severe than it was, twice at most, for severity never falls: `high` at p < alpha * escalate_factor,
`critical` at p < alpha * critical_factor from enough publishers. It resolves when both horizons have been usual again
for some hours; is sustained once, when it has been open for 72 h, and escalates from then on by what has become usual;
is retracted when nothing would have opened on what is left after withdrawals (`agents.detect.grounds`).
"""

from typing import Literal, NamedTuple

from agents.detect.buckets import HOURLY, Horizon
from agents.detect.evidence import hashed
from agents.detect.rules import DetectRules
from schemas.alert import Severity, Status
from schemas.base import HOUR

RANK: dict[Severity, int] = {"moderate": 0, "high": 1, "critical": 2}
FAMILIES = 50
"""So many publishers of an alert are told apart in memory: far more than any gate asks for."""


class Judged(NamedTuple):
    """One series in one horizon, at one moment."""

    horizon: Horizon
    first: int
    last: int
    """The horizon's first and last bucket."""
    observed: int
    expected: float
    exposure: float
    dispersion: float
    """Predictive: of the counts, and of the rate that is known from few of them."""
    rate: float
    samples: float
    p: float


class Voices(NamedTuple):
    """Who told the evidence of a horizon."""

    named: tuple[str, ...]
    """Publishers' families in order of first appearance."""
    unnamed: bool
    numbered: int = 0
    """Where publishers are known by number alone: the largest number of a bucket."""

    @property
    def number(self) -> int:
        """All unnamed evidence is one publisher."""
        return max(len(self.named) + self.unnamed, self.numbered)

    @property
    def waived(self) -> bool:
        """Independence cannot be asked of evidence that is all unnamed."""
        return self.unnamed and not self.named and not self.numbered


class Live(NamedTuple):
    """An alert that is open."""

    id: str
    revision: int
    status: Status
    severity: Severity
    opened: int
    """Arrival of the row that opened it, ms."""
    onset: int
    since: int
    """First bucket of the horizon that it opened on; what is later is its evidence."""
    headlines: int
    """All its evidence so far, also of what has left the horizons."""
    families: tuple[tuple[str, int], ...]
    """How many of them each publisher told, by the hash of its family; the empty string for all unnamed."""
    calm: int | None = None
    """The bucket since whose close the series has been usual again."""
    sustained: bool = False
    """Whether it was open for so long that its new level is learnt within days; it may have escalated since."""
    grounds: tuple[int, float, float] | None = None
    """What it opened on: headlines, how many were expected, the dispersion. `None` if a version that did not keep it
    wrote the entry."""
    withdrawn: int = 0
    """How many of those headlines were withdrawn since."""

    def tallied(self, family: str | None, by: int) -> "Live":
        """With a headline more, or less."""
        tally, teller = dict(self.families), hashed(family)
        if teller in tally or (by > 0 and len(tally) < FAMILIES):
            tally[teller] = tally.get(teller, 0) + by
        return self._replace(
            headlines=self.headlines + by,
            families=tuple((name, number) for name, number in tally.items() if number > 0),
        )

    @property
    def voices(self) -> Voices:
        """Who told its evidence so far."""
        names = [name for name, _ in self.families]
        return Voices(tuple(name for name in names if name), "" in names)


def enough(voices: Voices, rules: DetectRules) -> bool:
    """The gate of independent publishers."""
    return voices.waived or voices.number >= rules.min_publishers


def severity(p: float, publishers: int, rules: DetectRules) -> Severity:
    """How severe an alert is that opens or escalates with this p and so many publishers."""
    if p < rules.alpha * rules.critical_factor and publishers >= rules.critical_publishers:
        return "critical"
    return "high" if p < rules.alpha * rules.escalate_factor else "moderate"


def escalates(live: Live, p: float, publishers: int, rules: DetectRules) -> bool:
    """Only to more than it has been: a p that hovers at a threshold is told once."""
    return RANK[severity(p, publishers, rules)] > RANK[live.severity]


def rises_under(live: Live, rules: DetectRules) -> float:
    """The p that is not small enough for an open alert to escalate, whoever told it."""
    if live.severity == "critical":
        return 0.0
    least = rules.critical_factor
    return rules.alpha * (least if live.severity == "high" else max(least, rules.escalate_factor))


def at_close(live: Live, last: int, at: int, rules: DetectRules) -> Literal["resolved", "sustained"] | None:
    """What the close of bucket `last` makes of an open alert, of which `live.calm` is up to date."""
    if live.calm is not None:
        return "resolved" if last - live.calm >= rules.resolve_after_hours * HOURLY else None
    if not live.sustained and at - live.opened >= rules.sustained_after_hours * HOUR:
        return "sustained"
    return None
