"""Random histories of raw partitions, what `classify` makes of them in a lane, and an oracle that only sorts.

The oracle works on the raw records alone and knows nothing of chunks, ticks, offsets or crashes.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from agents.deduplicate.merge_state import AFTER_ALL, IMPORT_TOPIC, Partition
from schemas.base import DAY, MINUTE, QUARTER
from schemas.headline import Headline
from schemas.row import ClassifiedRow, HeadlineRow, MinuteRow, Source, TickRow, WithdrawalRow

START = 1_000_000 * QUARTER
"""Where the live partitions' promises begin."""


@dataclass(frozen=True)
class Raw:
    """A raw record: what it is, and how much later than the one before the broker stamped it (perhaps earlier)."""

    delay: int
    what: str
    """`here`: a headline of this lane; `elsewhere`: of another; `withdrawal`; `tick`."""
    id: str
    digest: str
    late: int
    """Event buckets between its event time and its arrival."""


@dataclass(frozen=True)
class Input:
    """A raw partition's whole log, and how `classify` chunked it."""

    part: Partition
    begin: int
    records: tuple[Raw, ...]
    chunks: tuple[int, ...]
    """Sizes of the chunks, read in turn."""
    ends: bool

    @property
    def promise(self) -> int | None:
        return None if self.part[0] == IMPORT_TOPIC else START

    def arrivals(self) -> list[int]:
        out, stamp, clock = [], self.begin, self.begin
        for record in self.records:
            stamp += record.delay
            clock = max(clock, stamp)
            out.append(clock)
        return out

    @property
    def end(self) -> int:
        return (max([self.begin, *self.arrivals()]) // MINUTE + 1) * MINUTE


@dataclass(frozen=True)
class Action:
    """One step of the merge: how many records it reads, how much it may release, whether it is committed."""

    reads: int
    releases: int | None
    crash: bool


@dataclass(frozen=True)
class History:
    inputs: tuple[Input, ...]
    cut: int | None
    turns: tuple[int, ...]
    """Which input's chunk comes next in the lane, in turn, modulo what is left."""
    resends: frozenset[int]
    """Chunks that are written to the lane twice."""
    gap: int
    """Offsets that transaction markers take after a chunk."""
    actions: tuple[Action, ...] = field(default=())


def headline(id: str, arrival: int, event: int) -> Headline:
    return Headline(id=id, title=id, text_key=id, arrival=arrival, event_time=event, timing="published")


def bucket_of(record: Raw, arrival: int) -> int:
    return (arrival // QUARTER - record.late) * QUARTER


def row_of(record: Raw, arrival: int, source: Source) -> HeadlineRow | WithdrawalRow:
    if record.what == "withdrawal":
        return WithdrawalRow(lane=0, withdraws=record.id, arrival=arrival, digest=record.digest, source=source)
    item = headline(record.id, arrival, bucket_of(record, arrival))
    return HeadlineRow(
        lane=0, primary=True, headline=item, places=(), themes=(), rules="r", digest=record.digest, source=source
    )


def classified(source: Input) -> list[list[ClassifiedRow]]:
    """The chunks that `classify` writes to the lane for one input, as in the ordering rules."""
    clock = source.begin
    volume: Counter[tuple[int, str]] = Counter()
    chunks: list[list[ClassifiedRow]] = []
    rows: list[ClassifiedRow] = []
    sizes = list(source.chunks) or [1]

    def advance(to: int, at: Source) -> None:
        nonlocal clock
        if volume and to // MINUTE > clock // MINUTE:
            cells = tuple((*cell, count) for cell, count in sorted(volume.items()))
            rows.append(MinuteRow(at=(clock // MINUTE + 1) * MINUTE, volume=cells, source=at))
            volume.clear()
        clock = to

    for number, (record, arrival) in enumerate(zip(source.records, source.arrivals(), strict=True)):
        at = Source(topic=source.part[0], partition=source.part[1], offset=number)
        advance(arrival, at)
        if record.what in ("here", "elsewhere"):
            volume[bucket_of(record, arrival), "001"] += 1
        if record.what in ("here", "withdrawal"):
            rows.append(row_of(record, arrival, at))
        sizes[0] -= 1
        if sizes[0] <= 0:
            sizes = sizes[1:] or [2]
            chunks.append([*rows, TickRow(arrival=clock, source=at)])
            rows = []
    at = Source(topic=source.part[0], partition=source.part[1], offset=len(source.records))
    if source.ends:
        advance(source.end, at)
        chunks.append([*rows, TickRow(arrival=source.end, end=source.end, source=at)])
    else:
        chunks.append([*rows, TickRow(arrival=clock, source=at)])
    return chunks


def lane(history: History, chunked: list[list[list[ClassifiedRow]]]) -> list[tuple[int, ClassifiedRow]]:
    """The lane's log: the inputs' chunks interleaved, some of them twice, with gaps between the offsets."""
    queues = [list(chunks) for chunks in chunked]
    log: list[tuple[int, ClassifiedRow]] = []
    offset, turns, number = 0, list(history.turns) or [0], 0
    while any(queues):
        turn = turns[number % len(turns)]
        queue = [queue for queue in queues if queue][turn % sum(map(bool, queues))]
        chunk = queue.pop(0)
        for row in chunk * (2 if number in history.resends else 1):
            log.append((offset, row))
            offset += 1
        offset += history.gap
        number += 1
    return log


def oracle(history: History) -> list[tuple[object, ...]]:
    """What has to be released, in order: rows by their key, minutes with their volume."""
    open_inputs = [source for source in history.inputs if not source.ends]
    promises = [max([source.begin, *source.arrivals()]) for source in open_inputs]
    clock = min(promises, default=AFTER_ALL)
    rows: set[tuple[object, ...]] = set()
    alive: set[int] = set()
    minutes: dict[int, Counter[tuple[int, str]]] = {}
    for source in history.inputs:
        imported = source.part[0] == IMPORT_TOPIC
        for number, (record, arrival) in enumerate(zip(source.records, source.arrivals(), strict=True)):
            minute = (arrival // MINUTE + 1) * MINUTE
            counts = history.cut is None or (minute <= history.cut if imported else minute > history.cut)
            if record.what in ("here", "elsewhere") and counts and minute <= clock:
                minutes.setdefault(minute, Counter())[bucket_of(record, arrival), "001"] += 1
                alive.add(minute - 1)
            if record.what in ("here", "withdrawal") and arrival < clock:
                rows.add((arrival, 1, record.id, record.digest, *source.part, number, record.what))
                if record.what == "here":
                    alive.add(arrival)
    for arrival in alive:
        first = (arrival // QUARTER + 1) * QUARTER
        for at in range(first, min(first + DAY, clock) + 1, QUARTER):
            minutes.setdefault(at, Counter())
    out: list[tuple[object, ...]] = [(at, 0, tuple(sorted(volume.items()))) for at, volume in minutes.items()]
    return sorted([*out, *rows], key=lambda item: item[:-1])


def told(row: ClassifiedRow) -> tuple[object, ...]:
    """A released row in the oracle's words."""
    if isinstance(row, MinuteRow):
        assert row.source is None
        return row.at, 0, tuple(((bucket, subregion), count) for bucket, subregion, count in row.volume)
    assert not isinstance(row, TickRow)
    source = (row.source.topic, row.source.partition, row.source.offset)
    if isinstance(row, HeadlineRow):
        return row.headline.arrival, 1, row.headline.id, row.digest, *source, "here"
    return row.arrival, 1, row.withdraws, row.digest, *source, "withdrawal"


def rechunked(history: History, chunks: tuple[int, ...], turns: tuple[int, ...]) -> History:
    """The same raw log, read at other speeds."""
    inputs = tuple(replace(source, chunks=chunks) for source in history.inputs)
    return replace(history, inputs=inputs, turns=turns)


_DELAYS = st.sampled_from([0, 0, 0, 1, -1, 20_000, MINUTE, 14 * MINUTE, QUARTER, 3 * QUARTER, DAY, DAY + QUARTER])
_RAW = st.builds(
    Raw,
    delay=_DELAYS,
    what=st.sampled_from(["here", "here", "here", "elsewhere", "withdrawal", "tick"]),
    id=st.sampled_from("ab"),
    digest=st.sampled_from("xy"),
    late=st.integers(0, 1),
)
_SIZES = st.lists(st.integers(1, 4), max_size=6).map(tuple)
ACTIONS = st.lists(
    st.builds(Action, reads=st.integers(0, 6), releases=st.none() | st.integers(0, 3), crash=st.booleans()),
    max_size=12,
).map(tuple)


@st.composite
def inputs(draw: st.DrawFn) -> tuple[Input, ...]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        imported = draw(st.integers(0, 3)) == 0
        lead = draw(st.sampled_from([0, 1, MINUTE, QUARTER]))
        made.append(
            Input(
                part=(IMPORT_TOPIC if imported else "headlines.raw", number),
                begin=START + (-3 * lead if imported else lead),
                records=tuple(draw(st.lists(_RAW, max_size=8))),
                chunks=draw(_SIZES),
                ends=imported or draw(st.integers(0, 3)) == 0,
            )
        )
    return tuple(made)


HISTORIES = st.builds(
    History,
    inputs=inputs(),
    cut=st.sampled_from([None, START, START + 2 * MINUTE]),
    turns=st.lists(st.integers(0, 5), max_size=8).map(tuple),
    resends=st.frozensets(st.integers(0, 8), max_size=2),
    gap=st.integers(0, 2),
    actions=ACTIONS,
)
