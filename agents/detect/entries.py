"""The entries of the state topic: what a lane remembers, as JSON.

The promise under a crash: a memory restored from its entries goes on exactly as the one that wrote them. Floats
return bit by bit (orjson writes the shortest form that reads back the same); wherever order matters it is stored or
sorted by something stored.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from agents.detect.evidence import Item, SeriesKey
from agents.detect.exposure import Subregion, Usual
from agents.detect.lifecycle import Live
from agents.detect.memory import Lane, Memory, Series
from agents.detect.rate import Rate
from agents.detect.tail import Moments


def written(memory: Memory, keys: Iterable[bytes]) -> dict[bytes, bytes | None]:
    """What has to be written under these keys, in their order; `None` where nothing is left."""
    found = {key: _value(memory, key) for key in sorted(keys)}
    return {key: None if value is None else orjson.dumps(_plain(value)) for key, value in found.items()}


def restore(memory: Memory, entries: Mapping[bytes, bytes]) -> None:
    """Take up what was written, into an empty memory."""
    items = []
    ledger = memory.ledger
    for key, value in sorted(entries.items()):
        kind, _, name = key.decode().partition("/")
        data = orjson.loads(value)
        if kind == "series":
            memory.put_series(_series(data))
        elif kind == "headline":
            items.append(Item(*_frozen(data)))
        elif kind == "subregion":
            ledger.regions[name] = Subregion(*_frozen(data))
        elif kind == "volume":
            ledger.volume[int(name)] = dict(data)
        elif kind == "usual":
            ledger.usual = Usual(*_frozen(data))
        elif kind == "lane":
            lane, ledger.pending = data
            memory.lane = Lane(*lane)._replace(short=Moments(*lane[-2]), long=Moments(*lane[-1]))
    for item in sorted(items, key=lambda item: item.order):
        memory.index(item)
    for name, series in memory.series.items():
        for bucket, count in series.beyond:
            memory.tally(name, bucket, count)
    memory.changed.clear()


def _value(memory: Memory, key: bytes) -> Any:
    kind, _, name = key.decode().partition("/")
    match kind:
        case "series":
            return memory.series.get(name)
        case "headline":
            return memory.items.get(name)
        case "subregion":
            return memory.ledger.regions.get(name)
        case "volume":
            volumes = memory.ledger.volume.get(int(name))
            return None if volumes is None else sorted(volumes.items())
        case "usual":
            return memory.ledger.usual
        case _:
            return memory.lane, memory.ledger.pending


def _series(data: list[Any]) -> Series:
    key, rate, live, ended, onsets, beyond = data
    return Series(
        SeriesKey(*key),
        Rate(*rate),
        None if live is None else Live(*_frozen(live)),
        ended,
        _frozen(onsets),
        _frozen(beyond),
    )


def _plain(value: Any) -> Any:
    """Named tuples as lists, all the way down."""
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _frozen(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
