"""The step of the classify stage: raw records in, rows for the lanes out, time carried along.

For every lane, of one raw partition:

    minute A          | minute B                        | a chunk may end anywhere
    row row . row row | Minute(A) row . row . . . . . . | Tick(A_now)
                        ^ before the first row of B       ^ after all rows and minutes that it covers

`Clock` in, `Clock` out: what is decided depends on the records alone, not on how they were cut into chunks, but for
the ticks, which go no further than the merge. A record that this code stumbles over is rejected alone, and so is one
whose timestamp is no time: time would go on from there, and everything after it with it.

Where only a stretch is read (a replay), its last record is followed by the minute that is open then and by a promise of
the stretch's end. What lies behind is passed over without a trace.
"""

from collections.abc import Sequence
from functools import lru_cache

from agents.classify.clock import Clock, Stretch
from agents.classify.digests import digests
from agents.classify.intake import Intake
from agents.classify.lanes import Lanes
from agents.classify.language import NOT_ENGLISH
from agents.classify.meant import Control, Handover, Item, Refusal, Withdrawal
from agents.classify.reader import Reader
from agents.classify.times import BEYOND
from agents.stage import Inbound
from agents.stumble import Stumble
from schemas.base import DAY, MINUTE, QUARTER, SCHEMA_VERSION, made
from schemas.headline import Headline, Place
from schemas.rejected import Rejected
from schemas.row import ClassifiedRow, HandoverRow, HeadlineRow, MinuteRow, Source, TickRow, WithdrawalRow

NOWHERE = "001"
"""The world: what a headline without a place counts under in the volume."""

_READINGS_KEPT = 4_096
_TITLE_KEPT = 512
"""Characters; the reading of a longer one is not kept, so that memory stays small."""

LaneRow = tuple[int, ClassifiedRow]
Refused = tuple[Inbound, Rejected]
Meant = Item | Withdrawal | Control | Handover | Refusal


def day_of(at: int) -> int:
    """The start of the UTC day of `at`. A headline is read as of its day: feeds repeat themselves within one, and
    who was in office does not change by the hour."""
    return at // DAY * DAY


class Classifier:
    """Reads one raw partition. What it remembers is in the `Clock` that it is given; readings of late are kept only
    because reading them again would give the same."""

    def __init__(
        self,
        source_topic: str,
        partition: int,
        reader: Reader,
        lanes: Lanes,
        rules_version: str,
        start: int | None,
        ends: bool,
        stretch: Stretch | None = None,
    ) -> None:
        """`start`: what a live partition promises from the beginning. `ends`: an import, whose end ticks count.
        `stretch`: where a live partition is read no further, `None` if it goes on for ever.
        """
        self.topic = source_topic
        self.partition = partition
        self.lanes = lanes.count
        self.start = Clock(arrival=start)
        self._reader = reader
        self._lately = lru_cache(_READINGS_KEPT)(reader.read)
        self._intake = Intake(reader.families)
        self._table = lanes
        self._rules = rules_version
        self._ends = ends
        self._stretch = stretch

    def step(self, clock: Clock, records: Sequence[Inbound]) -> tuple[Clock, list[LaneRow], list[Refused]]:
        """Decide about a chunk, in order. Gives back the very clock when there was nothing to decide."""
        if not records:
            return clock, [], []
        if self._stretch is not None:
            return self._within(self._stretch, clock, records)
        chunk = _Chunk(self, clock)
        chunk.take_all(records)
        return chunk.close(records[-1].offset)

    def _within(
        self, stretch: Stretch, clock: Clock, records: Sequence[Inbound]
    ) -> tuple[Clock, list[LaneRow], list[Refused]]:
        """As `step`, up to the end of the stretch; its promise is in the clock, so it is made once."""
        until, last = stretch
        if last is None or (clock.arrival is not None and clock.arrival >= until):
            return clock, [], []
        chunk = _Chunk(self, clock)
        chunk.take_all([record for record in records if record.offset <= last])
        offset = min(records[-1].offset, last)
        if records[-1].offset >= last:
            chunk.reach(until, offset)
        return chunk.close(offset)

    def source(self, offset: int) -> Source:
        """The origin of a row."""
        return made(Source, {"topic": self.topic, "partition": self.partition, "offset": offset})

    def read(self, record: Inbound, arrival: int | None) -> "list[LaneRow] | Control | Refusal":
        """The rows of one record, without regard to any other. Without an arrival it makes none."""
        return self.decide(self._intake.read(record.value), record, arrival)

    def understand(self, record: Inbound) -> Meant | Exception:
        """What a record means, whenever it came; or what this code raised over it."""
        try:
            return self._intake.read(record.value)
        except Exception as error:
            return error

    def decide(
        self, meant: Meant | Exception, record: Inbound, arrival: int | None
    ) -> "list[LaneRow] | Control | Refusal":
        """As `read`, of a record that was understood."""
        if isinstance(meant, Item) and arrival is not None:  # nearly all
            return self._headline(meant, arrival, _digest(record.value or b""), self.source(record.offset))
        if isinstance(meant, Exception):
            raise meant
        if isinstance(meant, Refusal):
            return meant
        if isinstance(meant, Control):
            return Control(meant.end and self._ends)
        if arrival is None:
            return _timeless(record.timestamp)
        if isinstance(meant, Handover) and self._ends:
            return Refusal("control_unknown", "a handover in an import; who publishes is said in raw")
        kind = WithdrawalRow if isinstance(meant, Withdrawal) else HandoverRow
        common = {"arrival": arrival, "digest": _digest(record.value or b""), "source": self.source(record.offset)}
        return [(lane, kind(lane=lane, **meant._asdict(), **common)) for lane in range(self.lanes)]

    def _headline(self, item: Item, arrival: int, digest: str, source: Source) -> list[LaneRow]:
        headline = item.arrived(arrival)
        read = self._lately if len(item.title) <= _TITLE_KEPT else self._reader.read
        if NOT_ENGLISH in item.flags:
            read = self._reader.read_places
        reading = read(item.title, day_of(headline.event_time))
        return [
            (
                lane,
                made(
                    HeadlineRow,
                    {
                        "schema_version": SCHEMA_VERSION,
                        "kind": "headline",
                        "lane": lane,
                        "primary": first,
                        "headline": headline,
                        "places": reading.places,
                        "themes": reading.themes,
                        "organisations": reading.organisations,
                        "rules": self._rules,
                        "digest": digest,
                        "source": source,
                        "verdict": None,
                    },
                ),
            )
            for lane, first in self._lanes_of(headline, reading.places)
        ]

    def _lanes_of(self, headline: Headline, places: Sequence[Place]) -> list[tuple[int, bool]]:
        """The lanes that read a headline, that of its first place in front."""
        if not places:
            return [(int(headline.text_key, 16) % self.lanes, True)]
        first = self._table.lane_of(places[0].subregion)
        if len(places) == 1:
            return [(first, True)]
        others = dict.fromkeys([self._table.lane_of(place.subregion) for place in places])
        return [(lane, lane == first) for lane in others]


class _Chunk:
    """A clock on its way from one value to the next."""

    def __init__(self, classifier: Classifier, clock: Clock) -> None:
        self._classifier = classifier
        self._arrival = clock.arrival
        self._volume = {(bucket, subregion): count for bucket, subregion, count in clock.volume}
        self._highest = clock.highest
        self._accepted = clock.rows
        self._size = clock.size
        self._ended = clock.ended
        self._publisher = clock.publisher
        self._rows: list[LaneRow] = []
        self._refused: list[Refused] = []

    def take_all(self, records: Sequence[Inbound]) -> None:
        """In two passes, as one kind of work after the other keeps to the processor's cache: a tenth of the time."""
        understood = [self._classifier.understand(record) for record in records]
        for record, meant in zip(records, understood, strict=True):
            self._take(record, meant)

    def _take(self, record: Inbound, meant: Meant | Exception) -> None:
        self._size += len(record.value or b"")
        before = self._arrival
        sound = 0 <= record.timestamp < BEYOND
        arrival = before
        if sound:
            arrival = record.timestamp if before is None else max(before, record.timestamp)
            if self._volume and before is not None and arrival // MINUTE > before // MINUTE:
                self._tell_minute(before, record.offset)
            if not self._ended:
                self._arrival = arrival
        traceback = None
        try:
            read = self._classifier.decide(meant, record, arrival if sound else None)
        except Exception as error:
            detail, traceback = Stumble.of(error)
            read = Refusal("step_error", detail)
        if self._ended and isinstance(read, list):
            read = Refusal("step_error", "the import had ended; a further one needs a new generation")
        if isinstance(read, Refusal):
            source = self._classifier.source(record.offset)
            rejected = Rejected.of("classify", *read, record.value or b"", source, traceback)
            self._refused.append((record, rejected))
        elif isinstance(read, Control):
            # An end counts whatever its timestamp: without it the lanes would wait for ever.
            if read.end and not self._ended:
                self._arrival = 0 if arrival is None else arrival
                self._end(self._arrival, record.offset)
        elif arrival is not None:
            self._add(read, arrival)

    def reach(self, until: int, offset: int) -> None:
        """Nothing older than `until`, a later minute, follows: tell the open one, and promise it at the close."""
        if self._volume and self._arrival is not None:
            self._tell_minute(self._arrival, offset)
        self._arrival = until

    def close(self, offset: int) -> tuple[Clock, list[LaneRow], list[Refused]]:
        arrival = self._arrival
        if not self._ended and arrival is not None:
            self._to_all(TickRow(arrival=arrival, source=self._classifier.source(offset)))
        clock = Clock(
            arrival=arrival,
            volume=self._counts(),
            highest=self._highest,
            rows=self._accepted,
            size=self._size,
            ended=self._ended,
            publisher=self._publisher,
        )
        return clock, self._rows, self._refused

    def _add(self, rows: list[LaneRow], arrival: int) -> None:
        self._rows += rows
        self._highest = arrival
        first = rows[0][1]
        if isinstance(first, HandoverRow):
            self._publisher = first.to
        if not isinstance(first, HeadlineRow):
            return
        self._accepted += 1
        if not first.headline.stale:
            bucket = first.headline.event_time // QUARTER * QUARTER
            for subregion in dict.fromkeys([place.subregion for place in first.places]) or (NOWHERE,):
                cell = bucket, subregion
                self._volume[cell] = self._volume.get(cell, 0) + 1

    def _end(self, arrival: int, offset: int) -> None:
        # An end in the minute of the last headline (an importer's is in the next) must not swallow its volume.
        if self._volume:
            self._tell_minute(arrival, offset)
        self._ended = True
        self._to_all(TickRow(arrival=arrival, end=arrival, source=self._classifier.source(offset)))

    def _tell_minute(self, within: int, offset: int) -> None:
        at = (within // MINUTE + 1) * MINUTE
        self._to_all(MinuteRow(at=at, volume=self._counts(), source=self._classifier.source(offset)))
        self._volume = {}

    def _counts(self) -> tuple[tuple[int, str, int], ...]:
        return tuple((*cell, count) for cell, count in sorted(self._volume.items()))

    def _to_all(self, row: MinuteRow | TickRow) -> None:
        self._rows += [(lane, row) for lane in range(self._classifier.lanes)]


_digest = digests(8)


def _timeless(timestamp: int) -> Refusal:
    return Refusal(
        "date_out_of_range",
        f"Kafka's timestamp of the record, {timestamp}, lies outside 1970 to 2100; send milliseconds since 1970",
    )
