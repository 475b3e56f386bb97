"""The entries of the state topic: what a lane remembers, as JSON.

Where an older version wrote a series' alerts and counts into the entry `series/`, they are read there, and written into
their own with the next.

The promise under a crash: a memory restored from its entries goes on exactly as the one that wrote them. Floats
return bit by bit (orjson writes the shortest form that reads back the same); wherever order matters it is stored or
sorted by something stored.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from agents.detect.evidence import Item, SeriesKey, hashed
from agents.detect.exposure import Subregion, Usual
from agents.detect.lifecycle import Live
from agents.detect.memory import Lane, Memory
from agents.detect.rate import Rate
from agents.detect.series import NO_ALERT, Series
from agents.detect.tail import Both, Moments


def written(memory: Memory, keys: Iterable[bytes]) -> dict[bytes, bytes | None]:
    """What has to be written under these keys, in their order; `None` where nothing is left."""
    found = {key: _value(memory, key) for key in sorted(keys)}
    return {key: None if value is None else orjson.dumps(value) for key, value in found.items()}


def restore(memory: Memory, entries: Mapping[bytes, bytes]) -> None:
    """Take up what was written, into an empty memory."""
    items = []
    ledger = memory.ledger
    known: dict[str, Series] = {}
    alerts: dict[str, Any] = {}
    beyond: dict[str, Any] = {}
    older: set[bytes] = set()
    for key, value in sorted(entries.items()):
        kind, _, name = key.decode().partition("/")
        data = orjson.loads(value)
        if kind == "series":
            key_, rate, *rest = data
            known[name] = Series(SeriesKey(*key_), Rate(*rate))
            if rest:
                live, ended, onsets, beyond[name] = rest
                alerts[name] = _hashed(live), ended, onsets
                older |= {key, b"alert/" + name.encode(), b"beyond/" + name.encode()}
        elif kind == "alert":
            alerts[name] = data
        elif kind == "beyond":
            beyond[name] = data
        elif kind == "headline":
            items.append(Item(*_frozen(data)))
        elif kind == "subregion":
            ledger.regions[name] = Subregion(*data)
        elif kind == "volume":
            volumes, late = data
            ledger.put_volume(int(name), dict(volumes), dict(late))
        elif kind == "usual":
            ledger.usual = Usual(*data)
        elif kind == "lane":
            # Of an older version there is nothing behind the second.
            (closed, taught, first, days, day, counted, *both), ledger.pending, *starts = data
            narrow, wide = [Both(Moments(*short), Moments(*long)) for short, long in both]
            memory.lane = Lane(closed, taught, first, days, day, tuple(*starts), counted, narrow, wide)
    for name, series in known.items():
        live, ended, onsets = alerts.get(name, NO_ALERT)
        held = None if live is None else Live(*_frozen(live))
        rest = _frozen(onsets), _frozen(beyond.get(name, ()))
        memory.put_series(Series(series.key, series.rate, held, ended, *rest))
    for item in sorted(items, key=lambda item: item.order):
        memory.index(item)
    for name, series in memory.series.items():
        for bucket, count in series.beyond:
            memory.tally(name, bucket, count)
    memory.changed.clear()
    memory.changed |= older


def _value(memory: Memory, key: bytes) -> Any:
    kind, _, name = key.decode().partition("/")
    match kind:
        case "series":
            series = memory.series.get(name)
            return None if series is None else (tuple(series.key), tuple(series.rate))
        case "alert":
            series = memory.series.get(name)
            if series is None or series.alert == NO_ALERT:
                return None
            live = series.live
            return None if live is None else tuple(live), series.ended, series.onsets
        case "beyond":
            series = memory.series.get(name)
            return None if series is None else series.beyond or None
        case "headline":
            item = memory.items.get(name)
            return None if item is None else tuple(item)
        case "subregion":
            region = memory.ledger.regions.get(name)
            return None if region is None else region.plain
        case "volume":
            volumes, late = memory.ledger.volume.get(int(name)), memory.ledger.late.get(int(name), {})
            return None if volumes is None else (sorted(volumes.items()), sorted(late.items()))
        case "usual":
            return memory.ledger.usual.plain
        case _:
            lane = memory.lane
            assert lane is not None
            moments = [[tuple(one) for one in both] for both in (lane.narrow, lane.wide)]
            return (
                (lane.closed, lane.taught, lane.first, lane.days, lane.day, lane.counted, *moments),
                memory.ledger.pending,
                lane.day_starts,
            )


def _hashed(live: list[Any] | None) -> list[Any] | None:
    """An open alert as an older version wrote it: it named publishers."""
    if live is None:
        return None
    families = [(hashed(family), number) for family, number in live[8]]
    return [*live[:8], families, *live[9:]]


def _frozen(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
