"""Counts as they are read: two kinds of row, each checked, and what is wrong with one told with a code and a cure.

    {"bucket": "2026-11-20T14:00:00Z", "place": "KP", "theme": "shelling", "unique": 3, "publishers": ["9f2a", "c07e"]}
    {"bucket": "2026-11-20T14:00:00Z", "volume": {"030": 12, "151": 40, "001": 31}}

`publishers` lists hashes of the families that told the bucket's headlines, or is their number. The optional fields of
`schemas.count` are read where they are; fields that nobody knows are passed over. What no stream of headlines can have
counted is refused: more publishers than headlines, a volume of a subregion that there is not, a million in a quarter.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError

from agents.classify.lanes import SUBREGIONS
from agents.detect.buckets import LATE
from schemas.base import HOUR

NOWHERE = "001"
"""Whose volume that of headlines without a place is."""
MOST = 1_000_000
"""As many unique headlines of a series in a bucket, and a thousand times as many of a subregion, are a mistake."""

Code = Literal[
    "not_json",
    "not_an_object",
    "wrong_field",
    "bucket_unreadable",
    "bucket_misaligned",
    "bucket_descending",
    "row_twice",
    "place_unknown",
    "lane_unknown",
    "volume_missing",
]


class CountFault(NamedTuple):
    """What is wrong with a row."""

    code: Code
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.code}: {self.what} ({self.cure})"


class CountError(Exception):
    """A row that cannot be used."""

    def __init__(self, code: Code, what: str, cure: str) -> None:
        super().__init__(f"{code}: {what} ({cure})")
        self.fault = CountFault(code, what, cure)


_Unique = Annotated[int, Strict(), Field(ge=0, le=MOST)]
_Volume = Annotated[int, Strict(), Field(ge=0, le=1000 * MOST)]
_Text = Annotated[str, Strict(), Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    bucket: Annotated[str, Strict()]


class SeriesRow(_Row):
    """What one series had in one bucket."""

    place: _Text
    theme: _Text
    unique: _Unique
    publishers: tuple[Annotated[str, Strict()], ...] | _Unique
    headlines: tuple[tuple[str, int, int], ...] = ()
    subregion: _Text | None = None
    """For a place that the rules do not know."""


class VolumeRow(_Row):
    """What came in in one bucket."""

    volume: dict[str, _Volume]
    late: dict[str, tuple[_Volume, ...]] = {}
    lane: Annotated[int, Strict(), Field(ge=0)] | None = None
    first_of_day: bool | None = None
    """`None` where the file does not know."""


def read_row(value: bytes) -> SeriesRow | VolumeRow:
    """One line. Raises CountError."""
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise CountError("not_json", f"not JSON: {error}", "write one JSON object a line") from None
    if not isinstance(document, dict):
        raise CountError("not_an_object", f"a JSON {type(document).__name__}", "write one JSON object a line")
    kind: type[SeriesRow | VolumeRow] = VolumeRow if "volume" in document else SeriesRow
    try:
        row = kind.model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        fault = next((one for one in faults if _huge(one["input"])), faults[0])
        where = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(("tuple[", "constrained")))
        cure = (
            'a volume row is {"bucket", "volume": {SUBREGION: headlines}}'
            if kind is VolumeRow
            else 'a series row is {"bucket", "place", "theme", "unique", "publishers": [hashes] or a number}'
        )
        what = f"{fault['input']:g} is too large for a count" if _huge(fault["input"]) else fault["msg"]
        raise CountError("wrong_field", f"{where}: {what}", cure) from None
    wrong = _volume_fault(row) if isinstance(row, VolumeRow) else _series_fault(row)
    if wrong is not None:
        raise CountError("wrong_field", *wrong)
    return row


def _huge(value: object) -> bool:
    """A whole number with more digits than are read as one."""
    return isinstance(value, float) and value.is_integer() and value > 1000 * MOST


def _series_fault(row: SeriesRow) -> tuple[str, str] | None:
    """What its fields cannot say together, and the cure."""
    told = row.publishers if isinstance(row.publishers, int) else len(row.publishers)
    if told > row.unique:
        what = f"publishers: {told} of {row.unique} unique headlines"
        return what, "count in each bucket who told its unique headlines, each once"
    if not row.headlines:
        return None
    if len(row.headlines) > row.unique:
        return f"headlines: {len(row.headlines)} of {row.unique}", "name each unique headline once"
    for number, (id_, after, index) in enumerate(row.headlines):
        if isinstance(row.publishers, int) or not 0 <= index < told:
            what = f"headlines.{number}: {id_} was told by publisher {index}, and {told} are listed"
            return what, "give the place of its publisher in the list `publishers`, the first is 0"
        if not 0 <= after < 2 * HOUR:
            what = f"headlines.{number}: {id_} arrived {after} ms after the start of its bucket"
            return what, "a headline counts in the bucket of its arrival or at most an hour before"
    return None


def _volume_fault(row: VolumeRow) -> tuple[str, str] | None:
    if unknown := [code for code in row.volume if code not in SUBREGIONS and code != NOWHERE]:
        what = f"volume: {unknown[0]!r} is no subregion"
        return what, f"use M49 codes with all their digits, such as 030, and {NOWHERE} for headlines without a place"
    for code, after in row.late.items():
        if len(after) > LATE or sum(after) > row.volume.get(code, 0):
            what = f"late.{code}: {sum(after)} of {row.volume.get(code, 0)} headlines, in {len(after)} buckets"
            return what, f"`late` parts the volume of a code by how late it came, {LATE} buckets at most"
    return None


@lru_cache(maxsize=64)
def start_of_bucket(text: str, width: int) -> int:
    """Where a bucket starts, ms. Raises CountError when it is no time, or none at which a bucket of `width` starts."""
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        at = round(aware.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise CountError(
            "bucket_unreadable", f"bucket {text!r} is no time", "write ISO 8601, such as 2026-11-20T14:15:00Z"
        ) from None
    if at % width:
        minutes = width // 60_000
        cure = "give --bucket 15m" if minutes > 15 else "buckets start at full quarters of an hour"
        raise CountError("bucket_misaligned", f"no bucket of {minutes} minutes starts at {text}", cure)
    return at
