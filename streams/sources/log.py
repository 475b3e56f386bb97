"""A file becomes a log: the one rule that `scan` and `feed --import` share.

    file     rows in any order, dated, undated, a few of them bad
      | times     published time; a date's rows spread over its day; else the time of the row before
      | sort      stably
      v
    log      A0 <= A1 <= A2 <= A3 ...   row i in partition i mod P, and each partition closed by an end tick

Arrival is computed over the whole file before rows are dealt out, so neither the number of partitions nor who has
which changes what is decided about it. Same file, same log, on any day, as long as nothing in it is younger than now.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agents.classify.documents import parse
from agents.classify.meant import Refusal
from agents.classify.times import Moment, given_moment
from schemas.base import DAY, HOUR, MINUTE, iso
from schemas.rejected import Code
from streams.sources.lines import Lines

LARGEST = 16 * 1024 * 1024
"""Of a record that the raw topics take, bytes."""
END_TICK = b'{"tocsin":"tick","end":true}'
TICK = b'{"tocsin":"tick"}'
AHEAD = HOUR
"""How far a published time may lie ahead of the clock of whoever reads the file."""


class Refused(NamedTuple):
    """A row that does not enter the log."""

    row: int
    """Its index among the rows of the file."""
    code: Code
    detail: str


class LogRecord(NamedTuple):
    """A record as it enters its partition."""

    partition: int
    timestamp: int
    value: bytes


class Log:
    """The log of a file: iterate for its records, in order of time, the end ticks last."""

    def __init__(self, rows: "Lines | Sequence[bytes]", times: "array[int]", order: Sequence[int], now: int) -> None:
        self._rows = rows
        self._times = times
        self._order = order
        self._now = now
        self.refused: tuple[Refused, ...] = ()
        self.partitions = 1

    @property
    def first(self) -> int | None:
        """Time of the first row; `None` when there is none."""
        return self._times[self._order[0]] if self._order else None

    @property
    def last(self) -> int | None:
        """Time of the last row."""
        return self._times[self._order[-1]] if self._order else None

    @property
    def end(self) -> int:
        """Time of the end ticks: the first whole minute after the last row."""
        return ((self._now if self.last is None else self.last) // MINUTE + 1) * MINUTE

    def __len__(self) -> int:
        """Rows, without the end ticks."""
        return len(self._order)

    def __iter__(self) -> Iterator[LogRecord]:
        for position, index in enumerate(self._order):
            yield LogRecord(position % self.partitions, self._times[index], self._rows[index])
        for partition in range(self.partitions):
            yield LogRecord(partition, self.end, END_TICK)


def log(rows: "Lines | Sequence[bytes]", now: int, partitions: int = 1) -> Log:
    """Make a log of `rows`. `now`, ms, decides what lies in the future; nothing else depends on it."""
    if partitions < 1:
        raise ValueError("a log has at least one partition")
    refused: list[Refused] = []
    moments: list[Moment | None] = []
    taken: list[int] = []
    for index in range(len(rows)):
        size = rows.size(index) if isinstance(rows, Lines) else len(rows[index])
        moment, refusal = (None, _too_large(index, size)) if size > LARGEST else _moment(index, rows[index], now)
        if refusal is not None:
            refused.append(refusal)
        else:
            taken.append(index)
            moments.append(moment)
    times = array("q", bytes(8 * len(rows)))
    for index, at in zip(taken, _times(moments, now), strict=True):
        times[index] = at
    taken.sort(key=times.__getitem__)
    made = Log(rows, times, array("q", taken), now)
    made.refused = tuple(refused)
    made.partitions = partitions
    return made


def _moment(index: int, value: bytes, now: int) -> tuple[Moment | None, Refused | None]:
    document = parse(value)
    if isinstance(document, Refusal):
        return None, None  # enters the log, for classify to reject with its reason
    if "tocsin" in document:
        return None, Refused(index, "control_unknown", "control records are not taken from files; remove the line")
    moment = given_moment(document)
    if moment is not None and moment.kind in ("time", "day") and moment.at > now + AHEAD:
        return None, Refused(
            index,
            "date_in_future",
            f"published {iso(moment.at)}, more than an hour after now ({iso(now)}); correct the date or this clock",
        )
    return moment, None


def _too_large(index: int, size: int) -> Refused:
    return Refused(index, "too_large", f"{size:,} bytes; at most {LARGEST:,} fit into a topic")


def _times(moments: Sequence[Moment | None], now: int) -> Iterator[int]:
    """The time of each row."""
    a_day = Counter(moment.at for moment in moments if moment is not None and moment.kind == "day")
    seen: Counter[int] = Counter()

    def known() -> Iterator[int | None]:
        for moment in moments:
            if moment is None or moment.kind not in ("time", "day"):
                yield None
            elif moment.kind == "time":
                yield moment.at
            else:
                k, n = seen[moment.at], a_day[moment.at]
                seen[moment.at] += 1
                yield min(moment.at + DAY * (2 * k + 1) // (2 * n), max(now, moment.at))

    times = list(known())
    before = next((at for at in times if at is not None), now)
    for at in times:
        before = before if at is None else at
        yield before
