"""What classify remembers of a raw partition: its clock and the open minute of its volume.

    arrival     |--------|--------|---x          x: the running maximum of timestamps, ticks included
    volume                        [  ]           what the minute of x has accepted so far; told when it is over

All of it is committed with the outputs: were the volume not, a crash within a minute would lose a part of it.
"""

from typing import NamedTuple

from schemas.base import Record


class Stretch(NamedTuple):
    """Where reading ends in a partition of which only a part is read (a replay).

    At `last` the partition promises `until`: all that is decided before `until` is then decided as if it had been read
    on, since every record behind `last` has an arrival of `until` or later.
    """

    until: int
    """An arrival, ms, a whole minute."""
    last: int | None
    """The offset of the last record that arrived before `until`; `None` where there is none to be read. Such a
    partition promises `until` from the beginning: give it that as its start."""


class Clock(Record):
    """State of one raw partition; immutable."""

    arrival: int | None = None
    """Running maximum of Kafka's timestamps, ms; `None` before anything is known."""
    volume: tuple[tuple[int, str, int], ...] = ()
    """Of the open minute: event bucket, subregion (`001` for none), headlines."""
    highest: int | None = None
    """Arrival of the latest record that made a row."""
    rows: int = 0
    """Headlines accepted."""
    size: int = 0
    """Bytes read."""
    ended: bool = False
    """Only an import ends."""
    publisher: str | None = None
    """The generation that was last named as the one that publishes; `None` before any handover."""
