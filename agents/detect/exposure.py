"""Exposure: how many headlines could have been about a series; and how much volume is usual.

The exposure of a bucket for a subregion is the volume outside that subregion (a headline counts once under each of
its subregions, `001` for none) times a factor for the subregion's hour of day and weekend. So it is a share of volume
that is judged, not a count: a doubled feed, a slow weekend or an outage surprises nobody. The volume of the subregion
itself is left out, or a crisis would hide itself; `own_share` of it is counted in, so that a feed about one subregion
alone still has a denominator.

A subregion's factors are its share of volume in each of 48 cells against its share over all, shrunk to 1.

Both values change in place, a cell at a time: most quarters of a long archive touch two of 48. Sums over cells are
never carried on but added up anew, in the cells' order, when they are asked for after a change; so they are the same
in a lane that was restored.
"""

from collections.abc import Sequence

from agents.detect.buckets import CELL, CELLS, LONG, WEEK
from agents.detect.rules import DetectRules

Cells = list[float]


class Subregion:
    """What was learnt of one subregion: discounted exposure (common to all its series), and volume by cell."""

    __slots__ = ("_sums", "at", "fast", "outside", "own", "slow")

    def __init__(
        self, at: int, slow: float = 0.0, fast: float = 0.0, own: Cells | None = None, outside: Cells | None = None
    ) -> None:
        self.at = at
        """The bucket up to which exposure is discounted."""
        self.slow = slow
        self.fast = fast
        self.own = own or [0.0] * CELLS
        self.outside = outside or [0.0] * CELLS
        self._sums: tuple[float, float] | None = None

    @property
    def plain(self) -> tuple[int, float, float, Cells, Cells]:
        """What makes it up."""
        return self.at, self.slow, self.fast, self.own, self.outside

    def discounted(self, bucket: int, rules: DetectRules) -> float:
        """Exposure so far, as of a bucket."""
        return self.slow * halved(bucket - self.at, rules.half_life_days)

    def quick(self, bucket: int, rules: DetectRules) -> float:
        """The same of the last days only."""
        return self.fast * halved(bucket - self.at, rules.sustained_half_life_days)

    def sums(self) -> tuple[float, float]:
        """Own volume and that outside, over all cells."""
        if self._sums is None:
            self._sums = sum(self.own), sum(self.outside)
        return self._sums

    def season(self, cells: Sequence[int], rules: DetectRules) -> list[float]:
        """The factors of these cells; 1 where nothing was seen."""
        own, outside = self.sums()
        if not outside:
            return [1.0] * len(cells)
        ratio, weight, most = own / outside, rules.season_strength, rules.season_bound
        least, here, there = 1 / most, self.own, self.outside
        return [
            least
            if (share := (here[cell] + weight) / (there[cell] * ratio + weight)) < least
            else most
            if share > most
            else share
            for cell in cells
        ]

    def factor(self, cell: int, rules: DetectRules) -> float:
        """The same of one: a bucket that is taught asks for no more."""
        own, outside = self.sums()
        if not outside:
            return 1.0
        weight, most = rules.season_strength, rules.season_bound
        share = (self.own[cell] + weight) / (self.outside[cell] * (own / outside) + weight)
        least = 1 / most
        return least if share < least else most if share > most else share

    def teach(self, bucket: int, own: int, outside: int, ageing: tuple[float, float], rules: DetectRules) -> None:
        """One bucket more; `ageing` is what is left of `slow` and `fast` since the last."""
        cell = CELL[bucket % WEEK]
        exposure = (outside + rules.own_share * own) * self.factor(cell, rules)
        self.at = bucket
        self.slow = self.slow * ageing[0] + exposure
        self.fast = self.fast * ageing[1] + exposure
        if own:
            self.own[cell] += own
        self.outside[cell] += outside
        self._sums = None

    def age(self, factor: float) -> None:
        """A day later, the season weighs less."""
        self.own = [value * factor for value in self.own]
        self.outside = [value * factor for value in self.outside]
        self._sums = None


class Usual:
    """The lane's whole volume by cell, and the buckets that it was seen in."""

    __slots__ = ("_sums", "buckets", "volume")

    def __init__(self, volume: Cells | None = None, buckets: Cells | None = None) -> None:
        self.volume = volume or [0.0] * CELLS
        self.buckets = buckets or [0.0] * CELLS
        self._sums: tuple[float, float] | None = None

    @property
    def plain(self) -> tuple[Cells, Cells]:
        """What makes it up."""
        return self.volume, self.buckets

    def sums(self) -> tuple[float, float]:
        """Volume and buckets, over all cells."""
        if self._sums is None:
            self._sums = sum(self.volume), sum(self.buckets)
        return self._sums

    def age(self, factor: float) -> None:
        """A day later, it weighs less."""
        self.volume = [value * factor for value in self.volume]
        self.buckets = [value * factor for value in self.buckets]
        self._sums = None

    def teach(self, bucket: int, volume: int) -> None:
        """One bucket more."""
        cell = CELL[bucket % WEEK]
        self.volume[cell] += volume
        self.buckets[cell] += 1
        self._sums = None

    def expected(self, first: int, last: int) -> float:
        """Volume that the buckets from `first` to `last` usually bring: each cell's mean, shrunk to that of all."""
        volume, buckets = self.sums()
        if not buckets:
            return 0.0
        mean = volume / buckets
        total = 0.0
        for bucket in range(first, last + 1):
            cell = CELL[bucket % WEEK]
            total += (self.volume[cell] + 4 * mean) / (self.buckets[cell] + 4)
        return total


def ageing(buckets: int, rules: DetectRules) -> tuple[float, float]:
    """What is left after so many buckets by both half-lives, the usual one and that of the last days."""
    return halved(buckets, rules.half_life_days), halved(buckets, rules.sustained_half_life_days)


def halved(buckets: int, days: float) -> float:
    """What is left after so many buckets, with a half-life in days."""
    return float(0.5 ** (buckets / (days * LONG)))
