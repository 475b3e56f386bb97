"""The settings of deduplication; the values, and what each is for, stand in `agents/rules/deduplicate.yaml`.

A fault in the file, or in the two word lists beside it, is refused at start with its line. Word lists are written as
plain text, in any inflection.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agents import faults

PATH = Path(__file__).parent.parent / "rules" / "deduplicate.yaml"


def _words(value: Any) -> Any:
    return frozenset(value.split()) if isinstance(value, str) else value


Words = Annotated[frozenset[str], BeforeValidator(_words)]


class Opposites(BaseModel):
    """Two groups of words: a text with one of `these` and a text with one of `those` tell of different events."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    these: Words = Field(min_length=1)
    those: Words = Field(min_length=1)


def _pairs(value: Any) -> Any:
    """`open / close shut`, a pair of groups a line."""
    if not isinstance(value, str):
        return value
    sides = [line.split("/") for line in value.splitlines() if line.strip()]
    if wrong := next((parts for parts in sides if len(parts) != 2), None):
        raise ValueError(f"{'/'.join(wrong).strip()!r} is no pair; write it as open / close")
    return [{"these": these, "those": those} for these, those in sides]


class ScoreWeights(BaseModel):
    """What the score that ranks pairs is made of, see `agents.deduplicate.sameness`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    letters: float = Field(ge=0, le=1)
    contradiction: float = Field(gt=0, le=1)
    doubt: float = Field(gt=0, le=1)


class _Dictionary(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    dictionary: Words = Field(min_length=1)


class _Opposites(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: Annotated[tuple[Opposites, ...], BeforeValidator(_pairs)]


class DeduplicateRules(BaseModel):
    """All are required in the files, so that nothing is hidden in code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(gt=0.3, le=1)
    min_tokens: int = Field(ge=1)
    latest: int = Field(ge=1)
    score: ScoreWeights
    place_rules: Words
    stop_words: Words
    negations: Words
    negating_phrases: Words
    opposites: tuple[Opposites, ...]
    general_opposites: tuple[Opposites, ...]
    """Of the language, besides the wire's own; from a file of its own."""
    numbers: Mapping[str, float]
    quantities: Words
    scales: Mapping[str, float]
    dates: Words
    name_words: Words
    common_words: Words
    """The wire's own, besides those of `dictionary`."""
    dictionary: Words
    """Common English words; from a file of its own."""


def load_rules(path: Path = PATH, overrides: Mapping[str, Any] | None = None) -> DeduplicateRules:
    """Read the settings, and what stands beside them; raises `agents.faults.RulesError`, faults listed."""
    words = faults.read(path.with_name(f"{path.stem}_words.yaml"), _Dictionary)
    opposites = faults.read(path.with_name(f"{path.stem}_opposites.yaml"), _Opposites)
    beside = {"dictionary": words.dictionary, "general_opposites": opposites.pairs}
    return faults.read(path, DeduplicateRules, {**beside, **(overrides or {})})
