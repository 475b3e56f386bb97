"""How surprising a series is in each horizon: given how many headlines came in, so many are about this.

Prior means, from wide to narrow: a subregion over all escalatory themes from a constant; its themes, and its
countries over all themes, from a constant share of that; a country's theme from its subregion's rate of the theme
times the country's share in the subregion.
"""

from agents.detect import rate as rates
from agents.detect.buckets import LONG, SHORT, Horizon
from agents.detect.evidence import ANY, SeriesKey
from agents.detect.lifecycle import Judged
from agents.detect.memory import Memory
from agents.detect.rate import Posterior
from agents.detect.rules import DetectRules
from agents.detect.tail import chance, predictive


def usual(memory: Memory, key: SeriesKey, bucket: int) -> Posterior:
    """The rate that was learnt of a series, as of a bucket."""
    rules = memory.rules
    region = memory.ledger.region(key.subregion, bucket)
    exposure = region.discounted(bucket, rules)
    whole = _count(memory, f"{key.subregion}/{ANY}", bucket)
    widest = rates.posterior(whole, exposure, rules.prior_rate, rules)
    if key.place == key.subregion and key.theme == ANY:
        return widest
    own = _count(memory, key.name, bucket)
    if key.place == key.subregion or key.theme == ANY:
        return rates.posterior(own, exposure, widest.rate * rules.prior_share, rules)
    theme = _count(memory, f"{key.subregion}/{key.theme}", bucket)
    themed = rates.posterior(theme, exposure, widest.rate * rules.prior_share, rules)
    share = rates.share(_count(memory, f"{key.place}/{ANY}", bucket), whole, rules)
    return rates.posterior(own, exposure, themed.rate * share, rules)


def sustained(memory: Memory, key: SeriesKey, bucket: int) -> Posterior:
    """The rate of a series whose alert is sustained: that of the last days, if it is higher than the usual one."""
    rules = memory.rules
    slow = usual(memory, key, bucket)
    region = memory.ledger.region(key.subregion, bucket)
    exposure = region.quick(bucket, rules)
    count = memory.series[key.name].rate.quick(bucket, rules)
    if not exposure or count / exposure <= slow.rate:
        return slow
    return Posterior(count / exposure, count + rules.prior_strength)


def surprising(memory: Memory, key: SeriesKey, last: int) -> bool:
    """Whether either horizon of a series without an alert would pass; what nearly all rows need to know, and no more.

    A count at or under its mean is not worth a tail.
    """
    rules = memory.rules
    counts = memory.counts(key.name, last)
    if counts[1] < rules.min_unique:
        return False
    learnt = usual(memory, key, last)
    exposures = memory.ledger.exposures(key.subregion, last)
    return any(
        count >= rules.min_unique
        and count > learnt.rate * exposure
        and chance(count, learnt.rate * exposure, predictive(dispersion, learnt.shape)) < rules.alpha
        for count, exposure, dispersion in zip(counts, exposures, memory.dispersions(), strict=True)
    )


def judge(memory: Memory, key: SeriesKey, last: int, only: tuple[int, int] | None = None) -> tuple[Judged, Judged]:
    """Both horizons up to bucket `last`; `only` counts so many headlines instead of all."""
    live = memory.series[key.name].live
    learnt = (sustained if live is not None and live.status == "sustained" else usual)(memory, key, last)
    counts = only or memory.counts(key.name, last)
    exposures = memory.ledger.exposures(key.subregion, last)
    dispersions = memory.dispersions()
    return (
        _judged("2h", last, SHORT, counts[0], exposures[0], learnt, dispersions[0], memory.rules),
        _judged("24h", last, LONG, counts[1], exposures[1], learnt, dispersions[1], memory.rules),
    )


def _judged(
    horizon: Horizon,
    last: int,
    length: int,
    count: int,
    exposure: float,
    learnt: Posterior,
    dispersion: float,
    rules: DetectRules,
) -> Judged:
    expected = learnt.rate * exposure
    spread = predictive(dispersion, learnt.shape)
    return Judged(
        horizon=horizon,
        first=last - length + 1,
        last=last,
        observed=count,
        expected=expected,
        exposure=exposure,
        dispersion=spread,
        rate=learnt.rate,
        samples=learnt.shape - rules.prior_strength,
        p=chance(count, expected, spread),
    )


def _count(memory: Memory, name: str, bucket: int) -> float:
    series = memory.series.get(name)
    return 0.0 if series is None else series.rate.level(bucket, memory.rules)
