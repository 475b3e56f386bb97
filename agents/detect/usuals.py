"""The usual rates of a lane's series as of one bucket, each computed when it is first asked for.

Prior means, from wide to narrow: a subregion over all escalatory themes from a constant; its themes, and its
countries over all themes, from a constant share of that; a country's theme from its subregion's rate of the theme
times the country's share in the subregion.
"""

from collections.abc import Mapping

from agents.detect import rate as rates
from agents.detect.buckets import LONG
from agents.detect.evidence import ANY, SeriesKey
from agents.detect.ledger import Ledger
from agents.detect.rate import Posterior
from agents.detect.rules import DetectRules
from agents.detect.series import Series


class Usuals:
    """Holds for as long as nothing is learnt."""

    __slots__ = ("_exposures", "_found", "_half", "_ledger", "_rules", "_series", "_shares", "_wide", "bucket")

    def __init__(self, bucket: int, ledger: Ledger, series: Mapping[str, Series], rules: DetectRules) -> None:
        self.bucket = bucket
        self._ledger = ledger
        self._series = series
        self._rules = rules
        self._half = rules.half_life_days * LONG
        self._exposures: dict[str, float] = {}
        self._found: dict[SeriesKey, Posterior] = {}
        self._wide: dict[tuple[str, str], Posterior] = {}
        """Of subregions' series."""
        self._shares: dict[str, float] = {}
        """Of countries in their subregions."""

    def of(self, key: SeriesKey) -> Posterior:
        """The rate that was learnt of a series."""
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._of(key)
        return found

    def _of(self, key: SeriesKey) -> Posterior:
        place, subregion, theme, _ = key
        if place == subregion:
            return self._themed(subregion, theme)
        if theme == ANY:
            prior = self._themed(subregion, ANY).rate * self._rules.prior_share
        else:
            prior = self._themed(subregion, theme).rate * self._share(place, subregion)
        return rates.posterior(self._count(f"{place}/{theme}"), self.exposure(subregion), prior, self._rules)

    def _themed(self, subregion: str, theme: str) -> Posterior:
        """Of a subregion's theme, or of all of it."""
        found = self._wide.get((subregion, theme))
        if found is None:
            rules = self._rules
            prior = rules.prior_rate if theme == ANY else self._themed(subregion, ANY).rate * rules.prior_share
            count = self._count(f"{subregion}/{theme}")
            found = self._wide[subregion, theme] = rates.posterior(count, self.exposure(subregion), prior, rules)
        return found

    def _share(self, place: str, subregion: str) -> float:
        found = self._shares.get(place)
        if found is None:
            own, total = self._count(f"{place}/{ANY}"), self._count(f"{subregion}/{ANY}")
            found = self._shares[place] = rates.share(own, total, self._rules)
        return found

    def exposure(self, subregion: str) -> float:
        """All that was learnt of a subregion, as of the bucket."""
        found = self._exposures.get(subregion)
        if found is None:
            region = self._ledger.regions.get(subregion)
            found = 0.0 if region is None else region.discounted(self.bucket, self._rules)
            self._exposures[subregion] = found
        return found

    def _count(self, name: str) -> float:
        series = self._series.get(name)
        if series is None:
            return 0.0
        rate = series.rate
        return rate.slow * float(0.5 ** ((self.bucket - rate.at) / self._half))
