"""How an alert ends: resolved at a bucket's close, or retracted because what it rests on was withdrawn."""

from typing import Literal

from agents.detect.buckets import bucket_of
from agents.detect.evidence import SeriesKey
from agents.detect.grounds import founded, opened_on
from agents.detect.judge import judge, sustained
from agents.detect.lifecycle import Judged, Live
from agents.detect.memory import Memory, voices
from agents.detect.revision import revision, told
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
    if live.sustained:
        exposure = memory.ledger.region(key.subregion, last).discounted(last, memory.rules)
        rate = rate.lifted(last, sustained(memory, key, last).rate * exposure, memory.rules)
    items = memory.evidence(key.name, judged.first, judged.last)
    ended = live._replace(revision=live.revision + 1, status=status)
    memory.put_series(series._replace(rate=rate, live=None, ended=last))
    return revision(memory, key, ended, judged, items, at, reason)


def withdraw(memory: Memory, what: str, at: int) -> list[Alert]:
    """Take a headline out of all its series by id or URL; an alert that is left without grounds is retracted.

    What left the last 24 h, or is known by number alone, cannot be taken out; counts of closed buckets stand.
    """
    alerts = []
    for item in memory.withdrawn(what):
        keys = memory.keys[item.id]
        lives = {key: live for key in keys if (live := memory.series[key.name].live) and item.bucket >= live.since}
        # Asked before a narrower alert is retracted.
        grounds = {key for key, live in lives.items() if opened_on(memory, live, key, item, keys)}
        memory.remove_item(item)
        for key, live in lives.items():
            left = live.tallied(item.family, -1)
            left = left._replace(withdrawn=left.withdrawn + (key in grounds))
            memory.put_series(memory.series[key.name]._replace(live=left))
            if not founded(memory, key, left, bucket_of(at)):
                alerts.append(_retract(memory, key, left, at))
    return alerts


def _retract(memory: Memory, key: SeriesKey, live: Live, at: int) -> Alert:
    last = bucket_of(at)
    judged = min(judge(memory, key, last), key=lambda one: one.p)
    what = told(judged, voices(memory.evidence(key.name, judged.first, last), key))
    reason = f"Evidence was withdrawn: {what}; no alert would have opened on what is left."
    return end(memory, key, live, "retracted", judged, at, reason)
