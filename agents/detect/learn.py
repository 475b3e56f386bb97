"""What is learnt when a bucket leaves the 24 h horizon, and once a day.

A day behind, so that a burst has opened its alert before it is learnt; from closed buckets only, so that nothing is
learnt twice or in part. Only series with headlines in the bucket are touched: for all others the bucket's exposure,
which is common to the series of a subregion, says that there were none.
"""

from agents.detect import rate as rates
from agents.detect.buckets import LONG, SHORT
from agents.detect.exposure import halved, taught
from agents.detect.judge import usual
from agents.detect.memory import Lane, Memory, Series


def learn(memory: Memory, now: int) -> None:
    """At the beginning of bucket `now`; after a gap, only buckets that hold something have anything to say."""
    lane = memory.lane
    assert lane is not None
    upto = now - LONG
    buckets = [upto]
    if upto != lane.taught + 1:
        held = {*memory.ledger.volume, *memory.active}
        buckets = sorted(bucket for bucket in held if lane.taught < bucket <= upto)
    for bucket in buckets:
        lane = _teach(memory, lane, bucket)
    if lane.taught < upto:
        memory.put_lane(lane._replace(taught=upto))
    if now % LONG == 0:
        _daily(memory, now - 1)


def _teach(memory: Memory, lane: Lane, bucket: int) -> Lane:
    """Learn from one bucket, and let it go."""
    rules = memory.rules
    learning = memory.learning() is not None
    volumes = memory.ledger.volume.get(bucket, {})
    total = sum(volumes.values())
    if total:
        for code in memory.ledger.codes:
            own = volumes.get(code, 0)
            exposure = memory.ledger.exposure(code, bucket)
            region = memory.ledger.region(code, bucket)
            memory.ledger.put_region(code, taught(region, bucket, exposure, own, total - own, rules))
    memory.ledger.put_usual(memory.ledger.usual.taught(bucket, total))
    for name in sorted(memory.active.get(bucket, ())):
        series = memory.series[name]
        count = memory.windows[name].counts[bucket]
        if learning:
            most = float("inf")
        else:
            region = memory.ledger.region(series.key.subregion, bucket)
            mean = usual(memory, series.key, bucket).rate * region.fast
            most = rates.most(mean, lane.long.dispersion(rules), rules)
        memory.put_series(series._replace(rate=series.rate.taught(bucket, count, most, rules)))
    memory.drop_bucket(bucket)
    if lane.first is None and total:
        lane = lane._replace(first=bucket)
    lane = lane._replace(taught=bucket)
    memory.put_lane(lane)
    return lane


def _daily(memory: Memory, last: int) -> None:
    """At midnight: dispersion from the day up to bucket `last`; season and usual volume age; idle series go."""
    rules = memory.rules
    age = halved(LONG, rules.half_life_days)
    _disperse(memory, last, age)
    for code in memory.ledger.codes:
        if code in memory.ledger.regions:
            memory.ledger.put_region(code, memory.ledger.regions[code].aged(age))
    memory.ledger.put_usual(memory.ledger.usual.aged(age))
    for name in sorted(memory.series):
        series = memory.series[name]
        if series.live is not None or memory.window(name).counts:
            continue
        if max(series.rate.level(last, rules), series.rate.quick(last, rules)) < rules.negligible:
            memory.drop_series(name)


def _disperse(memory: Memory, last: int, age: float) -> None:
    lane = memory.lane
    assert lane is not None
    rules = memory.rules
    short, long = lane.short.aged(age), lane.long.aged(age)
    starts = range(last - LONG + 1, last + 1, SHORT)
    exposures = {
        code: [sum(memory.ledger.exposure(code, start + step) for step in range(SHORT)) for start in starts]
        for code in memory.ledger.codes
    }
    alerting = [series.key for series in memory.series.values() if _alerting(series, last)]
    for name in sorted(memory.series):
        series = memory.series[name]
        if any(key == series.key or key.within(series.key) for key in alerting):
            continue
        learnt = usual(memory, series.key, last)
        each = exposures[series.key.subregion]
        mean = learnt.rate * sum(each)
        if mean < rules.dispersion_least_mean:
            continue
        window = memory.window(name)
        counts = [window.count(start, start + SHORT - 1) for start in starts]
        long = long.taught(sum(counts), mean, learnt.shape, rules)
        for count, exposure in zip(counts, each, strict=True):
            if learnt.rate * exposure >= rules.dispersion_least_mean:
                short = short.taught(count, learnt.rate * exposure, learnt.shape, rules)
    memory.put_lane(lane._replace(short=short, long=long))


def _alerting(series: Series, last: int) -> bool:
    return series.live is not None or (series.ended is not None and last - series.ended < LONG)
