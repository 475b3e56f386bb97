"""How alike two headlines are as texts, and what of a headline the guards look at.

A headline is read once into a set of tokens: stems without function words, numbers in one form (`12th`, `twelve` and
`12` are one), country names and demonyms as the country's code (`Russian`, `Russia's`). Likeness is the Jaccard index
of two such sets. Sets, because edited headlines change order and inflection more than words; unweighted, because
weights learnt from the stream would make a verdict depend on what else was seen.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from agents.deduplicate.rules import DeduplicateRules
from agents.deduplicate.words import BLANK, Facts, Kind, Word, lexicon
from schemas.headline import Place
from schemas.row import HeadlineRow


class Reading(NamedTuple):
    """What deduplication sees of a headline."""

    tokens: frozenset[str]
    sequence: tuple[str, ...]
    """The same in the order of the title, repeated ones too."""
    places: frozenset[str]
    """Codes of its countries."""
    order: tuple[str, ...]
    """The same in the order in which they are first named; first those by whom it is done, where that is a passive."""
    themes: frozenset[str]
    """Themes that count."""
    numbers: frozenset[str]
    """One that is told twice is in here once more, marked: as told again it may be another number of another text."""
    dates: frozenset[str]
    """Months and days of the week."""
    names: frozenset[str]
    """Tokens that are parts of proper names, as far as capitals and the gazetteer tell."""
    capitals: frozenset[str]
    """Tokens that begin with a capital, for whatever reason."""
    homes: Mapping[str, str]
    """Of the words that mean a country but do not name it (a city, a leader): the country's code."""
    particles: frozenset[str]
    """Function words that have an opposite: `up`."""
    negations: int
    """How many words turn the statement round."""
    facts: Facts
    """What the guards ask of tokens."""


def alike(a: frozenset[str], b: frozenset[str]) -> tuple[int, int]:
    """The Jaccard index as a fraction, so that comparing it is exact."""
    shared = len(a & b)
    return shared, len(a) + len(b) - shared


class Reader:
    """Reads headlines by the rules' word lists. Pure, but for a memo of words."""

    def __init__(self, rules: DeduplicateRules) -> None:
        self._lexicon = lexicon(rules)
        self._place_rules = rules.place_rules

    def read(self, row: HeadlineRow) -> Reading:
        """What a row's title says; costs 8 to 20 microseconds, by its length and by how many of its words are new."""
        title, countries, homes = self._take_countries(row.headline.title, row.places)
        known = self._lexicon.memo.get
        tokens: list[str] = []
        numbers: list[str] = []
        dates: list[str] = []
        particles: list[str] = []
        capitals: list[tuple[Word, bool]] = []
        lower_case = negations = named = 0
        pending: float | None = None
        negating = _NONE
        opens = True
        for stretch in title.split():
            words = known(stretch)
            for word in self._lexicon.words(stretch) if words is None else words:
                kind = word.kind
                if kind is _MARK:
                    opens = True
                    continue
                if pending is not None:
                    if word.scale is not None:
                        pending *= word.scale
                        continue
                    numbers.append(format(pending, ".12g"))
                    tokens.append("#" + numbers[-1])
                    pending = None
                if kind is _PLAIN:
                    tokens.append(word.token)
                    lower_case += word.long
                elif kind is _CAPITAL:
                    tokens.append(word.token)
                    capitals.append((word, opens))
                elif kind is _COUNTRY:
                    tokens += countries[named]
                    named += 1
                elif kind is _RICH:
                    if word.number is not None:
                        pending = word.number
                    elif word.odd or (word.scale is not None and word.long):
                        numbers.append(word.odd or word.token)
                        tokens.append("#" + numbers[-1])
                    else:
                        negations += word.negates or word.particle in negating
                        negating = word.before
                        if word.particle:
                            particles.append(word.particle)
                        if word.token:
                            tokens.append(word.token)
                            if word.date:
                                dates.append(word.token)
                            if word.capital:
                                capitals.append((word, opens))
                            else:
                                lower_case += word.long
                opens = False
        if pending is not None:
            numbers.append(format(pending, ".12g"))
            tokens.append("#" + numbers[-1])
        places, themes = row.places, row.themes
        return Reading(
            tokens=frozenset(tokens),
            sequence=tuple(tokens),
            places=frozenset([place.code for place in places]) if places else _NONE,
            order=_order(row.headline.title, places) if len(places) > 1 else (),
            themes=frozenset([theme.theme for theme in themes if theme.counted]) if themes else _NONE,
            numbers=_marked(numbers) if numbers else _NONE,
            dates=frozenset(dates) if dates else _NONE,
            names=_names(capitals, lower_case, homes) if capitals else _NONE,
            capitals=frozenset([word.token for word, _ in capitals]) if capitals else _NONE,
            homes=homes,
            particles=frozenset(particles) if particles else _NONE,
            negations=negations,
            facts=self._lexicon.facts,
        )

    def _take_countries(self, title: str, places: Iterable[Place]) -> tuple[str, list[list[str]], Mapping[str, str]]:
        """The title with a blank where words name a country; for each blank the countries' tokens; and the tokens of
        other words that prove a country."""
        if BLANK in title:
            title = title.replace(BLANK, " ")
        spans: list[tuple[int, int, str]] = []
        homes: dict[str, str] = {}
        for place in places:
            for found in place.evidence:
                if found.rule in self._place_rules:
                    spans.append((found.start, found.end, place.code))
                else:
                    for stretch in found.words.split():
                        for word in self._lexicon.memo.get(stretch) or self._lexicon.words(stretch):
                            if word.token and word.capital:
                                homes[word.token] = place.code
        if not spans:
            return title, [], homes
        spans.sort()
        parts: list[str] = []
        countries: list[list[str]] = []
        done = 0
        for start, end, code in spans:
            if start >= done:
                parts += [title[done:start], f" {BLANK} "]
                countries.append([])
            countries[-1].append("@" + code)
            done = max(done, end)
        return "".join([*parts, title[done:]]), countries, homes


def _marked(numbers: list[str]) -> frozenset[str]:
    found = frozenset(numbers)
    if len(found) == len(numbers):
        return found
    return found | {f"{number}+{numbers[:at].count(number)}" for at, number in enumerate(numbers)}


def _names(capitals: list[tuple[Word, bool]], lower_case: int, homes: Mapping[str, str]) -> frozenset[str]:
    """Capitals mark names, but not where every word has one, nor on the first word of a clause."""
    throughout = len([None for word, opens in capitals if word.long and not opens]) > lower_case
    return frozenset(
        [
            word.token
            for word, opens in capitals
            if not word.date and (word.token in homes or not (word.common and (opens or throughout)))
        ]
    )


def _order(title: str, places: tuple[Place, ...]) -> tuple[str, ...]:
    first = [(min([found.start for found in place.evidence]), place.code) for place in places if place.evidence]
    if " by " in title:
        # "Sale to Turkey approved by US Congress" is the US, Turkey
        return tuple(
            [
                code
                for _, _, code in sorted((not _BY.search(title, max(0, at - 24), at), at, code) for at, code in first)
            ]
        )
    return tuple([code for _, code in sorted(first)])


_BY = re.compile(r"[a-z]{2}(?:ed|en|wn) by (?:the )?\Z")
"""Ends before whoever does what a passive says. "Raid by Iran" is none."""
_NONE: frozenset[str] = frozenset()
_PLAIN, _CAPITAL, _MARK, _RICH, _COUNTRY = Kind.PLAIN, Kind.CAPITAL, Kind.MARK, Kind.RICH, Kind.COUNTRY
