"""What is learnt when a bucket leaves the 24 h horizon, and once a day.

A day behind, so that a burst has opened its alert before it is learnt; from closed buckets only, so that nothing is
learnt twice or in part. Only series with headlines in the bucket are touched: for all others the bucket's exposure,
which is common to the series of a subregion, says that there were none.
"""

from agents.detect import rate as rates
from agents.detect.buckets import LONG, SHORT
from agents.detect.exposure import halved
from agents.detect.memory import Lane, Memory
from agents.detect.series import Series
from agents.detect.tail import Both
from agents.detect.usuals import Usuals


def learn(memory: Memory, now: int) -> None:
    """At the beginning of bucket `now`; after a gap, only buckets that hold something have anything to say."""
    lane = memory.lane
    assert lane is not None
    upto = now - LONG
    for bucket in [upto] if upto == lane.taught + 1 else memory.held(lane.taught + 1, upto):
        _teach(memory, lane, bucket)
    if lane.taught < upto:
        lane.taught = upto
        memory.lane_changed()
    if now % LONG == 0:
        _daily(memory, now - 1)


def _teach(memory: Memory, lane: Lane, bucket: int) -> None:
    """Learn from one bucket, and let it go."""
    total = memory.ledger.teach(bucket)
    if bucket in memory.active:
        _rates(memory, bucket)
    memory.learnt()
    memory.drop_bucket(bucket)
    if lane.first is None and total:
        lane.first = bucket
    lane.taught = bucket
    memory.lane_changed()


def _rates(memory: Memory, bucket: int) -> None:
    """Teach the series that have headlines in the bucket, all by what was usual before it."""
    rules = memory.rules
    learning = memory.learning() is not None
    usuals = Usuals(bucket, memory.ledger, memory.series, rules)
    lane = memory.lane
    assert lane is not None
    long = lane.narrow.long.dispersion(rules), lane.wide.long.dispersion(rules)
    taught = []
    for name in sorted(memory.active[bucket]):
        series = memory.series[name]
        most = float("inf")
        if not learning:
            region = memory.ledger.region(series.key.subregion, bucket)
            dispersion = long[series.key.wide]
            most = rates.most(usuals.of(series.key).rate * region.fast, dispersion, rules)
        rate = series.rate.taught(bucket, memory.windows[name].counts[bucket], most, rules)
        taught.append(Series(series.key, rate, series.live, series.ended, series.onsets, series.beyond))
    memory.teach(taught)


def _daily(memory: Memory, last: int) -> None:
    """At midnight: dispersion from the day up to bucket `last`; season and usual volume age; idle series go."""
    rules = memory.rules
    age = halved(LONG, rules.half_life_days)
    _disperse(memory, last, age)
    memory.ledger.age(age)
    memory.learnt()
    for name in sorted(memory.series):
        series = memory.series[name]
        if series.live is not None or memory.window(name).counts:
            continue
        rate, least = series.rate, rules.negligible
        if rate.level(last, rules) < least and rate.quick(last, rules) < least:
            memory.drop_series(name)


def _disperse(memory: Memory, last: int, age: float) -> None:
    lane = memory.lane
    assert lane is not None
    rules = memory.rules
    learnt = {False: lane.narrow.aged(age), True: lane.wide.aged(age)}
    starts = range(last - LONG + 1, last + 1, SHORT)
    windows = memory.ledger.windows(last)
    exposures = {code: (sum(each), each) for code, each in windows.items()}
    usuals = memory.usuals(last)
    # No prior makes a rate higher than headlines and prior strength by exposure: nearly all series are out at once.
    enough = 0.999 * rules.dispersion_least_mean
    alerting = [series.key for series in memory.series.values() if _alerting(series, last)]
    for name in sorted(memory.series):
        series = memory.series[name]
        whole, each = exposures[series.key.subregion]
        if not whole or (alerting and any(key == series.key or key.within(series.key) for key in alerting)):
            continue
        if series.rate.slow + rules.prior_strength < usuals.exposure(series.key.subregion) / whole * enough:
            continue
        usual = usuals.of(series.key)
        mean = usual.rate * whole
        if mean < rules.dispersion_least_mean:
            continue
        window = memory.window(name)
        counts = [window.count(start, start + SHORT - 1) for start in starts]
        short, long = learnt[series.key.wide]
        long = long.taught(sum(counts), mean, usual.shape, rules)
        for count, exposure in zip(counts, each, strict=True):
            if usual.rate * exposure >= rules.dispersion_least_mean:
                short = short.taught(count, usual.rate * exposure, usual.shape, rules)
        learnt[series.key.wide] = Both(short, long)
    lane.narrow, lane.wide = learnt[False], learnt[True]
    memory.lane_changed()


def _alerting(series: Series, last: int) -> bool:
    return series.live is not None or (series.ended is not None and last - series.ended < LONG)
