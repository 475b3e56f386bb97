"""The detector over counts: the rows of `counts` in, or of a file like them, and the alerts of each bucket out.

    run = CountRun(rulebook, width=QUARTER)
    for value in lines:                       # buckets ascending, the rows of one bucket in any order
        alerts += run.take(read_row(value))   # what closed before this row's bucket; raises CountError
    alerts += run.end()                       # the last bucket closes
    alerts.sort(key=lambda alert: (alert.id, alert.revision))

The same code judges here as on a live lane, `Memory` and all behind it: exposure, rates, tail, gates, lifecycle and
learning. What differs is what counts can know.

- A bucket's volume is known when it is judged, so judged is at its close: each headline of it in turn, by the exposure
  at the close. Live, a headline is judged by what had come in until then. An alert so stands at the bucket's close,
  where it is not known when its headlines came; and its exposure, what was expected and p differ by at most the volume
  of that bucket, and by what is estimated live of volume that no minute row has told yet, where several headlines of
  the lane come in one minute. Where p lies so near alpha that this decides, the alert opens a headline later, or not.
- What is read from the topic `counts` says which headlines series share and when each came: then they are taken in that
  order, late ones in the bucket in which they came, and `at` is that of the live alert. From other files headlines are
  put together by `agents.detect.assembly`.
- Counts hold no headlines that were withdrawn before their bucket closed, and know nothing of later withdrawals:
  nothing is `retracted` here.
- Evidence has no titles: its number and its publishers (their hashes) are told.
- Wide series are judged where they are told. Where they never are, what is usual of narrow ones still needs what is
  usual around them: that is learnt from their sums (`agents.detect.assembly.untold`), and nothing else is.

An hour's bucket counts in its first quarter and is judged when the hour is over. The topic says in which bucket a lane
saw the first headline of a day. In other files days with volume are days on which every lane has seen headlines; where
a row of an older topic says which lane's it is, those with volume of the lane's subregions or of `001`.
"""

from collections.abc import Callable, Iterable, Mapping

from agents.classify.lanes import SUBREGIONS
from agents.detect.assembly import Bucket, Count, assemble, untold
from agents.detect.buckets import LATE, LONG
from agents.detect.closing import reconsider
from agents.detect.count_memory import CountMemory
from agents.detect.count_rows import NOWHERE, CountError, SeriesRow, VolumeRow, start_of_bucket
from agents.detect.evidence import ANY, Counted, SeriesKey
from agents.detect.judge import surprising
from agents.detect.learn import learn
from agents.detect.memory import Lane, Memory
from agents.detect.opening import judge_row
from agents.detect.rules import DetectRules
from agents.detect.step import begun, seen_on
from agents.rulebook import Rulebook
from schemas.alert import Alert
from schemas.base import DAY, QUARTER, iso


class LaneCounts:
    """One lane. Buckets are numbers of quarters."""

    def __init__(self, subregions: frozenset[str], rules: DetectRules, version: str, width: int) -> None:
        """`width` of a bucket in quarters of an hour."""
        self._width = width
        self.memory = CountMemory(subregions, rules, version)
        self._subregions = subregions
        self._closed: int | None = None
        self._alive = 0
        """The last bucket in which something arrived."""
        self._coming: dict[int, list[Counted]] = {}
        """Headlines by the bucket in which they are judged."""
        self._volume: dict[int, list[tuple[int, str, int]]] = {}
        """Volume by the bucket in which it arrived, as minute rows tell it."""
        self._days: set[int] = set()
        """Buckets in which the lane saw headlines."""
        self.watch: Callable[[Memory, int], None] | None = None
        """Asked at each bucket's close, when all is judged and nothing is learnt yet. It changes nothing."""

    def headlines(self, items: Iterable[Counted]) -> None:
        """What was counted in a bucket that has not closed."""
        for item in items:
            self._coming.setdefault(item.seen, []).append(item)

    def volume(self, bucket: Bucket, row: VolumeRow) -> None:
        """What came in in a bucket."""
        for code, count in row.volume.items():
            late = row.late.get(code, ())[:LATE]
            for after, number in enumerate((count - sum(late), *late)):
                if number > 0:
                    self._volume.setdefault(bucket.last + after, []).append((bucket.start, code, number))
                    if row.first_of_day is None and (row.lane is None or code in self._subregions or code == NOWHERE):
                        self._days.add(bucket.last + after)
        if row.first_of_day:
            self._days.add(bucket.last)

    def close(self, bucket: int) -> list[Alert]:
        """All buckets up to this one close; of those in which nothing arrived a day's, as the merge has it live."""
        if self._closed is None:
            self._closed, self._alive = bucket - 1, bucket
        found: list[Alert] = []
        arrived = [other for other in (*self._coming, *self._volume) if other < bucket]
        quiet = min(bucket - 1, max([self._alive, *arrived]) + LONG)
        for passed in range(self._closed + 1, quiet + 1):
            found += self._close(passed)
        found += self._close(bucket)
        self._closed = bucket
        return found

    def _close(self, bucket: int) -> list[Alert]:
        memory, ends = self.memory, (bucket + 1) * QUARTER
        lane = begun(memory, bucket * QUARTER)
        items, volume = self._coming.pop(bucket, ()), self._volume.pop(bucket, ())
        if items or volume:
            self._alive = bucket
        if bucket in self._days:
            self._days.discard(bucket)
            seen_on(memory, lane, bucket * QUARTER // DAY)
        if volume:
            memory.ledger.add_volume(volume, lane.closed + 1, bucket, bucket)
        found: list[Alert] = []
        if items:
            seen_on(memory, lane, bucket * QUARTER // DAY)
            worth = self._worth(items, bucket)
            for item in items:
                keys = tuple(item.by)
                if item.named or keys[0] not in worth:
                    memory.add_item(item, lane)
                    judged = [judge_row(memory, key, item, keys) for key in keys if key in worth]
                    found += [alert for alert in judged if alert is not None]
                else:
                    found += self._one_by_one(item, keys[0], lane)
        lane.closed = max(lane.closed, bucket - LATE)
        if (bucket + 1) % self._width == 0:
            found += reconsider(memory, ends)
            if self.watch is not None:
                self.watch(memory, bucket)
        learn(memory, bucket + 1)
        memory.changed.clear()
        return found

    def _one_by_one(self, item: Counted, key: SeriesKey, lane: Lane) -> list[Alert]:
        """Judge each of several headlines, those that a narrower alert tells excepted.

        What is said of a count is said of every larger one. So all are judged at once, and only where something is to
        be said is the first that says it found, by halving.
        """
        memory = self.memory
        memory.add_item(item._replace(number=0), lane)
        number = memory.told_of(key, item)
        memory.grow(item, key, number)
        found: list[Alert] = []
        while number < item.number:
            before = memory.series[key.name]
            low, high = number + 1, item.number
            alert = self._up_to(item, key, number, high)
            while alert is not None and low < high:
                middle = (low + high) // 2
                memory.put_series(before)
                said = self._up_to(item, key, number, middle)
                low, high = (low, middle) if said is not None else (middle + 1, high)
            if alert is not None:
                memory.put_series(before)
                alert = self._up_to(item, key, number, high)
            if alert is not None:
                found.append(alert)
            number = high
        return found

    def _up_to(self, item: Counted, key: SeriesKey, judged: int, number: int) -> Alert | None:
        """What the headline says with which the item has so many, after `judged` of them."""
        memory = self.memory
        grown = memory.grow(item, key, number)
        series = memory.series[key.name]
        if series.live is not None:
            memory.put_series(series._replace(live=series.live.tallied(item.family, number - judged - 1)))
        return judge_row(memory, key, grown, (key,))

    def _worth(self, items: Iterable[Counted], bucket: int) -> frozenset[SeriesKey]:
        """Series that may say something: p falls with the count, so who is not surprising with all headlines of the
        bucket is not with some."""
        number: dict[SeriesKey, int] = {}
        for item in items:
            for key in item.by:
                number[key] = number.get(key, 0) + item.number
        memory = self.memory
        learning = memory.learning() is not None
        return frozenset(
            key
            for key, more in number.items()
            if key.name in memory.open or (not learning and surprising(memory, key, bucket, more))
        )


class CountRun:
    """All lanes of a generation."""

    def __init__(self, rulebook: Rulebook, width: int = QUARTER) -> None:
        """`width` of a bucket, ms: a quarter of an hour or an hour."""
        self.lanes = [
            LaneCounts(rulebook.lanes.subregions(lane), rulebook.detect, rulebook.version, width // QUARTER)
            for lane in range(rulebook.lanes.count)
        ]
        self.unknown_themes: set[str] = set()
        """Themes that the rules do not know: they are no part of any `any`."""
        self.first: int | None = None
        """Start of the first bucket, ms."""
        self.last: int | None = None
        self._rulebook = rulebook
        self.width = width
        self._keys: dict[tuple[str, str], SeriesKey] = {}
        self._began: dict[SeriesKey, int] = {}
        """Start of the first bucket in which a series had a headline, ms."""
        self._told: dict[SeriesKey, Count] = {}
        self._volumes: dict[int | None, VolumeRow] = {}
        self._volume_known = False
        self._wide: set[SeriesKey] = set()
        """Wide series that were told."""

    def take(self, row: SeriesRow | VolumeRow) -> list[Alert]:
        """The next row; the alerts of the bucket that it ends. Raises CountError for a row that cannot be used."""
        start = start_of_bucket(row.bucket, self.width)
        found: list[Alert] = []
        if start != self.last:
            if self.last is not None:
                if start < self.last:
                    raise CountError(
                        "bucket_descending",
                        f"bucket {row.bucket} after {iso(self.last)}",
                        "sort the rows by bucket",
                    )
                found = self._close()
            self.first = start if self.first is None else self.first
            self.last = start
        if isinstance(row, VolumeRow):
            self._volume(row)
        else:
            self._series(row)
        return found

    def end(self) -> list[Alert]:
        """No row follows: the last bucket closes. What its headlines' late fellows would say is not known."""
        if self.last is None:
            return []
        if not self._volume_known and not self._volumes:
            raise self._no_volume()
        return self._close()

    def series(self, until: int | None = None) -> int:
        """How many series had a headline, before `until` where that is given."""
        return sum(until is None or began < until for began in self._began.values())

    @property
    def themes(self) -> Iterable[str]:
        """Those that the rules know."""
        return self._rulebook.reader.directions

    def learning(self) -> dict[int, str]:
        """Lanes in which no alert can open yet, with how much of the learning time is over."""
        told = {number: lane.memory.learning() for number, lane in enumerate(self.lanes)}
        return {number: learning for number, learning in told.items() if learning is not None}

    def open(self) -> list[str]:
        """The series with an open alert."""
        return sorted(name for lane in self.lanes for name in lane.memory.open)

    def key(self, place: str, theme: str, subregion: str | None = None) -> SeriesKey:
        """A series by its names. Raises CountError when the place is in no subregion."""
        found = self._keys.get((place, theme))
        if found is None:
            found = self._keys[place, theme] = self._key(place, theme, subregion)
        return found

    def lane_of(self, key: SeriesKey) -> LaneCounts:
        """The lane that judges a series."""
        return self.lanes[self._rulebook.lanes.lane_of(key.subregion)]

    def _key(self, place: str, theme: str, subregion: str | None) -> SeriesKey:
        known: Mapping[str, str] = self._rulebook.reader.subregions
        region = place if place in SUBREGIONS else known.get(place, subregion)
        if region is None or region not in SUBREGIONS:
            raise CountError(
                "place_unknown",
                f"place {place!r} is no country (ISO 3166-1) and no subregion (M49) of the rules",
                'correct it, or tell its subregion beside it: "subregion": "030"',
            )
        direction = "escalatory" if theme == ANY else self._rulebook.reader.directions.get(theme)
        if direction is None:
            self.unknown_themes.add(theme)
        return SeriesKey(place, region, theme, direction == "escalatory")

    def _series(self, row: SeriesRow) -> None:
        key = self.key(row.place, row.theme, row.subregion)
        if row.subregion is not None and row.subregion != key.subregion:
            what = f"subregion: {row.subregion!r} beside {row.place}, which is in {key.subregion}"
            raise CountError("wrong_field", what, "correct it, or leave it out where the rules know the place")
        if key in self._told:
            raise CountError("row_twice", f"{key.name} twice in bucket {row.bucket}", "tell each series once a bucket")
        self._told[key] = Count(key, row.unique, row.publishers, row.headlines)

    def _volume(self, row: VolumeRow) -> None:
        lane = row.lane
        if lane is not None and lane >= len(self.lanes):
            cure = "name the rules that they were counted by with --rules"
            raise CountError("lane_unknown", f"volume of lane {lane}, and the rules have {len(self.lanes)}", cure)
        if lane in self._volumes or None in self._volumes or (lane is None and self._volumes):
            raise CountError("row_twice", f"volume twice in bucket {row.bucket}", "tell all volume of a bucket once")
        self._volumes[lane] = row

    def _close(self) -> list[Alert]:
        assert self.last is not None
        assert self.first is not None
        bucket = Bucket(self.last // QUARTER, (self.last + self.width) // QUARTER - 1)
        self._volume_known = self._volume_known or bool(self._volumes)
        if not self._volume_known and self.last - self.first >= DAY:
            raise self._no_volume()
        for row in self._volumes.values():
            for lane in self.lanes if row.lane is None else [self.lanes[row.lane]]:
                lane.volume(bucket, row)
        by_lane: dict[int, list[Count]] = {}
        for key, count in self._told.items():
            if count.unique:
                self._began.setdefault(key, self.last)
                by_lane.setdefault(self._rulebook.lanes.lane_of(key.subregion), []).append(count)
        self._wide.update(key for key in self._told if key.place == key.subregion or key.theme == ANY)
        for number, counts in by_lane.items():
            self.lanes[number].headlines(assemble(counts, bucket))
            self.lanes[number].memory.around(bucket.number, untold(counts, self._wide))
        self._told, self._volumes = {}, {}
        return [alert for lane in self.lanes for alert in lane.close(bucket.last)]

    def _no_volume(self) -> CountError:
        return CountError(
            "volume_missing",
            "series, and no volume in their first day: without it a share cannot be judged",
            'add {"bucket", "volume": {SUBREGION: accepted headlines}} for each bucket, 001 for those without a place',
        )
