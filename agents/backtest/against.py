"""The alerts of two sets of rules over the same counts, alert by alert.

Two alerts are the same one when they are of one series and were open at the same time: ids tell less, because an alert
that opens a headline earlier has another. So alerts are paired before a stretch of time is cut out of them: one that
opened in it under our rules may have opened before it under theirs.
"""

from collections.abc import Iterable
from typing import NamedTuple

from agents.backtest.raised import Raised, between


class Kept(NamedTuple):
    """An alert that both raise."""

    ours: Raised
    theirs: Raised

    @property
    def later(self) -> int:
        """ms by which ours opened later; negative where it came first."""
        return self.ours.opened - self.theirs.opened


class Comparison(NamedTuple):
    """Ours against theirs, each in order of opening."""

    gained: tuple[Raised, ...]
    lost: tuple[Raised, ...]
    kept: tuple[Kept, ...]
    """For each of ours that they have the first of theirs that it overlaps."""

    @property
    def same(self) -> bool:
        """Whether neither raises what the other does not."""
        return not self.gained and not self.lost

    def between(self, since: int | None, until: int | None) -> "Comparison":
        """What opened in `[since, until)`; of what both raise, where either of the two did."""

        def inside(*alerts: Raised) -> bool:
            return bool(between(alerts, since, until))

        return Comparison(
            tuple(filter(inside, self.gained)),
            tuple(filter(inside, self.lost)),
            tuple(kept for kept in self.kept if inside(kept.ours, kept.theirs)),
        )


def compare(ours: Iterable[Raised], theirs: Iterable[Raised]) -> Comparison:
    """What our rules raise that theirs do not, and the other way round."""
    by_series: dict[str, list[Raised]] = {}
    others = list(theirs)
    for other in others:
        by_series.setdefault(other.series, []).append(other)
    met: set[str] = set()
    gained, kept = [], []
    for alert in ours:
        pairs = [other for other in by_series.get(alert.series, ()) if alert.overlaps(other)]
        met.update(other.id for other in pairs)
        if pairs:
            kept.append(Kept(alert, pairs[0]))
        else:
            gained.append(alert)
    return Comparison(tuple(gained), tuple(other for other in others if other.id not in met), tuple(kept))
