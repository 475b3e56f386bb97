"""What the rule files of themes and modality may say. Nothing else is accepted."""

from typing import Literal

from pydantic import Field

from agents.classify.written import Phrases, Written


class PatternRule(Written):
    """A pattern as it is written. Words are inflected; `=word` is not; `@name` is a class."""

    name: str
    action: Phrases = Field(min_length=1)
    object: Phrases = ()
    also: Phrases = ()
    without: Phrases = ()
    subject: Phrases = ()
    not_after: Phrases = ()
    not_between: Phrases = ()
    within: int = Field(default=5, ge=0, le=30)
    order: Literal["any", "action-first", "object-first"] = "any"
    certain: bool = False


class ThemeRule(Written):
    """A theme: its code in CAMEO and PLOVER, its direction, its patterns, and examples that a test reads."""

    code: str
    direction: Literal["escalatory", "de-escalatory", "neutral"]
    patterns: tuple[PatternRule, ...] = Field(min_length=1)
    examples: tuple[str, ...] = ()
    """Titles in which the theme counts."""
    not_counted: dict[str, str] = Field(default_factory=dict)
    """Titles in which it is found but does not count -> why."""
    absent: tuple[str, ...] = ()
    """Titles in which it must not be found at all."""


class ThemeRules(Written):
    """themes.yaml"""

    themes: dict[str, ThemeRule] = Field(min_length=1)


class WordRules(Written):
    """themes_words.yaml"""

    irregular: dict[str, Phrases]
    classes: dict[str, Phrases]
    idioms: Phrases


class CueRule(Written):
    """A list of cues as it is written in modality.yaml."""

    name: str
    words: Phrases = Field(min_length=1)
    side: Literal["before", "after", "either"] = "before"
    within: int | Literal["title"] = 4
    strong: bool = False
    inside: bool = False
    themes: Phrases = ()
    unless: Phrases = ()
    spared_before: Phrases = ()
    spared_after: Phrases = ()


class ModalityRules(Written):
    """modality.yaml"""

    denied: tuple[CueRule, ...]
    hypothetical: tuple[CueRule, ...]
    historical: tuple[CueRule, ...]
    figurative: tuple[CueRule, ...]
    barriers: Phrases
    questions: Phrases
    not_past: Phrases
    not_past_after: Phrases
