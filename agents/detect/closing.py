"""What a quarter of an hour brings: buckets close and are counted, open alerts resolve or are sustained.

Alerts are judged as of the bucket that just ended; one that has been usual again at every close for some hours
resolves. Volume must be alive in the 2 h up to it and in those up to the bucket that closed: a feed that stops is not
calm, so in silence nothing resolves and nothing is told.
"""

from agents.detect import lifecycle
from agents.detect.buckets import LATE, bucket_of, start_of
from agents.detect.ending import end
from agents.detect.evidence import Evidence, SeriesKey, hashed
from agents.detect.judge import calm, judge
from agents.detect.lifecycle import Live
from agents.detect.memory import Memory, voices
from agents.detect.revision import revision, told
from agents.detect.series import Series
from schemas.alert import Alert
from schemas.base import HOUR, QUARTER
from schemas.count import SeriesCount, VolumeCount

_ID = 12
"""Digits of a headline's id in counts: enough to tell those of a day apart."""


def close(memory: Memory, upto: int, number: int) -> list[SeriesCount | VolumeCount]:
    """Close all buckets up to `upto`; the counts of those that hold something, told by lane `number`."""
    lane = memory.lane
    if lane is None or upto <= lane.closed:
        return []
    counts: list[SeriesCount | VolumeCount] = []
    starts = [bucket for bucket in lane.day_starts if bucket <= upto]
    for bucket in sorted({*memory.held(lane.closed + 1, upto), *starts}):
        counts += _counted(memory, bucket, number, bucket in starts)
    if starts:
        lane.day_starts = lane.day_starts[len(starts) :]
    lane.closed = upto
    memory.lane_changed()
    return counts


def _counted(memory: Memory, bucket: int, number: int, day_starts: bool) -> list[SeriesCount | VolumeCount]:
    start, opens = start_of(bucket), bucket * QUARTER
    told: dict[str, list[Evidence]] = {}
    for id_ in memory.arrived.get(bucket, ()):
        item = memory.items[id_]
        for key in memory.keys[id_]:
            told.setdefault(key.name, []).append(item)
    hashes = {family: hashed(family) for items in told.values() for family in {item.family for item in items}}
    counts: list[SeriesCount | VolumeCount] = []
    for name in sorted(memory.active.get(bucket, ())):
        key, items = memory.series[name].key, told.get(name, [])
        publishers = sorted({hashes[item.family] for item in items})
        place = {publisher: number for number, publisher in enumerate(publishers)}
        counts.append(
            SeriesCount(
                bucket=start,
                place=key.place,
                theme=key.theme,
                unique=memory.windows[name].counts[bucket],
                publishers=tuple(publishers),
                headlines=tuple([(item.id[:_ID], item.arrival - opens, place[hashes[item.family]]) for item in items]),
            )
        )
    volume, late = memory.ledger.volume.get(bucket, {}), memory.ledger.late.get(bucket, {})
    if volume or day_starts:
        after = {code: tuple(counts_) for code, counts_ in sorted(late.items())}
        told_ = dict(sorted(volume.items()))
        counts.append(VolumeCount(bucket=start, volume=told_, late=after, lane=number, first_of_day=day_starts))
    return counts


def reconsider(memory: Memory, at: int) -> list[Alert]:
    """Judge all open alerts at a bucket's close."""
    if not memory.open:
        return []
    last = bucket_of(at) - 1
    if not (memory.ledger.alive(last) and memory.ledger.alive(last - LATE)):
        for name in memory.open:
            _calm(memory, memory.series[name], None)
        return []
    found = [_reconsider(memory, memory.open[name], last, at) for name in sorted(memory.open)]
    return [alert for alert in found if alert is not None]


def _reconsider(memory: Memory, key: SeriesKey, last: int, at: int) -> Alert | None:
    series = memory.series[key.name]
    live = series.live
    assert live is not None
    usual = calm(memory, key, last)
    live = _calm(memory, series, (last if live.calm is None else live.calm) if usual else None)
    series = memory.series[key.name]
    verdict = lifecycle.at_close(live, last, at, memory.rules)
    if verdict is None:
        return None
    judged = min(judge(memory, key, last), key=lambda one: one.p)
    items = memory.evidence(key.name, judged.first, last)
    what = told(judged, voices(items, key))
    if verdict == "resolved":
        return end(memory, key, live, "resolved", judged, at, f"Usual again: {what}.")
    live = live._replace(revision=live.revision + 1, status="sustained", sustained=True)
    memory.put_series(series._replace(live=live))
    reason = f"Open for {(at - live.opened) // HOUR} h: {what}; this level is learnt within days from now on."
    return revision(memory, key, live, judged, items, at, reason)


def _calm(memory: Memory, series: Series, since: int | None) -> Live:
    """Note since when an open alert's series has been usual again."""
    live = series.live
    assert live is not None
    if live.calm != since:
        live = live._replace(calm=since)
        memory.put_series(series._replace(live=live))
    return live
