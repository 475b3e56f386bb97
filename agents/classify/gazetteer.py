"""The gazetteer: names, demonyms, cities, leaders and hard cases from the rule files, compiled for look-up.

Every fault of the files is found here, at start, and told with its file, line and cure: a setting that is not known,
a country without a subregion, a phrase that two countries claim and no hard case decides.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from agents.classify.gazetteer_rules import Countries, HardCases, HardSense, Leaders
from agents.classify.lines import fault
from agents.classify.phrases import by_first
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
PARTICLES = frozenset(["the", "al", "el", "de", "la"])


_LISTS = {
    "names": "name",
    "demonyms": "demonym",
    "capitals": "capital",
    "cities": "city",
    "regions": "region",
    "states": "state",
    "seats": "seat",
    "forces": "force",
    "groups": "group",
}
"""Setting of a country -> the rule that its words are evidence of."""
_CONDITIONS = ("before", "after", "anywhere", "unless_before", "unless_after", "unless_anywhere")
_PLAIN = frozenset(["name", "demonym", "capital"])
"""Rules whose words are known in lower case too."""
_GLUED = frozenset(["name", "capital", "leader"])
"""Rules whose words also come with an apostrophe lost ("Pakistans army")."""
_SHORTEST = 4


class _Claim(NamedTuple):
    words: str
    sense: Sense
    source: str
    location: tuple[int | str, ...]
    weak: bool
    """A weak claim (of the world file) gives way to any other, and two weak ones of two countries cancel out."""


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
    subregions = _subregions(directory, places, world, faults)
    _check(directory, hard, leaders, subregions, faults)
    senses = _hard(hard)
    closed = {key for key, listed in senses.items() if listed and _final(listed[-1])}
    only = frozenset(_key(words) for case in hard.cases if case.only for words in case.words)
    closed |= only
    capital_only = frozenset(_key(words) for words in hard.capital_only)
    claims = [
        *_leaders(leaders),
        *_countries(places, PLACES, capital_only, False),
        *_countries(world, WORLD, capital_only, True),
    ]
    _merge(directory, senses, closed, claims, faults)
    _glue(senses, claims, only)
    if faults:
        raise RulesError(faults)
    return _compile(senses, subregions)


def _subregions(directory: Path, places: Countries, world: Countries, faults: list[Fault]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file, part in ((WORLD, world), (PLACES, places)):
        for code, country in part.countries.items():
            if country.subregion is None:
                continue
            if country.subregion not in SUBREGIONS:
                what = f"{code}: {country.subregion} is no UN M49 subregion"
                where = ("countries", code, "subregion")
                faults.append(fault(directory / file, where, what, "use one of the 22, three digits, in quotes"))
            found[code] = country.subregion
    for file, part in ((WORLD, world), (PLACES, places)):
        for code in part.countries:
            if code not in found:
                cure = f"add `subregion:` with the UN M49 code to {code} in {PLACES}"
                faults.append(fault(directory / file, ("countries", code), f"{code} has no subregion", cure))
                found[code] = ""
    return found


def _check(directory: Path, hard: HardCases, leaders: Leaders, subregions: dict[str, str], faults: list[Fault]) -> None:
    """Codes that no file has, and conditions of more than one word, which are never met."""
    for index, case in enumerate(hard.cases):
        for number, sense in enumerate(case.senses):
            where = ("cases", index, "senses", number)
            for name, codes in (
                ("code", _codes(sense)),
                ("countries", sense.countries),
                ("unless_countries", sense.unless_countries),
            ):
                for code in codes:
                    if code not in subregions:
                        what = f"{case.words[0]}: no country {code} in {PLACES}"
                        cure = "check the code, or add the country"
                        faults.append(fault(directory / HARD, (*where, name), what, cure))
            for name in _CONDITIONS:
                for words in getattr(sense, name):
                    if len(phrase(words)) != 1:
                        what = f"{case.words[0]}: {name}: {words!r} is not one word"
                        faults.append(fault(directory / HARD, (*where, name), what, "conditions are single words"))
    for index, leader in enumerate(leaders.leaders):
        if leader.code not in subregions:
            what = f"{leader.name}: no country {leader.code} in {PLACES}"
            cure = "check the code, or add the country"
            faults.append(fault(directory / LEADERS, ("leaders", index, "code"), what, cure))


def _countries(part: Countries, file: str, capital_only: frozenset[str], weak: bool) -> Iterator[_Claim]:
    for code, country in part.countries.items():
        for setting, rule in _LISTS.items():
            sense = Sense((code,), rule)
            for words in getattr(country, setting):
                # an abbreviation counts only as one: "Pla" is no army
                short = words.isupper() and words.isalpha() and len(words) <= 5
                claimed = sense._replace(case="upper") if short else sense
                if rule in _PLAIN and not short and len(words) >= _SHORTEST and _key(words) not in capital_only:
                    claimed = sense._replace(case="any")
                for form in (words,) if weak else _forms(words):
                    yield _Claim(form, claimed, file, ("countries", code, setting), weak)


def _leaders(part: Leaders) -> Iterator[_Claim]:
    grace = part.grace_days * DAY
    titles = frozenset(word for title in part.titles for word in phrase(title))
    deeds = _set(part.deeds)
    others = _set(part.first_names)
    for index, leader in enumerate(part.leaders):
        where = ("leaders", index)
        since = _at(leader.since)
        early, late = (0, 0) if leader.exact else (366 * DAY, grace)
        until = _at(leader.until) + late if leader.until else None
        full = Sense((leader.code,), "leader", since=since - early, free=False)
        alone = Sense((leader.code,), "leader", since=since - late, until=until, unless_before=others, free=False)
        for words in (leader.name, *leader.also):
            for form in _forms(words):
                yield _Claim(form, full, LEADERS, where, False)
        for words in leader.alone:
            for form in _forms(words):
                yield _Claim(form, alone, LEADERS, where, False)
        for words in leader.titled:
            yield _Claim(words, alone._replace(before=titles), LEADERS, where, False)
            yield _Claim(words, alone._replace(after=deeds), LEADERS, where, False)


def _forms(words: str) -> tuple[str, ...]:
    """The words, and what is left of them where letters with accents were lost: "Chvez"."""
    left = "".join(letter for letter in words if letter.isascii())
    return (words,) if left == words or len(left) <= _SHORTEST else (words, left)


def _hard(part: HardCases) -> dict[str, list[Sense]]:
    senses: dict[str, list[Sense]] = {}
    nowhere = Sense((), "not-a-place", case="any")
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
    codes = _codes(hard)
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
        hard.dotted,
        frozenset(hard.countries),
        frozenset(hard.unless_countries),
    )
    return sense._replace(free=_bare(sense))


def _codes(hard: HardSense) -> tuple[str, ...]:
    return (hard.code,) if isinstance(hard.code, str) else hard.code or ()


def _bare(sense: Sense) -> bool:
    return not any(sense[4:17])


def _final(sense: Sense) -> bool:
    """Whether nothing after this sense can be reached, whatever the case."""
    return sense.case == "any" and _bare(sense)


def _merge(
    directory: Path, senses: dict[str, list[Sense]], closed: set[str], claims: Iterable[_Claim], faults: list[Fault]
) -> None:
    """Add what the plain files claim behind the hard cases; a phrase of two countries is a fault, or, among the
    cities of the world file, means neither. Leaders of two countries may share a surname: their times decide."""
    strong: dict[str, _Claim] = {}
    weak: dict[str, list[_Claim]] = {}
    for claim in claims:
        key = _key(claim.words)
        if not key or key in closed:
            continue
        if claim.weak:
            weak.setdefault(key, []).append(claim)
            continue
        before = strong.setdefault(key, claim)
        rivals = before.sense.codes != claim.sense.codes and "leader" not in (before.sense.rule, claim.sense.rule)
        if rivals:
            what = f"{claim.words!r} is claimed by {before.sense.codes[0]} and {claim.sense.codes[0]}"
            cure = f"say in {HARD} which is meant when, with `only: true`"
            faults.append(fault(directory / claim.source, claim.location, what, cure))
        listed = senses.setdefault(key, [])
        if claim.sense not in listed:
            listed.append(claim.sense)
    for key, several in weak.items():
        if key not in strong and len({claim.sense.codes for claim in several}) == 1:
            senses.setdefault(key, []).append(several[0].sense)


def _glue(senses: dict[str, list[Sense]], claims: Iterable[_Claim], words: frozenset[str]) -> None:
    """Names with an s of which the apostrophe was lost, where the result is no phrase of its own. Not `words`, which
    have every sense that they may have."""
    for claim in claims:
        key = _key(claim.words)
        if claim.sense.rule not in _GLUED or claim.sense.before or claim.sense.after or claim.sense.case == "upper":
            continue
        if len(key) < _SHORTEST or key.endswith("s") or claim.weak or key in words:
            continue
        if key + "s" not in senses or claim.sense.rule == "leader":
            listed = senses.setdefault(key + "s", [])
            if all(sense.rule == "leader" for sense in listed):
                listed.append(claim.sense._replace(case="strict"))


def _compile(senses: dict[str, list[Sense]], subregions: dict[str, str]) -> Gazetteer:
    entries: dict[str, Entry] = {}
    for key, several in senses.items():
        words = key.split(" ")
        listed = tuple(dict.fromkeys(several))  # "US" and "U.S." are one key, and may say the same
        head = next((index for index, word in enumerate(words) if word not in PARTICLES), 0)
        waits = any(sense.countries or sense.unless_countries for sense in listed)
        first = listed[0]
        sure = first if first.free and first.case == "any" else None
        capital = first if first.free and first.case == "capital" else None
        cased = all(sense.case in ("capital", "strict") for sense in listed)
        entries[key] = Entry(head, listed, waits, sure, capital, cased)
    return Gazetteer(by_first(entries), subregions)


def _set(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(phrase(words)) for words in phrases)


def _key(words: str) -> str:
    return " ".join(phrase(words))


def _at(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
