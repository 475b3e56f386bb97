"""What a counted headline does to one of its series: it may open an alert, or escalate an open one, once or twice.

A wider series opens and escalates only on headlines that are no evidence of an open narrower alert: one crisis is
told once, where it is told best.
"""

from agents.detect import lifecycle
from agents.detect.buckets import LATE, LONG, SHORT, start_of
from agents.detect.evidence import Evidence, SeriesKey
from agents.detect.judge import judge, surprising
from agents.detect.lifecycle import Judged, Live
from agents.detect.memory import Memory, voices
from agents.detect.revision import revision, told
from schemas.alert import Alert


def judge_item(memory: Memory, item: Evidence, keys: tuple[SeriesKey, ...]) -> list[Alert]:
    """Judge all series in which a headline counts, narrow before wide."""
    least, learning = memory.rules.min_unique, memory.learning() is not None
    alerts = []
    for key in keys:
        name = key.name
        # What is cheap to know comes first: nearly all rows end here.
        if memory.series[name].live is None and (
            learning or memory.windows[name].total < least or not surprising(memory, key, item.seen)
        ):
            continue
        alert = judge_row(memory, key, item, keys)
        if alert is not None:
            alerts.append(alert)
    return alerts


def judge_row(memory: Memory, key: SeriesKey, item: Evidence, keys: tuple[SeriesKey, ...]) -> Alert | None:
    """Judge `key` at a headline that counts in `keys`."""
    series = memory.series[key.name]
    if series.live is None:
        return _open(memory, key, item, keys)
    live = series.live.tallied(item.family, 1)
    memory.put_series(series._replace(live=live))
    return _escalate(memory, key, live, item, keys)


def _open(memory: Memory, key: SeriesKey, item: Evidence, keys: tuple[SeriesKey, ...]) -> Alert | None:
    rules = memory.rules
    if memory.windows[key.name].total < rules.min_unique or memory.learning() or memory.told(key, keys):
        return None
    last = item.seen
    if not surprising(memory, key, last):
        return None
    for judged, items in horizons(memory, key, last):
        said = voices(items, key)
        if judged.p < rules.alpha and judged.observed >= rules.min_unique and lifecycle.enough(said, rules):
            break
    else:
        return None
    series = memory.series[key.name]
    repeat = dict(series.onsets).get(item.bucket, 0) + 1
    recent = [pair for pair in series.onsets if last - LONG - LATE < pair[0] != item.bucket]
    live = Live(
        id=f"{key.name}@{start_of(item.bucket)}" + (f"#{repeat}" if repeat > 1 else ""),
        revision=1,
        status="opened",
        severity=lifecycle.severity(judged.p, said.number, rules),
        opened=item.arrival,
        onset=item.bucket,
        since=judged.first,
        headlines=0,
        families=(),
        grounds=(judged.observed, judged.expected, judged.dispersion),
    )
    for one in reversed(memory.evidence(key.name, judged.first, last)):
        live = live.tallied(one.family, 1)
    # Of a series that holds more than is kept, the rest is known by number.
    live = live._replace(headlines=memory.windows[key.name].count(judged.first, last))
    memory.put_series(series._replace(live=live, onsets=(*recent, (item.bucket, repeat))))
    reason = told(judged, said)
    if said.waived:
        reason += "; no headline names its publisher, so that independence could not be asked for"
    return revision(memory, key, live, judged, items, item.arrival, reason + ".")


def _escalate(memory: Memory, key: SeriesKey, live: Live, item: Evidence, keys: tuple[SeriesKey, ...]) -> Alert | None:
    rules = memory.rules
    under = lifecycle.rises_under(live, rules)
    if not under or memory.told(key, keys):
        return None
    last = item.seen
    if min([one.p for one in judge(memory, key, last)]) >= under:
        return None
    judged, items = horizons(memory, key, last)[0]
    said = voices(items, key)
    if not lifecycle.escalates(live, judged.p, said.number, rules):
        return None
    severity = lifecycle.severity(judged.p, said.number, rules)
    live = live._replace(revision=live.revision + 1, status="escalated", severity=severity)
    memory.put_series(memory.series[key.name]._replace(live=live))
    reason = f"{told(judged, said)}: {severity} now."
    return revision(memory, key, live, judged, items, item.arrival, reason)


def horizons(memory: Memory, key: SeriesKey, last: int) -> list[tuple[Judged, list[Evidence]]]:
    """Both horizons with their evidence, without what an open narrower alert tells; the more surprising first."""
    first = last - LONG + 1
    items = memory.untold(key, first, last)
    only = None
    if items is not None:
        short = [one.number for one in items if one.bucket > last - SHORT]
        only = sum(short), sum([one.number for one in items])
    if items is None:
        items = memory.evidence(key.name, first, last)
    both = sorted(judge(memory, key, last, only), key=lambda one: one.p)
    return [(judged, [one for one in items if one.bucket >= judged.first]) for judged in both]
