"""How an alert ends: resolved at a bucket's close, or retracted because what it rests on was withdrawn."""

from typing import Literal

from agents.detect.buckets import bucket_of
from agents.detect.evidence import SeriesKey
from agents.detect.judge import judge, sustained
from agents.detect.lifecycle import Judged, Live
from agents.detect.memory import Memory
from agents.detect.revision import revision
from schemas.alert import Alert


def end(
    memory: Memory,
    key: SeriesKey,
    live: Live,
    status: Literal["resolved", "retracted"],
    judged: Judged,
    at: int,
    reason: str,
) -> Alert:
    """The last revision. The level learnt while it was sustained becomes the series' usual one."""
    series = memory.series[key.name]
    last = bucket_of(at)
    rate = series.rate
    if live.status == "sustained":
        exposure = memory.ledger.region(key.subregion, last).discounted(last, memory.rules)
        rate = rate.lifted(last, sustained(memory, key, last).rate * exposure, memory.rules)
    items = memory.evidence(key.name, judged.first, judged.last)
    ended = live._replace(revision=live.revision + 1, status=status)
    memory.put_series(series._replace(rate=rate, live=None, ended=last))
    return revision(memory, key, ended, judged, items, at, reason)


def withdraw(memory: Memory, what: str, at: int) -> list[Alert]:
    """Take a headline out of all its series by id or URL; an open alert that is left under its gates is retracted.

    What left the last 24 h, or is known by number alone, cannot be taken out; counts of closed buckets stand.
    """
    alerts = []
    for item in memory.withdrawn(what):
        keys = memory.keys[item.id]
        memory.remove_item(item)
        for key in keys:
            series = memory.series[key.name]
            if series.live is None or item.bucket < series.live.since:
                continue
            live = series.live.tallied(item.family, -1)
            memory.put_series(series._replace(live=live))
            if not live.founded(memory.rules):
                alerts.append(_retract(memory, key, live, at))
    return alerts


def _retract(memory: Memory, key: SeriesKey, live: Live, at: int) -> Alert:
    rules = memory.rules
    judged = min(judge(memory, key, bucket_of(at)), key=lambda one: one.p)
    reason = (
        f"Evidence was withdrawn: {live.headlines} unique headlines from {len(live.families)} publishers are left, "
        f"and an alert needs {rules.min_unique} from {rules.min_publishers}."
    )
    return end(memory, key, live, "retracted", judged, at, reason)
