"""Counts as they are read: two kinds of row, each checked, and what is wrong with one told with a code and a cure.

    {"bucket": "2026-11-20T14:00:00Z", "place": "KP", "theme": "shelling", "unique": 3, "publishers": ["9f2a", "c07e"]}
    {"bucket": "2026-11-20T14:00:00Z", "volume": {"030": 12, "151": 40, "001": 31}}

`publishers` lists hashes of the families that told the bucket's headlines, or is their number. The optional fields of
`schemas.count` are read where they are; fields that nobody knows are passed over.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError

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


_Count = Annotated[int, Strict(), Field(ge=0)]
_Text = Annotated[str, Strict(), Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    bucket: Annotated[str, Strict()]


class SeriesRow(_Row):
    """What one series had in one bucket."""

    place: _Text
    theme: _Text
    unique: _Count
    publishers: tuple[Annotated[str, Strict()], ...] | _Count
    headlines: tuple[tuple[str, int, int], ...] = ()
    subregion: _Text | None = None
    """For a place that the rules do not know."""


class VolumeRow(_Row):
    """What came in in one bucket."""

    volume: dict[str, _Count]
    late: dict[str, tuple[_Count, ...]] = {}
    lane: _Count | None = None


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
        return kind.model_validate(document)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(("tuple[", "constrained")))
        cure = (
            'a volume row is {"bucket", "volume": {SUBREGION: headlines}}'
            if kind is VolumeRow
            else 'a series row is {"bucket", "place", "theme", "unique", "publishers": [hashes] or a number}'
        )
        raise CountError("wrong_field", f"{where}: {fault['msg']}", cure) from None


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
