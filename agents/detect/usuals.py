"""The usual rates of a lane's series as of one bucket, each computed when it is first asked for.

Prior means, from wide to narrow: a subregion over all escalatory themes from a constant; its themes, and its
countries over all themes, from a constant share of that; a country's theme from its subregion's rate of the theme
times the country's share in the subregion.
"""

from collections.abc import Mapping

from agents.detect import rate as rates
from agents.detect.evidence import ANY, SeriesKey
from agents.detect.ledger import Ledger
from agents.detect.rate import Posterior
from agents.detect.rules import DetectRules
from agents.detect.series import Series


class Usuals:
    """Holds for as long as nothing is learnt; `forget` what was."""

    __slots__ = ("_counts", "_exposures", "_found", "_ledger", "_rules", "_series", "_wide", "bucket")

    def __init__(self, bucket: int, ledger: Ledger, series: Mapping[str, Series], rules: DetectRules) -> None:
        self.bucket = bucket
        self._ledger = ledger
        self._series = series
        self._rules = rules
        self._exposures: dict[str, float] = {}
        self._counts: dict[str, float] = {}
        self._found: dict[SeriesKey, Posterior] = {}
        self._wide: dict[str, Posterior] = {}
        """Of subregions' series."""

    def forget(self, key: SeriesKey) -> None:
        """The series was taught: it, and all that leans on it, is another."""
        self._counts.pop(key.name, None)
        if key.place == key.subregion:
            self._wide.clear()
            self._found.clear()
        elif key.theme == ANY:
            self._found.clear()
        else:
            # On a country's theme nothing leans.
            self._found.pop(key, None)

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
        rules, exposure = self._rules, self.exposure(subregion)
        widest = self._themed(subregion, ANY)
        own = self._count(f"{place}/{theme}")
        if theme == ANY:
            return rates.posterior(own, exposure, widest.rate * rules.prior_share, rules)
        share = rates.share(self._count(f"{place}/{ANY}"), self._count(f"{subregion}/{ANY}"), rules)
        return rates.posterior(own, exposure, self._themed(subregion, theme).rate * share, rules)

    def _themed(self, subregion: str, theme: str) -> Posterior:
        """Of a subregion's theme, or of all of it."""
        name = f"{subregion}/{theme}"
        found = self._wide.get(name)
        if found is None:
            rules = self._rules
            prior = rules.prior_rate if theme == ANY else self._themed(subregion, ANY).rate * rules.prior_share
            found = self._wide[name] = rates.posterior(self._count(name), self.exposure(subregion), prior, rules)
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
        found = self._counts.get(name)
        if found is None:
            series = self._series.get(name)
            found = self._counts[name] = 0.0 if series is None else series.rate.level(self.bucket, self._rules)
        return found
