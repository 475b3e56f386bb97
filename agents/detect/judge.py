"""How surprising a series is in each horizon: given how many headlines came in, so many are about this.

Prior means, from wide to narrow: a subregion over all escalatory themes from a constant; its themes, and its
countries over all themes, from a constant share of that; a country's theme from its subregion's rate of the theme
times the country's share in the subregion.
"""

from agents.detect import rate as rates
from agents.detect.buckets import LONG, SHORT
from agents.detect.evidence import ANY, SeriesKey
from agents.detect.lifecycle import Judged
from agents.detect.memory import Memory
from agents.detect.rate import Posterior
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


def judge(memory: Memory, key: SeriesKey, last: int, only: tuple[int, int] | None = None) -> tuple[Judged, Judged]:
    """Both horizons up to bucket `last`; `only` counts so many headlines instead of all."""
    rules = memory.rules
    lane = memory.lane
    assert lane is not None
    series = memory.series[key.name]
    live = series.live
    learnt = (sustained if live is not None and live.status == "sustained" else usual)(memory, key, last)
    exposures = memory.ledger.exposures(key.subregion, last)
    window = memory.window(key.name)
    counts = only
    if counts is None:
        counts = (window.count(last - SHORT + 1, last), window.count(last - LONG + 1, last))
    found = []
    for horizon, length, count, exposure, moments in (
        ("2h", SHORT, counts[0], exposures[0], lane.short),
        ("24h", LONG, counts[1], exposures[1], lane.long),
    ):
        expected = learnt.rate * exposure
        dispersion = predictive(moments.dispersion(rules), learnt.shape)
        found.append(
            Judged(
                horizon="2h" if horizon == "2h" else "24h",
                first=last - length + 1,
                last=last,
                observed=count,
                expected=expected,
                exposure=exposure,
                dispersion=dispersion,
                rate=learnt.rate,
                samples=learnt.shape - rules.prior_strength,
                p=chance(count, expected, dispersion),
            )
        )
    return found[0], found[1]


def _count(memory: Memory, name: str, bucket: int) -> float:
    series = memory.series.get(name)
    return 0.0 if series is None else series.rate.level(bucket, memory.rules)
