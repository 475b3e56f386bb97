"""How surprising a series is in each horizon: given how many headlines came in, so many are about this."""

from agents.detect.buckets import LONG, SHORT, Horizon
from agents.detect.evidence import SeriesKey
from agents.detect.lifecycle import Judged
from agents.detect.memory import Memory
from agents.detect.rate import Posterior
from agents.detect.rules import DetectRules
from agents.detect.tail import chance, predictive

NEAR = 0.02
"""A count at most two standard deviations above its mean has a p above this, whatever mean and dispersion."""


def usual(memory: Memory, key: SeriesKey, bucket: int) -> Posterior:
    """The rate that was learnt of a series, as of a bucket."""
    return memory.usuals(bucket).of(key)


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


def surprising(memory: Memory, key: SeriesKey, last: int, more: int = 0) -> bool:
    """Whether either horizon of a series without an alert would pass; what nearly all rows need to know, and no more.

    A count near its mean is not worth a tail. `more` headlines are counted that the series is yet to get.
    """
    rules = memory.rules
    short, long = memory.counts(key.name, last)
    least = rules.min_unique
    if long + more < least:
        return False
    rate, shape = memory.usuals(last).of(key)
    brief, day = memory.ledger.exposures(key.subregion, last)
    for count, mean, number in ((short + more, rate * brief, 0), (long + more, rate * day, 1)):
        if count >= least and count > mean:
            dispersion = predictive(memory.dispersions(key)[number], shape)
            near = (count - mean) ** 2 <= 4 * mean * (1 + dispersion * mean) and rules.alpha < NEAR
            if not near and chance(count, mean, dispersion) < rules.alpha:
                return True
    return False


def calm(memory: Memory, key: SeriesKey, last: int) -> bool:
    """Whether an open alert's series is usual again in both horizons.

    The long one is asked first: until an alert's headlines have left it, the answer is no.
    """
    learnt = _learnt(memory, key, last)
    horizons = zip(
        memory.counts(key.name, last),
        memory.ledger.exposures(key.subregion, last),
        memory.dispersions(key),
        strict=True,
    )
    for count, exposure, dispersion in reversed(list(horizons)):
        if chance(count, learnt.rate * exposure, predictive(dispersion, learnt.shape)) <= memory.rules.resolve_p:
            return False
    return True


def judge(memory: Memory, key: SeriesKey, last: int, only: tuple[int, int] | None = None) -> tuple[Judged, Judged]:
    """Both horizons up to bucket `last`; `only` counts so many headlines instead of all."""
    learnt = _learnt(memory, key, last)
    counts = only or memory.counts(key.name, last)
    exposures = memory.ledger.exposures(key.subregion, last)
    dispersions = memory.dispersions(key)
    return (
        _judged("2h", last, SHORT, counts[0], exposures[0], learnt, dispersions[0], memory.rules),
        _judged("24h", last, LONG, counts[1], exposures[1], learnt, dispersions[1], memory.rules),
    )


def _learnt(memory: Memory, key: SeriesKey, last: int) -> Posterior:
    series = memory.series.get(key.name)
    live = None if series is None else series.live
    return (sustained if live is not None and live.sustained else usual)(memory, key, last)


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
