"""The ordered merge: the rows of one lane, whatever the order they were read in, released in the order of the log.

A row may leave once every raw partition has promised (by ticks) that nothing older follows from it. Two runs over the
same raw log release the same rows in the same order: chunk sizes, the number of workers, crashes and re-sent rows
decide *when* a row is released, never where it stands.

What stands where, and why `(W, 1)` bounds all of it, W being the oldest promise:

    key of a minute   (at, 0, topic, partition)                          released when at <= W
    key of a row      (arrival, 1, id, digest, topic, partition, offset) released when arrival < W, strictly:
                                                                         a promise of W still allows another row at W

Partitions' minutes are added up; every quarter of an hour gets a minute, if only an empty one, for 24 h after the
quarter in which the last volume of any lane arrived, or the last headline of this one that is not stale: buckets close
by minutes alone, and an alert in a lane that falls silent still has to resolve. Then nothing, until something comes.
When all inputs have ended W is without bound: so what a file gives does not depend on whether live partitions stand
beside it.

Under a crash: `state` is committed together with what was released. A new `Merge` with that state, fed the input from
`state.low` on, goes on exactly there: rows up to `last` are dropped, and nothing leaves before the re-read has come to
`next`, for until then rows that were waiting are missing.
"""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from agents.deduplicate.merge_state import (
    AFTER_ALL,
    BEFORE_ALL,
    IMPORT_TOPIC,
    Bound,
    MergeState,
    MinuteKey,
    Partition,
    RowKey,
    UnknownInputError,
)
from schemas.base import DAY, QUARTER
from schemas.row import ClassifiedRow, KeyedRow, MinuteRow, ReleasedRow, TickRow


class Merge:
    """The merge of one lane. Costs about 3 microseconds a row; memory is what waits."""

    def __init__(
        self, inputs: Mapping[Partition, int | None], cut: int | None = None, state: MergeState | None = None
    ) -> None:
        """`inputs` are all the raw partitions with what each promised before its first tick: a live one the
        generation's start, an import's nothing. `cut`: up to this minute (a whole one) volume is counted from
        imports, after it from live partitions; `None` counts all. `state` as committed, in place of a new lane's.
        """
        if not inputs:
            raise ValueError("a merge without inputs would never release anything; give at least one raw partition")
        self._cut = cut
        self._promises = {part: BEFORE_ALL if at is None else at for part, at in inputs.items()}
        self._ends: dict[Partition, int] = {}
        self._waiting: dict[RowKey | MinuteKey, tuple[int, KeyedRow | MinuteRow]] = {}
        self._heap: list[RowKey | MinuteKey] = []
        self._position = self._next = 0
        self._last: RowKey | Bound | None = None
        self._last_headline: int | None = None
        self._quarters_until = BEFORE_ALL
        self.late = 0
        """Rows that came after their place had been passed: broken promises. Dropped, and an alarm."""
        self.offset = 0
        """Where in the lane the headline, withdrawal or handover stood that was released last."""
        if state is not None:
            self._resume(state)
        self._bound: Bound = (self._oldest_promise(), 1)

    def _resume(self, state: MergeState) -> None:
        stored = {(topic, partition) for topic, partition, _ in state.promises}
        if stored != set(self._promises):
            raise UnknownInputError(
                f"the lane was begun with the raw partitions {sorted(stored)}, not {sorted(self._promises)}: "
                "partitions are fixed for a generation; begin a new one"
            )
        for topic, partition, at in state.promises:
            if at is not None:
                self._promises[topic, partition] = max(at, self._promises[topic, partition])
        self._ends = {(topic, partition): at for topic, partition, at in state.ends}
        self._position, self._next = state.low, state.next
        self._last, self._last_headline = state.last, state.last_headline
        if state.quarters_until is not None:
            self._quarters_until = state.quarters_until
        elif state.last_headline is not None:
            self._keep_on(state.last_headline)

    def check(self, offset: int, row: ClassifiedRow) -> Partition:
        """The raw partition that `row` came from; raises UnknownInputError when it is none of this lane's."""
        source = row.source
        if source is None or (part := (source.topic, source.partition)) not in self._promises:
            raise UnknownInputError(f"offset {offset}: a {row.kind} row from {source}, not an input of this lane")
        return part

    def take(self, offset: int, row: ClassifiedRow) -> None:
        """Take in the record at `offset` of the lane; offsets rise, with gaps. Harmless to repeat."""
        part = self.check(offset, row)
        fresh = self.skip(offset)
        if row.kind == "tick":
            self._promise(part, row)
        elif row.kind == "minute":
            if self._counts(part, row.at):
                self._put((row.at, 0, *part), (row.at, 0), offset, fresh, row)
        else:
            key = self._key(row)
            self._put(key, key, offset, fresh, row)

    def skip(self, offset: int) -> bool:
        """Pass over the record at `offset`; tells whether it is read for the first time, crashes included."""
        fresh = offset >= self._next
        if fresh:
            self._next = offset + 1
        if offset >= self._position:
            self._position = offset + 1
        return fresh

    def release(self, limit: int | None = None) -> Iterator[ReleasedRow]:
        """What may leave, in order, at most `limit`. May be stopped between any two: `state` is then as of the last."""
        while (limit is None or limit > 0) and not self._rereading():
            row = self._pop()
            if row is None:
                return
            if limit is not None:
                limit -= 1
            yield row

    @property
    def state(self) -> MergeState:
        """To commit with what was released up to now."""
        return MergeState(
            low=self._low(),
            next=self._next,
            promises=tuple((*part, None if at == BEFORE_ALL else at) for part, at in sorted(self._promises.items())),
            ends=tuple((*part, at) for part, at in sorted(self._ends.items())),
            last=self._last,
            last_headline=self._last_headline,
            quarters_until=self._quarters_until,
        )

    @property
    def waiting(self) -> int:
        """Rows that were read and cannot leave yet."""
        return len(self._waiting)

    @property
    def clock(self) -> int:
        """The arrival up to which all inputs have promised; `BEFORE_ALL` and `AFTER_ALL` at the extremes."""
        return self._bound[0]

    @staticmethod
    def _key(row: KeyedRow) -> RowKey:
        source = row.source
        if row.kind == "headline":
            headline = row.headline
            return headline.arrival, 1, headline.id, row.digest, source.topic, source.partition, source.offset
        said = row.withdraws if row.kind == "withdrawal" else row.handover
        return row.arrival, 1, said, row.digest, source.topic, source.partition, source.offset

    def _counts(self, part: Partition, at: int) -> bool:
        """Where an import and live partitions overlap the rows of both count, but the volume of one."""
        return self._cut is None or (at <= self._cut) == (part[0] == IMPORT_TOPIC)

    def _promise(self, part: Partition, tick: TickRow) -> None:
        self._promises[part] = max(self._promises[part], tick.arrival)
        if tick.end is not None:
            self._ends[part] = tick.end
        self._bound = (self._oldest_promise(), 1)

    def _oldest_promise(self) -> int:
        return min((at for part, at in self._promises.items() if part not in self._ends), default=AFTER_ALL)

    def _put(
        self,
        key: RowKey | MinuteKey,
        place: RowKey | Bound,
        offset: int,
        fresh: bool,
        row: KeyedRow | MinuteRow,
    ) -> None:
        if self._last is not None and place <= self._last:
            self.late += fresh
        elif key not in self._waiting:
            self._waiting[key] = (offset, row)
            heappush(self._heap, key)

    def _rereading(self) -> bool:
        return self._position < self._next

    def _low(self) -> int:
        # Rows are put in order of offset and dictionaries keep that order: the first is the smallest.
        return next(iter(self._waiting.values()))[0] if self._waiting else self._position

    def _pop(self) -> ReleasedRow | None:
        first = self._heap[0] if self._heap else None
        bound = self._bound
        quarter = self._quarter()
        if quarter is not None and quarter < bound and (first is None or quarter < first):
            return self._pop_minute(quarter[0])
        if first is None or first >= bound:
            return None
        if len(first) == 4:
            return self._pop_minute(first[0])
        heappop(self._heap)
        self.offset, row = self._waiting.pop(first)
        self._last = first
        if row.kind == "headline":
            self._last_headline = first[0]
            if not row.headline.stale:
                self._keep_on(first[0])
        return row

    def _quarter(self) -> Bound | None:
        """The quarter that follows what was released last, if what came in the day before calls for one."""
        if self._last is None:
            return None
        last = self._last[0]
        at = last - last % QUARTER + QUARTER
        return (at, 0) if at <= self._quarters_until else None

    def _keep_on(self, arrival: int) -> None:
        """Quarters get a minute for a day after the one of this arrival."""
        self._quarters_until = arrival - arrival % QUARTER + QUARTER + DAY

    def _pop_minute(self, at: int) -> MinuteRow:
        heap = self._heap
        volume: dict[tuple[int, str], int] = {}
        while heap and heap[0][0] == at and heap[0][1] == 0:
            row = self._waiting.pop(heappop(heap))[1]
            if row.kind == "minute":
                for bucket, subregion, count in row.volume:
                    cell = bucket, subregion
                    volume[cell] = volume.get(cell, 0) + count
        self._last = (at, 0)
        if volume:
            self._keep_on(at - 1)
        cells = tuple([(*cell, volume[cell]) for cell in sorted(volume)]) if volume else ()
        return MinuteRow(at=at, volume=cells)
