"""Headlines put together again from the counts of one bucket.

A headline counts in a country's theme, in the country, in the subregion's theme and in the subregion, and an open
narrow alert takes its headlines from the wider series. Where counts name their headlines, the same are found again.
Where they do not, a wider series holds the headlines of its narrower ones and, if it counts more, some of its own; if
it counts fewer, headlines of different narrower series are the same ones. So as much of a wide series is told by no
narrow one as its numbers say.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agents.detect.evidence import ANY, NUMBERED, Counted, SeriesKey
from schemas.base import QUARTER

Tellers = tuple[str | None, ...]
_UNNAMED: Tellers = (None,)


class Count(NamedTuple):
    """What one series had in one bucket."""

    key: SeriesKey
    unique: int
    publishers: tuple[str, ...] | int
    headlines: tuple[tuple[str, int, int], ...] = ()


class Bucket(NamedTuple):
    """A bucket of counts: a quarter of an hour, or the hour that begins with it."""

    number: int
    last: int
    """Its last quarter."""

    @property
    def start(self) -> int:
        """ms"""
        return self.number * QUARTER

    @property
    def end(self) -> int:
        """ms"""
        return (self.last + 1) * QUARTER


class _Draft:
    __slots__ = ("by", "id")

    def __init__(self, id_: str) -> None:
        self.id = id_
        self.by: dict[SeriesKey, Tellers] = {}


def rank(key: SeriesKey) -> tuple[bool, bool, str, str]:
    """Narrow before wide, each rank in order of name: as a headline's series are judged."""
    return key.place == key.subregion, key.theme == ANY, key.place, key.theme


def assemble(counts: Iterable[Count], bucket: Bucket) -> list[Counted]:
    """The headlines of a bucket, in the order in which they are judged."""
    named: dict[tuple[int, str], dict[SeriesKey, Tellers]] = {}
    free: dict[SeriesKey, list[_Draft]] = {}
    for count in sorted(counts, key=lambda one: rank(one.key)):
        known = count.headlines[: count.unique]
        for id_, after, index in known:
            named.setdefault((bucket.start + after, id_), {})[count.key] = _told(count.publishers, index)
        if count.unique > len(known):
            _share(free, count, count.unique - len(known))
    items = [
        Counted(f"{id_}@{bucket.number}", arrival, bucket.number, max(arrival // QUARTER, bucket.last), by, _first(by))
        for (arrival, id_), by in sorted(named.items())
    ]
    drafts = dict.fromkeys(draft for drafts in free.values() for draft in drafts)
    items += [
        Counted(f"{draft.id}@{bucket.number}", bucket.end, bucket.number, bucket.last, draft.by, _first(draft.by))
        for draft in drafts
    ]
    return items


def _share(free: dict[SeriesKey, list[_Draft]], count: Count, unique: int) -> None:
    """Find the headlines of a series among those of narrower ones, or make them up."""
    key = count.key
    narrower = sorted((drafts for other, drafts in free.items() if other.within(key)), key=len, reverse=True)
    found = list(dict.fromkeys(draft for drafts in narrower for draft in drafts))
    if len(found) > unique:
        found = _merged(free, found, unique)[:unique]
    found += [_Draft(f"{key.name}/{number}") for number in range(unique - len(found))]
    for draft, tellers in zip(found, _dealt(count.publishers, unique), strict=True):
        draft.by[key] = tellers
    free[key] = found


def _merged(free: dict[SeriesKey, list[_Draft]], found: list[_Draft], most: int) -> list[_Draft]:
    """Two headlines that share no series may be one; those of the smallest series go first."""
    kept = list(found)
    for draft in reversed(found):
        if len(kept) <= most:
            break
        other = next((one for one in kept if one is not draft and one.by.keys().isdisjoint(draft.by)), None)
        if other is None:
            continue
        kept.remove(draft)
        other.by.update(draft.by)
        for key in draft.by:
            free[key] = [other if one is draft else one for one in free[key]]
    return kept


def _first(by: dict[SeriesKey, Tellers]) -> str | None:
    return next(iter(by.values()))[0]


def _told(publishers: tuple[str, ...] | int, index: int) -> Tellers:
    if isinstance(publishers, int) or not 0 <= index < len(publishers):
        return _UNNAMED
    return (publishers[index] or None,)


def _dealt(publishers: tuple[str, ...] | int, among: int) -> Iterator[Tellers]:
    """Who told each of so many headlines: all publishers are named, the last headline has what is left."""
    if isinstance(publishers, int):
        names: Tellers = tuple([f"{NUMBERED}{number}" for number in range(publishers)])
    else:
        names = tuple([name or None for name in publishers])
    names = names or _UNNAMED
    for number in range(among - 1):
        yield (names[number % len(names)],)
    yield names[among - 1 :] or (names[(among - 1) % len(names)],)
