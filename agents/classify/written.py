"""How rule files are written, all of them that classification reads: nothing unknown in them, lists as one likes."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _split(value: object) -> object:
    """A list of phrases may be written as one string, divided by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Phrases = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Written(BaseModel):
    """A part of a rule file. Nothing that it does not name is accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)
