"""What becomes of an alert: pure decisions over what was judged.

    opened ──▶ escalated ──▶ sustained ──▶ resolved
       └───────────┴────────────┴───────▶ resolved | retracted

An alert opens when p < alpha in a horizon with enough unique headlines from enough publishers. It escalates when it
becomes more severe than it opened, at p < alpha * escalate_factor at the latest; resolves when both horizons have been
usual again for some hours; is sustained when it has been open for 72 h; is retracted when what it rests on was
withdrawn.
"""

from typing import Literal, NamedTuple

from agents.detect.buckets import HOURLY, Horizon
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
    families: tuple[tuple[str | None, int], ...]
    """How many of them each publisher told, `None` for all unnamed."""
    calm: int | None = None
    """The bucket since whose close the series has been usual again."""

    def tallied(self, family: str | None, by: int) -> "Live":
        """With a headline more, or less."""
        tally = dict(self.families)
        if family in tally or (by > 0 and len(tally) < FAMILIES):
            tally[family] = tally.get(family, 0) + by
        return self._replace(
            headlines=self.headlines + by,
            families=tuple((name, number) for name, number in tally.items() if number > 0),
        )

    def founded(self, rules: DetectRules) -> bool:
        """Whether what is left of its evidence would still pass the gates."""
        names = [name for name, _ in self.families]
        voices = Voices(tuple(name for name in names if name is not None), None in names)
        return self.headlines >= rules.min_unique and enough(voices, rules)


def enough(voices: Voices, rules: DetectRules) -> bool:
    """The gate of independent publishers."""
    return voices.waived or voices.number >= rules.min_publishers


def severity(p: float, publishers: int, rules: DetectRules) -> Severity:
    """How severe an alert is that opens or escalates with this p and so many publishers."""
    if p < rules.alpha * rules.critical_factor and publishers >= rules.critical_publishers:
        return "critical"
    return "high" if p < rules.alpha * rules.escalate_factor else "moderate"


def escalates(live: Live, p: float, publishers: int, rules: DetectRules) -> bool:
    """Once, and only to more than it opened with."""
    return live.status == "opened" and RANK[severity(p, publishers, rules)] > RANK[live.severity]


def at_close(live: Live, last: int, at: int, rules: DetectRules) -> Literal["resolved", "sustained"] | None:
    """What the close of bucket `last` makes of an open alert, of which `live.calm` is up to date."""
    if live.calm is not None:
        return "resolved" if last - live.calm >= rules.resolve_after_hours * HOURLY else None
    if live.status != "sustained" and at - live.opened >= rules.sustained_after_hours * HOUR:
        return "sustained"
    return None
