"""The gazetteer: names, demonyms, cities, leaders and hard cases from the rule files, compiled for look-up.

Every fault of the files is found here, at start, and told with its file, line and cure: a setting that is not known,
a country without a subregion, a phrase that two countries claim and no hard case decides.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agents.classify.places import Entry, Gazetteer, Sense
from agents.classify.tokens import phrase
from agents.faults import Fault, RulesError, read
from schemas.base import DAY

PLACES = "places.yaml"
WORLD = "places_world.yaml"
HARD = "places_hard.yaml"
LEADERS = "leaders.yaml"

SUBREGIONS = frozenset(
    [
        "015",
        "014",
        "017",
        "018",
        "011",
        "029",
        "013",
        "005",
        "021",
        "143",
        "030",
        "035",
        "034",
        "145",
        "151",
        "154",
        "039",
        "155",
        "053",
        "054",
        "057",
        "061",
    ]
)
_PARTICLES = frozenset(["the", "al", "el", "de", "la"])


def _words(value: object) -> object:
    """A list of phrases may be written as one string, divided by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Phrases = Annotated[tuple[str, ...], BeforeValidator(_words)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Country(_Model):
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


class Countries(_Model):
    """places.yaml, places_world.yaml"""

    countries: dict[Code, Country]


class HardSense(_Model):
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


class HardCase(_Model):
    """Words that mean different things. `only` keeps what the other files say of them from counting."""

    words: Phrases
    senses: tuple[HardSense, ...] = ()
    only: bool = False


class HardCases(_Model):
    """places_hard.yaml"""

    organisations: dict[str, Phrases]
    not_places: Phrases
    cases: tuple[HardCase, ...]


class Leader(_Model):
    """A person who stands for a country. `name` and `also` count from a year before `since` on; `alone` (a surname)
    in office and the grace before and after; `titled` likewise, but only after a title ("President Park")."""

    name: str
    code: Code
    also: Phrases = ()
    alone: Phrases = ()
    titled: Phrases = ()
    since: date
    until: date | None = None
    exact: bool = False


class Leaders(_Model):
    """leaders.yaml"""

    grace_days: int = Field(ge=0, le=3660)
    titles: Phrases
    leaders: tuple[Leader, ...]


class _Claim(NamedTuple):
    words: str
    sense: Sense
    source: str
    weak: bool
    """A weak claim (a city of the world file) gives way to any other, and two weak ones cancel out."""


def load(directory: Path) -> Gazetteer:
    """The gazetteer of a rules directory. Raises RulesError."""
    faults: list[Fault] = []
    parts = []
    for name, model in ((PLACES, Countries), (WORLD, Countries), (HARD, HardCases), (LEADERS, Leaders)):
        try:
            parts.append(read(directory / name, model))
        except RulesError as error:
            faults += error.faults
    if faults:
        raise RulesError(faults)
    places, world, hard, leaders = parts
    assert isinstance(places, Countries)
    assert isinstance(world, Countries)
    assert isinstance(hard, HardCases)
    assert isinstance(leaders, Leaders)
    subregions = _subregions(places, world, faults)
    senses = _hard(hard)
    closed = {key for key, listed in senses.items() if listed and _final(listed[-1])}
    closed |= {_key(words) for case in hard.cases if case.only for words in case.words}
    claims = [*_leaders(leaders), *_countries(places, PLACES, False), *_countries(world, WORLD, True)]
    _merge(senses, closed, claims, faults)
    for key, listed in senses.items():
        for code in {code for sense in listed for code in sense.codes} - subregions.keys():
            faults.append(
                Fault(HARD, 0, f"{key!r} names the country {code}, which is in no file", f"add {code} to {PLACES}")
            )
    if faults:
        raise RulesError(faults)
    return _compile(senses, subregions)


def _subregions(places: Countries, world: Countries, faults: list[Fault]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file, part in ((WORLD, world), (PLACES, places)):
        for code, country in part.countries.items():
            if country.subregion is None:
                continue
            if country.subregion not in SUBREGIONS:
                faults.append(
                    Fault(
                        file,
                        0,
                        f"{code}: {country.subregion} is no UN M49 subregion",
                        "use one of the 22, three digits",
                    )
                )
            found[code] = country.subregion
    faults.extend(
        Fault(PLACES, 0, f"{code} has no subregion", "add `subregion:` with the UN M49 code, in quotes")
        for code in sorted((places.countries.keys() | world.countries.keys()) - found.keys())
    )
    return found


def _countries(part: Countries, file: str, weak: bool) -> Iterator[_Claim]:
    for code, country in part.countries.items():
        for rule, listed in (
            ("name", country.names),
            ("demonym", country.demonyms),
            ("capital", country.capitals),
            ("city", country.cities),
            ("region", country.regions),
            ("state", country.states),
            ("seat", country.seats),
            ("force", country.forces),
            ("group", country.groups),
        ):
            sense = Sense((code,), rule)
            for words in listed:
                short = words.isupper() and words.isalpha() and len(words) <= 5
                yield _Claim(words, sense._replace(case="upper") if short else sense, file, weak)


def _leaders(part: Leaders) -> Iterator[_Claim]:
    grace = part.grace_days * DAY
    titles = frozenset(word for title in part.titles for word in phrase(title))
    for leader in part.leaders:
        since = _at(leader.since)
        early, late = (0, 0) if leader.exact else (366 * DAY, grace)
        until = _at(leader.until) + late if leader.until else None
        full = Sense((leader.code,), "leader", since=since - early, free=False)
        alone = Sense((leader.code,), "leader", since=since - late, until=until, free=False)
        for words in (leader.name, *leader.also):
            yield _Claim(words, full, LEADERS, False)
        for words in leader.alone:
            yield _Claim(words, alone, LEADERS, False)
        for words in leader.titled:
            yield _Claim(words, alone._replace(before=titles), LEADERS, False)


def _hard(part: HardCases) -> dict[str, list[Sense]]:
    senses: dict[str, list[Sense]] = {}
    nowhere = Sense((), "not-a-place")
    for words in part.not_places:
        senses.setdefault(_key(words), []).append(nowhere)
    for name, listed in part.organisations.items():
        for words in listed:
            upper = words.isupper() and len(words) <= 4
            sense = Sense((), "organisation", organisation=name, case="upper" if upper else "capital")
            senses.setdefault(_key(words), []).append(sense)
    for case in part.cases:
        for words in case.words:
            senses.setdefault(_key(words), []).extend(_sense(sense) for sense in case.senses)
    return senses


def _sense(hard: HardSense) -> Sense:
    codes = (hard.code,) if isinstance(hard.code, str) else hard.code or ()
    sense = Sense(
        codes,
        "organisation" if hard.organisation else hard.rule if codes else "not-a-place",
        hard.organisation,
        hard.case,
        None,
        None,
        _set(hard.before),
        _set(hard.after),
        _set(hard.anywhere),
        _set(hard.unless_before),
        _set(hard.unless_after),
        _set(hard.unless_anywhere),
        hard.before_name,
        hard.after_comma,
    )
    return sense._replace(free=_bare(sense))


def _bare(sense: Sense) -> bool:
    return not any(sense[4:14])


def _final(sense: Sense) -> bool:
    """Whether nothing after this sense can be reached, whatever the case."""
    return sense.case == "any" and _bare(sense)


def _merge(senses: dict[str, list[Sense]], closed: set[str], claims: Iterable[_Claim], faults: list[Fault]) -> None:
    """Add what the plain files claim behind the hard cases; a phrase of two countries is a fault, or, among the
    cities of the world file, means neither."""
    strong: dict[str, _Claim] = {}
    weak: dict[str, list[_Claim]] = {}
    for claim in claims:
        key = _key(claim.words)
        if not key or key in closed:
            continue
        if claim.weak:
            weak.setdefault(key, []).append(claim)
            continue
        before = strong.get(key)
        if (
            before is not None
            and before.sense.codes != claim.sense.codes
            and "leader"
            not in (
                before.sense.rule,
                claim.sense.rule,
            )
        ):
            faults.append(
                Fault(
                    claim.source,
                    0,
                    f"{claim.words!r} is claimed by {before.sense.codes[0]} and {claim.sense.codes[0]}",
                    f"say in {HARD} which is meant when, with `only: true`",
                )
            )
        strong.setdefault(key, claim)
        listed = senses.setdefault(key, [])
        if claim.sense not in listed:
            listed.append(claim.sense)
    for key, several in weak.items():
        if key not in strong and len({claim.sense.codes for claim in several}) == 1:
            senses.setdefault(key, []).append(several[0].sense)


def _compile(senses: dict[str, list[Sense]], subregions: dict[str, str]) -> Gazetteer:
    entries: dict[str, Entry] = {}
    sizes: dict[str, set[int]] = {}
    for key, listed in senses.items():
        words = key.split(" ")
        head = next((index for index, word in enumerate(words) if word not in _PARTICLES), 0)
        entries[key] = Entry(len(words), head, tuple(listed))
        sizes.setdefault(words[0], set()).add(len(words))
    ordered = {word: tuple(sorted(lengths, reverse=True)) for word, lengths in sizes.items()}
    return Gazetteer(ordered, entries, subregions)


def _set(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(phrase(words)) for words in phrases)


def _key(words: str) -> str:
    return " ".join(phrase(words))


def _at(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
