"""Whether an open alert still has grounds when evidence of it was withdrawn.

    since      opened              now
      |---- the horizon ---|          |      what it opened on: judged as it was then, less what was withdrawn of it
                  |--- 2 h, 24 h ---|        or a bucket since: judged as far as the last 24 h tell

It has as long as an alert could have opened on what is left. On the horizon that it opened on: by the expectation and
dispersion of then, with the headlines of then that were not withdrawn, told by enough of its publishers. Or, where that
is no longer so, at any bucket since: with the headlines left there, by the usual rate. Time alone takes nothing away:
headlines that have left the 24 h, and with them all on which an alert opened days ago, cannot be withdrawn, and it
resolves or goes on like any other. Severity never falls.
"""

from agents.detect import lifecycle
from agents.detect.buckets import LONG, SHORT, bucket_of
from agents.detect.evidence import Evidence, SeriesKey
from agents.detect.judge import usual
from agents.detect.lifecycle import Live
from agents.detect.memory import Memory, voices
from agents.detect.tail import chance, predictive


def opened_on(memory: Memory, live: Live, key: SeriesKey, item: Evidence, keys: tuple[SeriesKey, ...]) -> bool:
    """Whether a headline of these series is one of those on which the alert of `key` opened."""
    if item.arrival > live.opened or not live.since <= item.bucket <= bucket_of(live.opened):
        return False
    for one in keys:
        narrow = memory.series[one.name].live
        if narrow is not None and narrow.opened <= live.opened and one.within(key):
            return False  # the narrower alert told it
    return True


def founded(memory: Memory, key: SeriesKey, live: Live, last: int) -> bool:
    """Whether an alert could have opened on what is left, in bucket `last` or before it."""
    rules = memory.rules
    if live.grounds is None:
        return live.headlines >= rules.min_unique and lifecycle.enough(live.voices, rules)
    observed, expected, dispersion = live.grounds
    left = observed - live.withdrawn
    if not live.withdrawn or (
        left >= rules.min_unique
        and chance(left, expected, dispersion) < rules.alpha
        and lifecycle.enough(live.voices, rules)
    ):
        return True
    first = max(bucket_of(live.opened), last - LONG + 1)
    return any(_surprising(memory, key, bucket) for bucket in range(last, first - 1, -1))


def _surprising(memory: Memory, key: SeriesKey, last: int) -> bool:
    """Whether an alert could have opened at the end of bucket `last`."""
    rules = memory.rules
    rate, shape = usual(memory, key, last)
    exposures, dispersions = memory.ledger.exposures(key.subregion, last), memory.dispersions(key)
    untold = memory.untold(key, last - LONG + 1, last)
    for length, exposure, dispersion in zip((SHORT, LONG), exposures, dispersions, strict=True):
        first = last - length + 1
        if untold is None:
            count = memory.window(key.name).count(first, last)
        else:
            count = len([item for item in untold if item.bucket >= first])
        if count < rules.min_unique or chance(count, rate * exposure, predictive(dispersion, shape)) >= rules.alpha:
            continue
        items = memory.evidence(key.name, first, last) if untold is None else untold
        if lifecycle.enough(voices([item for item in items if item.bucket >= first], key), rules):
            return True
    return False
