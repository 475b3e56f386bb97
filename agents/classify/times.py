"""When a headline was published, and what time it counts under.

Producers write times in many ways; one that cannot be read is no reason to lose the headline. What never happens: a
guess from the clock of this process, or an exception.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple

from schemas.base import DAY, HOUR
from schemas.headline import Timing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
BEYOND = (datetime(2101, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
"""The end of the time that Tocsin knows, which begins with 1970, ms."""
_NUMBER = re.compile(r"\d{9,24}(\.\d{1,9})?", re.ASCII)
_LONGEST = 64
STALE = DAY
"""Published this long before arrival, a headline is kept but never counted."""
WINDOW = HOUR
"""Event time lies at most this long before arrival."""


class Moment(NamedTuple):
    """A published time as it was understood."""

    kind: Literal["time", "day", "unreadable", "out_of_range"]
    at: int = 0
    """ms; of a day its start, UTC; 0 where there is none."""


UNREADABLE = Moment("unreadable")
OUT_OF_RANGE = Moment("out_of_range")


class Timed(NamedTuple):
    """The four fields of a headline that tell its time."""

    published_at: int | None
    event_time: int
    timing: Timing
    stale: bool


def read_moment(given: str | int | float) -> Moment:
    """Read ISO 8601 (a date, or date and time; UTC where no zone is named), RFC 2822, or an epoch in s or ms.

    Numbers below 4,133,980,800 (2101 in seconds) are seconds, greater ones milliseconds.
    """
    if not isinstance(given, str):
        return _epoch(given)
    if len(given) == 20 and given[4] == "-" and given[19] == "Z":  # nearly all: 2025-11-24T16:00:00Z
        try:
            return _within("time", datetime.fromisoformat(given))
        except ValueError:
            pass
    text = given.strip()
    if len(text) > _LONGEST:
        return UNREADABLE
    if len(text) <= 10:
        try:
            return _within("day", datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC))
        except ValueError:
            pass
    if _NUMBER.fullmatch(text):
        return _epoch(float(text) if "." in text else int(text))
    if text[-4:].upper() in (" UTC", " GMT") and text[:1].isdigit():
        text = text[:-4] + "+00:00"
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return UNREADABLE
    return _within("time", moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def given_moment(fields: Mapping[str, object]) -> Moment | None:
    """The moment that a producer's record names: `published_at`, or else `date`; `None` where it names none."""
    given = fields.get("published_at")
    if given is None:
        given = fields.get("date")
    if isinstance(given, str):
        return read_moment(given)
    return read_moment(given) if isinstance(given, int | float) and not isinstance(given, bool) else None


def timed(moment: Moment | None, arrival: int) -> Timed:
    """What a headline of this moment, arrived at `arrival`, counts under. Not for moments out of range."""
    if moment is None or moment.kind not in ("time", "day"):
        return Timed(None, arrival, "absent" if moment is None else "unreadable", stale=False)
    earliest = arrival - WINDOW
    if moment.kind == "day":
        last = moment.at + DAY - 1
        nearest = min(max(arrival, moment.at), last)
        return Timed(moment.at, min(max(nearest, earliest), arrival), "date", arrival - last > STALE)
    event_time = min(max(moment.at, earliest), arrival)
    timing: Timing = "published" if event_time == moment.at else "clamped"
    return Timed(moment.at, event_time, timing, arrival - moment.at > STALE)


def _epoch(number: int | float) -> Moment:
    at = int(number * 1000 if number * 1000 < BEYOND else number) if abs(number) < BEYOND else -1
    return Moment("time", at) if 0 <= at < BEYOND else OUT_OF_RANGE


def _within(kind: Literal["time", "day"], moment: datetime) -> Moment:
    since = moment - _EPOCH
    at = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000  # a division of times costs more
    return Moment(kind, at) if 0 <= at < BEYOND else OUT_OF_RANGE
