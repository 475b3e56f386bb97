"""What the gazetteer's rule files may say: names, hard cases, leaders. Nothing else is accepted."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from agents.classify.written import Phrases, Written

Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Country(Written):
    """What a country is known by. Each list is the rule that its words are evidence of."""

    subregion: str | None = None
    names: Phrases = ()
    demonyms: Phrases = ()
    capitals: Phrases = ()
    cities: Phrases = ()
    regions: Phrases = ()
    states: Phrases = ()
    seats: Phrases = ()
    forces: Phrases = ()
    groups: Phrases = ()


class Countries(Written):
    """places.yaml, places_world.yaml"""

    countries: dict[Code, Country]


class HardSense(Written):
    """One sense of a hard case, as it is written in places_hard.yaml."""

    code: Code | tuple[Code, ...] | None = None
    organisation: str | None = None
    case: Literal["capital", "strict", "upper", "any"] = "capital"
    rule: str = "name"
    before: Phrases = ()
    after: Phrases = ()
    anywhere: Phrases = ()
    unless_before: Phrases = ()
    unless_after: Phrases = ()
    unless_anywhere: Phrases = ()
    before_name: bool = False
    after_comma: bool = False
    dotted: bool = False
    countries: Phrases = ()
    unless_countries: Phrases = ()


class HardCase(Written):
    """Words that mean different things. `only` keeps what the other files say of them from counting."""

    words: Phrases
    senses: tuple[HardSense, ...] = ()
    only: bool = False


class HardCases(Written):
    """places_hard.yaml"""

    organisations: dict[str, Phrases]
    not_places: Phrases
    capital_only: Phrases = ()
    """Names that are also words, or names of people: they never count in lower case."""
    cases: tuple[HardCase, ...]


class Leader(Written):
    """A person who stands for a country. `name` and `also` count from a year before `since` on; `alone` (a surname)
    in office and the grace before and after; `titled` likewise, but only after a title ("President Park") or before
    what leaders do ("Park vows")."""

    name: str
    code: Code
    also: Phrases = ()
    alone: Phrases = ()
    titled: Phrases = ()
    since: date
    until: date | None = None
    exact: bool = False


class Leaders(Written):
    """leaders.yaml"""

    grace_days: int = Field(ge=0, le=3660)
    titles: Phrases
    deeds: Phrases
    first_names: Phrases
    """Right before a surname alone they tell of another person; the full names of leaders go before."""
    leaders: tuple[Leader, ...]
