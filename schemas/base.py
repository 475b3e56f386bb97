"""The common base of all records, and the units of time that they share.

Every time inside a row is an integer of milliseconds since the Unix epoch, UTC. In what people and other services
read (alerts) times are ISO 8601 strings with a `Z`.
"""

from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = 1

SECOND = 1_000
MINUTE = 60 * SECOND
QUARTER = 15 * MINUTE
"""The width of a bucket, ms."""
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Record(BaseModel):
    """A frozen value with one JSON form: fields in order of declaration, no spaces, UTF-8."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def encode(self) -> bytes:
        """The record as it stands in its topic."""
        return self.__pydantic_serializer__.to_json(self)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read what `encode` wrote; raises `pydantic.ValidationError` on anything else."""
        return cls.model_validate_json(value)


Made = TypeVar("Made", bound=Record)


class _Fields(dict[type[BaseModel], set[str]]):
    """One set for all records of a model: frozen models never change it, and a copy has a copy."""

    def __missing__(self, model: type[BaseModel]) -> set[str]:
        fields = self[model] = set(model.model_fields)
        return fields


_FIELDS = _Fields()
# The places where a model keeps what it holds, found once: to look them up by name is half the cost of a record.
_new = object.__new__
_put_values = BaseModel.__dict__["__dict__"].__set__
_put_fields = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_put_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_put_private = BaseModel.__dict__["__pydantic_private__"].__set__


def made(model: type[Made], values: dict[str, Any]) -> Made:
    """As `model(**values)`, at a third of the cost and without a look at the values: only for values that are ours and
    that a type checker has seen. `values` has every field, in order of declaration, and is not used again.
    """
    new = _new(model)
    _put_values(new, values)
    _put_fields(new, _FIELDS[model])
    _put_extra(new, None)
    _put_private(new, None)
    return new


class Versioned(Record):
    """A record that stands alone in a topic, and so says which version of its schema it has."""

    schema_version: int = SCHEMA_VERSION


def moment(text: str) -> int:
    """What `iso` wrote, in ms."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def iso(at: int) -> str:
    """`at` in ms as ISO 8601 UTC to the millisecond, without a fraction where there is none: `2026-11-20T14:15:00Z`."""
    text = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds" if at % 1000 else "seconds")
    return text.replace("+00:00", "Z")
