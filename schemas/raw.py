"""What a producer may send to `headlines.raw`: the contract. `classify` reads it leniently, and says what it mended.

These models describe and nothing reads through them: a record that breaks the contract is rejected with a code of
`schemas.rejected`, not with an error of pydantic's.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from schemas.handover import Adoption

When = str | int | float


class _Sent(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


def _no_tick(schema: JsonDict) -> None:
    """The field `tocsin` marks control records."""
    schema["not"] = {"required": ["tocsin"]}


class RawHeadline(_Sent):
    """A headline. All but the title may be missing or null; unknown fields are kept, up to 8 KiB of them."""

    model_config = ConfigDict(json_schema_extra=_no_tick)

    title: str = Field(min_length=1)
    """At most 2,000 characters once it is cleaned; ` - Publisher` at its end is split off."""
    published_at: When | None = None
    """ISO 8601 (UTC where no zone is named), RFC 2822, or seconds or milliseconds since 1970. From 1970 to 2100."""
    date: When | None = None
    """The same, for producers that call it so; used where `published_at` is missing."""
    publisher: str | None = None
    source: str | None = None
    """The same as `publisher`, which comes first."""
    url: str | None = None
    """http or https; tracking parameters are taken off."""
    language: Any = None
    """A language tag: `en`, `en-US`, `fr`; what names no language is kept beside the unknown fields. Without it a title
    is taken for English, unless it is written in another script."""


class RawWithdrawal(_Sent):
    """A producer takes a headline back. It has no title, or a null one."""

    model_config = ConfigDict(json_schema_extra=_no_tick)

    title: None = None
    withdraws: str = Field(min_length=1)
    """Id or URL of the headline."""


class RawHandover(_Sent):
    """Another generation publishes alerts from now on. Written by `tocsin handover`; stands in every partition."""

    tocsin: Literal["handover"]
    handover: str = Field(min_length=1, max_length=300)
    former: str = Field(max_length=300)
    to: str = Field(min_length=1, max_length=300)
    since: int = Field(ge=0)
    """Arrival, ms."""
    adoption: Adoption | None = None


class RawTick(_Sent):
    """A partition's promise that time has come this far. Written by Tocsin; producers have no need of it."""

    tocsin: Literal["tick"]
    end: bool = False
    """Nothing follows in this partition; only in an import."""
