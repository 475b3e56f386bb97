"""What one lane remembers: values in a few dictionaries, each value one entry of the state topic.

    series/NAME      what was learnt of a series: its baseline
    alert/NAME       its open alert, when its last one ended, which ids those of the last day have
    beyond/NAME      how many headlines of its last 24 h are kept as a count alone
    headline/ID      a counted headline of the last 24 h; the windows of all series are rebuilt from these
    subregion/CODE   discounted exposure and season
    volume/BUCKET    accepted volume of a bucket that is still in the 24 h horizon
    usual            the lane's usual volume
    lane             how far the lane has come

A counted row thus writes one small entry, and one more for each open alert, however many headlines its series hold. All
are under 2 KB but for what a headline itself brings along. `agents.detect.entries` writes and reads them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from agents.detect.buckets import LONG, SHORT
from agents.detect.evidence import NUMBERED, Evidence, SeriesKey
from agents.detect.ledger import Ledger
from agents.detect.lifecycle import Voices
from agents.detect.rate import Rate
from agents.detect.rules import DetectRules
from agents.detect.series import EMPTY, NO_ALERT, Series, Window
from agents.detect.tail import Both
from agents.detect.usuals import Usuals


@dataclass(slots=True)
class Lane:
    """How far the lane has come. It moves on at every quarter, and so changes in place."""

    closed: int
    """The last bucket that closed."""
    taught: int
    """The last bucket that was learnt from."""
    first: int | None = None
    """The first bucket that was learnt from."""
    days: int = 0
    """Distinct days on which headlines were seen, the current one included."""
    day: int = -1
    day_starts: tuple[int, ...] = ()
    """Buckets in which the first headline of a day was seen, and that have not closed yet."""
    counted: int = 0
    """Headlines counted so far: the order of evidence."""
    narrow: Both = field(default_factory=Both)
    """Of countries' themes, what was learnt of dispersion."""
    wide: Both = field(default_factory=Both)
    """Of their sums: what scatters by itself scatters less together, and what moves together more."""


class Memory:
    """The working state of one lane. `changed` collects the keys of entries that have to be written."""

    def __init__(self, subregions: frozenset[str], rules: DetectRules, version: str) -> None:
        self.rules = rules
        self.version = version
        self.changed: set[bytes] = set()
        self.ledger = Ledger(subregions, rules, self.changed)
        self.lane: Lane | None = None
        self.series: dict[str, Series] = {}
        self.items: dict[str, Evidence] = {}
        # Rebuilt from the above.
        self.keys: dict[str, tuple[SeriesKey, ...]] = {}
        self.windows: dict[str, Window] = {}
        self.open: dict[str, SeriesKey] = {}
        self.active: dict[int, set[str]] = {}
        """Series with headlines, by bucket."""
        self.arrived: dict[int, dict[str, None]] = {}
        """Headlines, by bucket."""
        self.urls: dict[str, dict[str, None]] = {}
        self._usuals: Usuals | None = None
        self._dispersions: dict[bool, tuple[Both, tuple[float, float]]] = {}
        """Of wide series and of others, with what they follow from."""

    def lane_changed(self) -> None:
        self.changed.add(b"lane")

    def put_pending(self, pending: int) -> None:
        if pending != self.ledger.pending:
            self.ledger.pending = pending
            self.changed.add(b"lane")

    def put_series(self, series: Series) -> None:
        name = series.key.name
        before, code = self.series.get(name), name.encode()
        if before is None or before.rate is not series.rate:
            self._usuals = None
            self.changed.add(b"series/" + code)
        if series.alert != (NO_ALERT if before is None else before.alert):
            self.changed.add(b"alert/" + code)
        if series.beyond != (() if before is None else before.beyond):
            self.changed.add(b"beyond/" + code)
        self.series[name] = series
        if series.live is None:
            self.open.pop(name, None)
        else:
            self.open[name] = series.key

    def teach(self, taught: Iterable[Series]) -> None:
        """Take up other rates of series that are else as they were."""
        for series in taught:
            name = series.key.name
            self.series[name] = series
            self.changed.add(b"series/" + name.encode())
        self._usuals = None

    def drop_series(self, name: str) -> None:
        series, code = self.series.pop(name), name.encode()
        self._usuals = None
        self.windows.pop(name, None)
        self.changed.add(b"series/" + code)
        if series.alert != NO_ALERT:
            self.changed.add(b"alert/" + code)

    def usuals(self, bucket: int) -> Usuals:
        """The usual rates as of a bucket."""
        found = self._usuals
        if found is None or found.bucket != bucket:
            found = self._usuals = Usuals(bucket, self.ledger, self.series, self.rules)
        return found

    def learnt(self) -> None:
        """The ledger was taught: usual rates are others now."""
        self._usuals = None

    def held(self, first: int, last: int) -> list[int]:
        """The buckets among these that hold volume or headlines, in order."""
        volume, active = self.ledger.volume, self.active
        if first == last:
            return [first] if first in volume or first in active else []
        return sorted(bucket for bucket in {*volume, *active} if first <= bucket <= last)

    def window(self, name: str) -> Window:
        """To read only: an empty one for a series without headlines."""
        return self.windows.get(name, EMPTY)

    def learning(self) -> str | None:
        """How much of the learning time is over; `None` when alerts can open."""
        days = self.rules.learning_days
        seen = max(self.lane.days - 1, 0) if self.lane is not None else 0
        return f"{seen} of {days} days" if seen < days else None

    def add_item(self, item: Evidence, lane: Lane) -> tuple[SeriesKey, ...]:
        """Count a headline in all its series; beyond what a series may keep, its oldest is kept as a count alone."""
        item = item._replace(order=lane.counted)
        lane.counted += 1
        self.lane_changed()
        self.changed.add(b"headline/" + item.id.encode())
        keys = self.index(item)
        for key in keys:
            name = key.name
            if name not in self.series:
                self.put_series(Series(key, Rate(item.bucket)))
            ids = self.windows[name].ids
            if len(ids) > self.rules.evidence_kept:
                self._shed(name, self.items[next(iter(ids))])
        return keys

    def remove_item(self, item: Evidence) -> None:
        """Count a headline no longer: it was withdrawn."""
        for key in self.keys[item.id]:
            name = key.name
            window = self.windows[name]
            window.add(item.bucket, -1)
            if not window.counts[item.bucket]:
                window.drop(item.bucket)
                names = self.active[item.bucket]
                names.discard(name)
                if not names:
                    # A bucket that holds nothing is none that a restored lane would know.
                    del self.active[item.bucket]
            if name in item.dropped:
                self._beyond(name, item.bucket, -1)
        self._forget(item)

    def drop_bucket(self, bucket: int) -> None:
        """Let go of what left the 24 h horizon."""
        for id_ in self.arrived.pop(bucket, ()):
            self._forget(self.items[id_])
        for name in self.active.pop(bucket, ()):
            self.windows[name].drop(bucket)
            series = self.series[name]
            if series.beyond and any(other == bucket for other, _ in series.beyond):
                self.put_series(series._replace(beyond=tuple(pair for pair in series.beyond if pair[0] != bucket)))
        self.ledger.drop_volume(bucket)

    def index(self, item: Evidence) -> tuple[SeriesKey, ...]:
        """Take a headline into the windows of all its series."""
        keys = self.keys[item.id] = item.series()
        self.items[item.id] = item
        self.arrived.setdefault(item.bucket, {})[item.id] = None
        if item.url is not None:
            self.urls.setdefault(item.url, {})[item.id] = None
        for key in keys:
            name = key.name
            if name not in item.dropped:
                self.tally(name, item.bucket, item.number).ids[item.id] = None
        return keys

    def tally(self, name: str, bucket: int, count: int) -> Window:
        """Add to the counts of a series."""
        window = self.windows.get(name)
        if window is None:
            window = self.windows[name] = Window()
        window.add(bucket, count)
        self.active.setdefault(bucket, set()).add(name)
        return window

    def evidence(self, name: str, first: int, last: int) -> list[Evidence]:
        """Headlines of a series in a horizon, newest arrival first."""
        items = [self.items[id_] for id_ in reversed(self.window(name).ids)]
        return [item for item in items if first <= item.bucket <= last]

    def withdrawn(self, what: str) -> list[Evidence]:
        """The counted headlines with this id or URL, in released order."""
        return [self.items[id_] for id_ in ([what] if what in self.items else self.urls.get(what, ()))]

    def counts(self, name: str, last: int) -> tuple[int, int]:
        """Headlines of a series in both horizons up to bucket `last`, which is the current one or the one before."""
        window = self.window(name)
        assert self.lane is not None
        # What was learnt from is gone: nothing older than the horizon is left, but after a gap.
        gone = self.lane.taught >= last - LONG
        long = window.total if gone else window.count(last - LONG + 1, last)
        return (window.count(last - SHORT + 1, last) if long else 0), long

    def dispersions(self, key: SeriesKey) -> tuple[float, float]:
        """Of both horizons, as learnt over the lane's series of this kind."""
        lane = self.lane
        assert lane is not None
        both = lane.wide if key.wide else lane.narrow
        known, found = self._dispersions.get(key.wide, (None, (0.0, 0.0)))
        if known is not both:
            found = both.dispersions(self.rules)
            self._dispersions[key.wide] = both, found
        return found

    def untold(self, key: SeriesKey, first: int, last: int) -> list[Evidence] | None:
        """Its evidence without that of open narrower alerts; `None` where there is no such alert."""
        narrower = [name for name, one in self.open.items() if one.within(key)]
        if not narrower:
            return None
        told = set().union(*(self.window(name).ids for name in narrower))
        return [item for item in self.evidence(key.name, first, last) if item.id not in told]

    def told(self, key: SeriesKey, keys: Iterable[SeriesKey]) -> bool:
        """Whether a headline of these series is evidence of an open alert narrower than `key`."""
        return bool(self.open) and any(one.name in self.open and one.within(key) for one in keys)

    def _shed(self, name: str, item: Evidence) -> None:
        self._beyond(name, item.bucket, 1)
        del self.windows[name].ids[item.id]
        item = item._replace(dropped=(*item.dropped, name))
        if len(item.dropped) == len(self.keys[item.id]):
            self._forget(item)
        else:
            self.items[item.id] = item
            self.changed.add(b"headline/" + item.id.encode())

    def _beyond(self, name: str, bucket: int, by: int) -> None:
        series = self.series[name]
        held = series.beyond
        if by > 0 and held and held[-1][0] == bucket:
            # The oldest go one after the other: nearly always it is the last bucket again.
            beyond = (*held[:-1], (bucket, held[-1][1] + by))
        elif by > 0 and (not held or held[-1][0] < bucket):
            beyond = (*held, (bucket, by))
        else:
            changed = dict(held)
            changed[bucket] = changed.get(bucket, 0) + by
            beyond = tuple(sorted(pair for pair in changed.items() if pair[1]))
        self.put_series(series._replace(beyond=beyond))

    def _forget(self, item: Evidence) -> None:
        del self.items[item.id]
        self.changed.add(b"headline/" + item.id.encode())
        if item.bucket in self.arrived:
            self.arrived[item.bucket].pop(item.id, None)
        for key in self.keys.pop(item.id):
            self.windows[key.name].ids.pop(item.id, None)
        if item.url is not None:
            ids = self.urls[item.url]
            del ids[item.id]
            if not ids:
                del self.urls[item.url]


def voices(items: Iterable[Evidence], key: SeriesKey) -> Voices:
    """Who told these headlines of a series, given newest first."""
    families = dict.fromkeys(family for item in reversed(list(items)) for family in item.tellers(key))
    named = [family for family in families if family is not None]
    known = tuple(family for family in named if family[0:1] != NUMBERED)
    return Voices(known, None in families, len(named) - len(known))
