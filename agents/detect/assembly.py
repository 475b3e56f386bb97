"""Headlines put together again from the counts of one bucket.

A headline counts in a country's theme, in the country, in the subregion's theme and in the subregion, and an open
narrow alert takes its headlines from the wider series. Where counts name their headlines, the same are found again.
Where they do not, all that a series has in a bucket is one item; of a wider series as many are taken to be told by
narrow alerts as those have in the bucket.
"""

from collections.abc import Container, Iterable
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


def assemble(counts: Iterable[Count], bucket: Bucket) -> list[Counted]:
    """The headlines of a bucket, in the order in which they are judged."""
    named: dict[tuple[int, str], dict[SeriesKey, Tellers]] = {}
    rest: list[Counted] = []
    end = bucket.end
    for count in sorted(counts, key=_rank):
        key = count.key
        known = count.headlines[: count.unique]
        for id_, after, index in known:
            named.setdefault((bucket.start + after, id_), {})[key] = _told(count.publishers, index)
        if number := count.unique - len(known):
            tellers = _tellers(count.publishers)
            id_ = f"{key.name}@{bucket.number}"
            rest.append(Counted(id_, end, bucket.number, bucket.last, {key: tellers}, tellers[0], number, False))
    items = [
        Counted(f"{id_}@{bucket.number}", arrival, bucket.number, max(arrival // QUARTER, bucket.last), by, _first(by))
        for (arrival, id_), by in sorted(named.items())
    ]
    return items + rest


def untold(counts: Iterable[Count], told: Container[SeriesKey]) -> dict[SeriesKey, int]:
    """What wide series would have that are not `told` anywhere, if no headline had two themes or countries."""
    ways: dict[SeriesKey, dict[tuple[bool, bool], int]] = {}
    for count in counts:
        place, subregion, theme, escalatory = key = count.key
        wide = [SeriesKey(subregion, subregion, theme, escalatory)]
        if escalatory:
            wide += [SeriesKey(place, subregion, ANY, True), SeriesKey(subregion, subregion, ANY, True)]
        kind = place == subregion, theme == ANY
        for wider in dict.fromkeys(wide):
            if wider != key and wider not in told:
                by_kind = ways.setdefault(wider, {})
                by_kind[kind] = by_kind.get(kind, 0) + count.unique
    return {key: max(by_kind.values()) for key, by_kind in ways.items()}


def _rank(count: Count) -> tuple[bool, bool, str, str]:
    """Narrow before wide, each rank in order of name: as a headline's series are judged."""
    key = count.key
    return key.place == key.subregion, key.theme == ANY, key.place, key.theme


def _first(by: dict[SeriesKey, Tellers]) -> str | None:
    return next(iter(by.values()))[0]


def _told(publishers: tuple[str, ...] | int, index: int) -> Tellers:
    if isinstance(publishers, int) or not 0 <= index < len(publishers):
        return _UNNAMED
    return (publishers[index] or None,)


def _tellers(publishers: tuple[str, ...] | int) -> Tellers:
    if isinstance(publishers, int):
        return tuple([f"{NUMBERED}{number}" for number in range(publishers)]) or _UNNAMED
    return tuple([name or None for name in publishers]) or _UNNAMED
