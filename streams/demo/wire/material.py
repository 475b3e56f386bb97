"""The written material of the demo wire: countries, outlets, frames of stories, all of it data beside this file.

`load` reads and validates it anew; a fault in a file is a pydantic or YAML error that names the entry.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

HERE = Path(__file__).parent
Section = Literal["politics", "economy", "world", "society", "sport", "security"]


class _Material(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Country(_Material):
    """One line of `countries.yaml`."""

    code: str
    name: str
    adj: str
    people: str
    capital: str
    cities: tuple[str, ...]
    tz: float
    w: float
    near: tuple[str, ...]
    money: str
    bank: str
    house: str
    head: str
    goods: tuple[str, ...]
    tags: frozenset[str]
    names: tuple[str, ...]


class Publisher(_Material):
    """One invented outlet of `publishers.yaml`."""

    key: str
    name: str
    owner: str
    host: str
    section: str
    agency: bool = False
    reach: float
    small: Literal["words", "digits"]
    desks: str
    """The sections that it covers, or `all`."""
    home: str = ""
    """Codes of the countries whose news it never misses."""
    spelling: Literal["british", "american"] = "british"
    case: Literal["sentence", "title"] = "sentence"
    suffix: float

    def covers(self, section: str) -> bool:
        """Whether it has a desk for `section`."""
        return self.desks == "all" or section in self.desks.split()


class Line(_Material):
    """One wording: what can be said `after` so many hours of the story."""

    after: float
    text: str


class Frame(_Material):
    """A kind of story: where it can happen, its facts, and what is said of it as it goes on."""

    id: str
    section: Section
    n: float
    """How many such stories there are in 64 days."""
    where: str = ""
    partner: str = Field("", alias="with")
    season: str = ""
    again: float = 50
    """Days before the same country can have another."""
    calm: float = 0
    """Hours for which the country has no other story that asks for calm."""
    facts: dict[str, str | list[str]] = {}
    tell: str

    @cached_property
    def beats(self) -> tuple[tuple[float, tuple[str, ...]], ...]:
        """The wordings by their hour, in order."""
        beats: dict[float, list[str]] = {}
        for line in lines(self.tell):
            beats.setdefault(line.after, []).append(line.text)
        return tuple((after, tuple(texts)) for after, texts in sorted(beats.items()))


class Material(_Material):
    """All of it."""

    countries: dict[str, Country]
    publishers: dict[str, Publisher]
    frames: tuple[Frame, ...]
    firms: tuple[str, ...]
    storms: tuple[str, ...]
    crops: tuple[str, ...]
    minerals: tuple[str, ...]
    oneoffs: tuple[tuple[str, str], ...]
    march: tuple[Line, ...]
    """The closing story; `after` counts hours back from the present."""


def place_names() -> dict[str, str]:
    """The countries' codes and names, for people."""
    return {code: entry["name"] for code, entry in _read("countries.yaml").items()}


def lines(block: str) -> tuple[Line, ...]:
    """A block of `HOURS text` lines."""
    split = (line.split(" ", 1) for line in block.splitlines() if line.strip())
    return tuple(Line(after=float(hours), text=text.strip()) for hours, text in split)


def load() -> Material:
    """Read every file of the material."""
    countries = {code: _country(code, entry) for code, entry in _read("countries.yaml").items()}
    names = _read("firms.yaml")
    return Material(
        countries=countries,
        publishers={
            key: Publisher.model_validate({**entry, "key": key}) for key, entry in _read("publishers.yaml").items()
        },
        frames=tuple(frame for path in sorted((HERE / "frames").glob("*.yaml")) for frame in _frames(path)),
        firms=tuple(names["firms"]),
        storms=tuple(names["storms"]),
        crops=tuple(names["crops"]),
        minerals=tuple(names["minerals"]),
        oneoffs=tuple(
            (line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in _read("oneoffs.yaml")["lines"].splitlines()
        ),
        march=lines(_read("march.yaml")["lines"]),
    )


def _read(name: str) -> Any:
    # The base loader takes every scalar as text: `NO` stays Norway.
    return yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)


def _country(code: str, entry: Mapping[str, Any]) -> Country:
    money = {"euro": "euro", "CFA franc": "cfa", "dollar": "usd"}.get(entry["money"])
    tags = {*entry["tags"], *([money] if money and code != "US" else [])}
    return Country.model_validate({**entry, "code": code, "tags": tags})


def _frames(path: Path) -> list[Frame]:
    entries = _read(f"frames/{path.name}")
    return TypeAdapter(list[Frame]).validate_python([{**entry, "section": path.stem} for entry in entries])
