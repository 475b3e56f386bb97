"""The examples that stand in the rule files, read as the classify stage would read them.

    themes.yaml           `examples` count, `not_counted` are found but do not, `absent` are not found
    places_examples.yaml  titles with the countries that they concern, in order; where a directory has such a file

Read as of one day unless an example names its own, so that a test today and a test in a year say the same.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from agents.classify.cue_lists import CueLists
from agents.classify.gazetteer_rules import Code
from agents.classify.reader import Reader
from agents.classify.theme_rules import ThemeRules
from agents.classify.themes import THEMES
from agents.classify.written import Phrases
from agents.faults import Fault, RulesError, line_of, read, read_lines
from schemas.headline import Theme

PLACES = "places_examples.yaml"
AS_OF = date(2026, 3, 1)


class Example(NamedTuple):
    """A title and what the rules must say of it."""

    file: str
    line: int
    title: str
    at: int
    theme: str | None
    """`None` where it is about places."""
    expected: str


class Failure(NamedTuple):
    """An example that the rules read otherwise."""

    example: Example
    found: str
    why: str


class PlaceExample(BaseModel):
    """One title of places_examples.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1)
    places: tuple[Code, ...]
    organisations: Phrases | None = None
    as_of: date = AS_OF


class PlaceExamples(BaseModel):
    """places_examples.yaml"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    examples: tuple[PlaceExample, ...]


def examples(directory: Path, subregions: Mapping[str, str]) -> list[Example]:
    """Every example of a rules directory. Raises RulesError."""
    return [*_of_themes(directory / THEMES), *_of_places(directory / PLACES, subregions)]


def failures(reader: Reader, listed: list[Example], directory: Path) -> Iterator[Failure]:
    """Those that `reader`, of that directory, reads otherwise. Raises RulesError."""
    lists = CueLists(directory)
    for example in listed:
        failure = _of_theme(reader, lists, example) if example.theme is not None else _of_place(reader, example)
        if failure is not None:
            yield failure


def _of_themes(path: Path) -> Iterator[Example]:
    rules = read(path, ThemeRules)
    _, root = read_lines(path)
    at = _noon(AS_OF)

    def line(*location: int | str) -> int:
        return line_of(root, ("themes", *location))

    for theme, rule in rules.themes.items():
        for index, title in enumerate(rule.examples):
            yield Example(path.name, line(theme, "examples", index), title, at, theme, "counted")
        for title, reason in rule.not_counted.items():
            yield Example(path.name, line(theme, "not_counted", title), title, at, theme, reason)
        for index, title in enumerate(rule.absent):
            yield Example(path.name, line(theme, "absent", index), title, at, theme, "absent")


def _of_places(path: Path, subregions: Mapping[str, str]) -> Iterator[Example]:
    if not path.exists():
        return
    rules = read(path, PlaceExamples)
    _, root = read_lines(path)
    faults: list[Fault] = []
    for index, example in enumerate(rules.examples):
        line = line_of(root, ("examples", index))
        unknown = [code for code in example.places if code not in subregions]
        faults += [Fault(path.name, line, f"no country {code}", "check the code, or add it") for code in unknown]
        yield Example(
            path.name, line, example.title, _noon(example.as_of), None, _told(example.places, example.organisations)
        )
    if faults:
        raise RulesError(faults)


def _of_theme(reader: Reader, lists: CueLists, example: Example) -> Failure | None:
    read = {theme.theme: theme for theme in reader.read(example.title, example.at).themes}
    theme = read.get(example.theme or "")
    found = "absent" if theme is None else theme.reason or "counted"
    if found == example.expected:
        return None
    if theme is not None:
        return Failure(example, found, _because(reader, lists, example, theme))
    told = ["no pattern holds"]
    look = reader.look(example.title, example.at)
    for vetoed in look.vetoed:
        if vetoed.match.pattern.theme == example.theme:
            words = ", ".join(repr(look.words(word.first, word.last)) for word in vetoed.words)
            told.append(f"{vetoed.match.pattern.name} would, but is forbidden by {words}")
    if read:
        told.append(f"found is {', '.join(sorted(read))}")
    return Failure(example, found, "; ".join(told))


def _because(reader: Reader, lists: CueLists, example: Example, theme: Theme) -> str:
    told = []
    cures = []
    look = reader.look(example.title, example.at)
    for judged in look.judged:
        if judged.match.pattern.theme != theme.theme or (judged.why is not None) == theme.counted:
            continue
        words = " + ".join(repr(look.words(part.first, part.last)) for part in judged.match.parts)
        by = ""
        if judged.why is not None:
            reason, name = judged.why
            words_of = ", ".join(repr(look.words(cue.first, cue.last)) for cue in judged.cues)
            listed = lists.place(reason, name)
            by = f"; {reason} by {name}{f' of {listed}' if listed else ''}{f' ({words_of})' if words_of else ''}"
            cures.append(lists.cure(reason, name, theme.theme))
        told.append(f"{judged.match.pattern.name} holds: {words}{by}")
    if example.expected == "counted":
        told += [f"to let it count: {cure}" for cure in cures if cure is not None]
    return " | ".join(dict.fromkeys(told))


def _of_place(reader: Reader, example: Example) -> Failure | None:
    reading = reader.read_places(example.title, example.at)
    # organisations are compared only where the example names them
    organisations = reading.organisations if ";" in example.expected else None
    found = _told(tuple(place.code for place in reading.places), organisations)
    if found == example.expected:
        return None
    proofs = [f"{place.code} by {proof.words!r} ({proof.rule})" for place in reading.places for proof in place.evidence]
    refused = [f"{item.words!r} is none: {item.why}" for item in reader.rejected(example.title, example.at)]
    return Failure(example, found, " | ".join([*proofs, *refused]) or "no name was found")


def _told(places: tuple[str, ...], organisations: tuple[str, ...] | None) -> str:
    told = " ".join(places) or "no place"
    return told if organisations is None else f"{told}; {', '.join(organisations) or 'no organisation'}"


def _noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 1000
