"""Buckets of 15 minutes as integers (time // 15 min), the two horizons, and the 48 cells of the season.

         c closes at b              row judged, or alert judged at b
            |                                   |
    ... [ c ][   ][   ][   ][   ]  b          [ k ]     2 h: k-7 .. k     24 h: k-95 .. k

A bucket closes an hour after it ended, because an event time is at most an hour before its arrival; it is learnt from
when it leaves the 24 h horizon.
"""

from typing import Final, Literal

from schemas.base import HOUR, QUARTER, iso

Horizon = Literal["2h", "24h"]

SHORT: Final = 8
LONG: Final = 96
"""The horizons' lengths in buckets; 96 are also a day."""
LATE: Final = HOUR // QUARTER
"""How many buckets before that of its arrival the event bucket of a row may be."""
CELLS: Final = 48
WEEK: Final = 7 * LONG


def bucket_of(time: int) -> int:
    """The bucket that holds `time`, ms."""
    return time // QUARTER


def start_of(bucket: int) -> str:
    """Start of a bucket as people read it."""
    return iso(bucket * QUARTER)


def event_bucket(event_time: int, arrival: int) -> int:
    """Where a row counts: its event's bucket, never one that may have closed and never one after its arrival."""
    last = arrival // QUARTER
    return min(max(event_time // QUARTER, last - LATE), last)


def _cell(bucket: int) -> int:
    hours = bucket // 4
    # The epoch was a Thursday.
    weekend = (hours // 24 + 3) % 7 >= 5
    return hours % 24 + (24 if weekend else 0)


CELL: Final = tuple(_cell(bucket) for bucket in range(WEEK))
"""Hour of day (UTC) and weekend of a bucket: `CELL[bucket % WEEK]`."""
HOURLY: Final = HOUR // QUARTER
_HOURS: Final = CELL[::HOURLY] * 2


def cells(first: int, last: int) -> tuple[int, ...]:
    """The cells of the hours from that of bucket `first` to that of bucket `last`, a week at most."""
    begin = first % WEEK // HOURLY
    return _HOURS[begin : begin + last // HOURLY - first // HOURLY + 1]
