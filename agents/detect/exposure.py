"""Exposure: how many headlines could have been about a series; and how much volume is usual.

The exposure of a bucket for a subregion is the volume outside that subregion (a headline counts once under each of
its subregions, `001` for none) times a factor for the subregion's hour of day and weekend. So it is a share of volume
that is judged, not a count: a doubled feed, a slow weekend or an outage surprises nobody. The volume of the subregion
itself is left out, or a crisis would hide itself; `own_share` of it is counted in, so that a feed about one subregion
alone still has a denominator.

A subregion's factors are its share of volume in each of 48 cells against its share over all, shrunk to 1.
"""

from typing import NamedTuple

from agents.detect.buckets import CELL, CELLS, LONG, WEEK
from agents.detect.rules import DetectRules

Cells = tuple[float, ...]
EMPTY: Cells = (0.0,) * CELLS


class Subregion(NamedTuple):
    """What was learnt of one subregion: discounted exposure (common to all its series), and volume by cell."""

    at: int
    """The bucket up to which exposure is discounted."""
    slow: float = 0.0
    fast: float = 0.0
    own: Cells = EMPTY
    outside: Cells = EMPTY

    def discounted(self, bucket: int, rules: DetectRules) -> float:
        """Exposure so far, as of a bucket."""
        return self.slow * halved(bucket - self.at, rules.half_life_days)

    def quick(self, bucket: int, rules: DetectRules) -> float:
        """The same of the last days only."""
        return self.fast * halved(bucket - self.at, rules.sustained_half_life_days)

    def aged(self, factor: float) -> "Subregion":
        """A day later, the season weighs less."""
        return self._replace(
            own=tuple(value * factor for value in self.own), outside=tuple(value * factor for value in self.outside)
        )


class Usual(NamedTuple):
    """The lane's whole volume by cell, and the buckets that it was seen in."""

    volume: Cells = EMPTY
    buckets: Cells = EMPTY

    def aged(self, factor: float) -> "Usual":
        return Usual(tuple(value * factor for value in self.volume), tuple(value * factor for value in self.buckets))

    def taught(self, bucket: int, volume: int) -> "Usual":
        cell = CELL[bucket % WEEK]
        return Usual(added(self.volume, cell, volume), added(self.buckets, cell, 1))

    def expected(self, first: int, last: int) -> float:
        """Volume that the buckets from `first` to `last` usually bring: each cell's mean, shrunk to that of all."""
        buckets = sum(self.buckets)
        if not buckets:
            return 0.0
        mean = sum(self.volume) / buckets
        total = 0.0
        for bucket in range(first, last + 1):
            cell = CELL[bucket % WEEK]
            total += (self.volume[cell] + 4 * mean) / (self.buckets[cell] + 4)
        return total


def added(cells: Cells, cell: int, value: float) -> Cells:
    return (*cells[:cell], cells[cell] + value, *cells[cell + 1 :])


class Season:
    """A subregion's factors, each computed when it is first asked for: a bucket's close needs one cell of 48."""

    def __init__(self, region: Subregion, rules: DetectRules) -> None:
        self._region = region
        self._weight, self._bound = rules.season_strength, rules.season_bound
        outside = sum(region.outside)
        self._ratio = sum(region.own) / outside if outside else None
        self._found: dict[int, float] = {}

    def factor(self, cell: int) -> float:
        """Of one cell; 1 where nothing was seen."""
        found = self._found.get(cell)
        if found is None:
            found = self._found[cell] = self._factor(cell)
        return found

    def _factor(self, cell: int) -> float:
        if self._ratio is None:
            return 1.0
        own, outside, weight = self._region.own[cell], self._region.outside[cell], self._weight
        return min(max((own + weight) / (outside * self._ratio + weight), 1 / self._bound), self._bound)


def halved(buckets: int, days: float) -> float:
    """What is left after so many buckets, with a half-life in days."""
    return float(0.5 ** (buckets / (days * LONG)))


def taught(region: Subregion, bucket: int, exposure: float, own: int, outside: int, rules: DetectRules) -> Subregion:
    """One bucket more."""
    cell = CELL[bucket % WEEK]
    since = bucket - region.at
    return Subregion(
        at=bucket,
        slow=region.slow * halved(since, rules.half_life_days) + exposure,
        fast=region.fast * halved(since, rules.sustained_half_life_days) + exposure,
        own=added(region.own, cell, own),
        outside=added(region.outside, cell, outside),
    )
