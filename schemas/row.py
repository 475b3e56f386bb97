"""The rows of `headlines.classified` and `headlines.deduplicated`.

A classified lane holds headlines, withdrawals, handovers, minutes and ticks in the order in which raw partitions were
read. A deduplicated lane holds all but the ticks, in released order, the same for every run over the same raw log.
The Kafka header `kind` repeats the field of that name, so that a reader can skip without decoding.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.base import Record as _Record
from schemas.base import Versioned
from schemas.handover import Adoption
from schemas.headline import Headline, Place, Theme

VerdictKind = Literal["unique", "redelivered", "exact", "near"]


class Source(_Record):
    """Where a record came from."""

    topic: str
    partition: int
    offset: int


class Verdict(_Record):
    """What deduplication decided about a headline."""

    kind: VerdictKind
    of: str | None = None
    """The headline's id that this one repeats; the first of its kind, never a repeat itself."""
    similarity: float | None = None
    """Token-set similarity to the closest text in memory, 0 to 1; `None` where texts were equal or none came near."""
    reason: str
    """Which rule decided: `same-id`, `same-text`, `similar-text`, `no-candidate`; or which guard: `veto:number`."""


class HeadlineRow(Versioned):
    """One headline in one lane. A headline about two lanes has two rows, one of them `primary`."""

    kind: Literal["headline"] = "headline"
    lane: int
    primary: bool
    headline: Headline
    places: tuple[Place, ...]
    """All the places of the headline, of every lane."""
    themes: tuple[Theme, ...]
    organisations: tuple[str, ...] = ()
    rules: str
    """Version of the rules that read it."""
    digest: str
    """Hash of the record's original bytes, 16 hexadecimal digits."""
    source: Source
    verdict: Verdict | None = None
    """`None` in `classified`, set in `deduplicated`."""


class WithdrawalRow(Versioned):
    """A producer takes a headline back, by id or by URL. Goes to every lane."""

    kind: Literal["withdrawal"] = "withdrawal"
    lane: int
    withdraws: str
    arrival: int
    digest: str
    source: Source


class HandoverRow(Versioned):
    """Another generation publishes alerts from a moment on, or has taken over what was open. Goes to every lane."""

    kind: Literal["handover"] = "handover"
    lane: int
    handover: str
    """The same in all control records of one handover."""
    former: str
    """The generation that published before; empty where none did."""
    to: str
    """The generation that publishes: its prefix, `@`, and when it was founded, ms."""
    since: int
    """It publishes what is judged at this arrival or later, ms; later still where this record came later."""
    adoption: Adoption | None = None
    """Set in the last control record: until then the new generation holds back what it has to say."""
    arrival: int
    digest: str
    source: Source


class MinuteRow(Versioned):
    """How many headlines were accepted in the minute of arrival that ended at `at`.

    `volume` has one entry for each event bucket (its start, ms) and subregion (M49, `001` for headlines without a
    place): a headline counts once under each of its subregions. In `classified` a row is of one raw partition
    (`source`); in `deduplicated` partitions are added up and `source` is `None`.
    """

    kind: Literal["minute"] = "minute"
    at: int
    volume: tuple[tuple[int, str, int], ...]
    source: Source | None = None


class TickRow(Versioned):
    """A promise of one raw partition to a lane: nothing older than `arrival` follows from it.

    `end` is set when nothing at all follows: the arrival of the partition's last tick. Ticks go no further than the
    merge.
    """

    kind: Literal["tick"] = "tick"
    arrival: int
    end: int | None = None
    source: Source


KeyedRow = HeadlineRow | WithdrawalRow | HandoverRow
"""Rows that stand for one raw record."""
ClassifiedRow = KeyedRow | MinuteRow | TickRow
ReleasedRow = KeyedRow | MinuteRow

_ROW: TypeAdapter[ClassifiedRow] = TypeAdapter(Annotated[ClassifiedRow, Field(discriminator="kind")])


def decode_row(value: bytes) -> ClassifiedRow:
    """A row of any kind; raises `pydantic.ValidationError` when it is none."""
    return _ROW.validate_json(value)


def time_of(row: ReleasedRow) -> int:
    """Where a released row stands in the log's time, ms."""
    if isinstance(row, HeadlineRow):
        return row.headline.arrival
    return row.at if isinstance(row, MinuteRow) else row.arrival
