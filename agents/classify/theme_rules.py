"""What the rule files of themes and modality may say. Nothing else is accepted."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PatternRule(_Model):
    """A pattern as it is written. Words are inflected; `=word` is not; `@name` is a class."""

    name: str
    action: Words = Field(min_length=1)
    object: Words = ()
    also: Words = ()
    without: Words = ()
    subject: Words = ()
    not_after: Words = ()
    not_between: Words = ()
    within: int = Field(default=5, ge=0, le=30)
    order: Literal["any", "action-first", "object-first"] = "any"
    certain: bool = False


class ThemeRule(_Model):
    """A theme: its code in CAMEO and PLOVER, its direction, its patterns, and examples that a test reads."""

    code: str
    direction: Literal["escalatory", "de-escalatory", "neutral"]
    patterns: tuple[PatternRule, ...] = Field(min_length=1)
    examples: tuple[str, ...] = ()
    """Titles in which the theme counts."""
    not_counted: dict[str, str] = {}
    """Titles in which it is found but does not count -> why."""
    absent: tuple[str, ...] = ()
    """Titles in which it must not be found at all."""


class ThemeRules(_Model):
    """themes.yaml"""

    themes: dict[str, ThemeRule] = Field(min_length=1)


class WordRules(_Model):
    """themes_words.yaml"""

    irregular: dict[str, Words]
    classes: dict[str, Words]
    idioms: Words


class CueRule(_Model):
    """A list of cues as it is written in modality.yaml."""

    name: str
    words: Words = Field(min_length=1)
    side: Literal["before", "after", "either"] = "before"
    within: int | Literal["title"] = 4
    strong: bool = False
    inside: bool = False
    themes: Words = ()
    unless: Words = ()
    spared_before: Words = ()
    spared_after: Words = ()


class ModalityRules(_Model):
    """modality.yaml"""

    denied: tuple[CueRule, ...]
    hypothetical: tuple[CueRule, ...]
    historical: tuple[CueRule, ...]
    figurative: tuple[CueRule, ...]
    barriers: Words
    questions: Words
    not_past: Words
    not_past_after: Words
