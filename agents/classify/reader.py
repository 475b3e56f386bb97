"""The reading of one headline: places, themes and organisations, each with the words that prove it.

`Reader` is the rules, compiled; `read` is pure: the same title at the same time gives the same reading, in order of
first appearance. It never raises, whatever the title holds, and its cost is linear in the title.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from agents.classify import gazetteer as gazetteer_rules
from agents.classify import patterns, places
from agents.classify import themes as theme_rules
from agents.classify.gate import may_hold
from agents.classify.modality import ORDER, reason
from agents.classify.phrases import meaning_of
from agents.classify.publishers import Publishers
from agents.classify.tokens import Tokens, tokenise
from agents.classify.vetoed import Vetoed, Vetoes
from agents.faults import Fault, RulesError
from schemas.base import made
from schemas.headline import Evidence, Place, Theme

RULES = Path(__file__).parent.parent / "rules"
"""The rules of the package."""

_NO_PLACE = "known to be no place"
_CAPITALS = frozenset(["capital", "upper"])
"""How all senses of a word are written that nobody takes for a place in lower case, unlike "turkey" and "us"."""


class Reading(NamedTuple):
    """What a title says."""

    places: tuple[Place, ...]
    themes: tuple[Theme, ...]
    organisations: tuple[str, ...]


class Rejected(NamedTuple):
    """Words that were considered and do not count, with the reason; for a person who asks why."""

    words: str
    start: int
    end: int
    why: str


class Judged(NamedTuple):
    """A pattern that holds in a title, and whether it counts."""

    match: patterns.Match
    why: tuple[str, str] | None
    """The reason why it does not count, and the name of the cue that decided; `None` when it counts."""
    cues: tuple[patterns.Found, ...]
    """The words of that cue; none where the reason is a past year or a question."""


class Look(NamedTuple):
    """All that `read` goes by, for a person who asks why, and the patterns that nearly held."""

    tokens: Tokens
    judged: tuple[Judged, ...]
    vetoed: tuple[Vetoed, ...]

    def words(self, first: int, last: int) -> str:
        """Tokens `[first, last)` as they stand in the title."""
        return self.tokens.title[self.tokens.starts[first] : self.tokens.ends[last - 1]]


class Reader:
    """Reads titles by the rules of one directory."""

    def __init__(self, gazetteer: places.Gazetteer, themes: theme_rules.Themes, families: Publishers) -> None:
        self._gazetteer = gazetteer
        self._themes = themes
        self.families = families
        self.directions: Mapping[str, str] = MappingProxyType(
            {name: rule.direction for name, rule in themes.rules.items()}
        )
        self.codes: Mapping[str, str] = MappingProxyType({name: rule.code for name, rule in themes.rules.items()})
        self.subregions: Mapping[str, str] = MappingProxyType(dict(gazetteer.subregions))

    @classmethod
    def load(cls, directory: Path = RULES) -> Self:
        """The reader of a rules directory. Raises RulesError with every fault of its files."""
        faults: list[Fault] = []
        parts: list[object] = []
        for load in (gazetteer_rules.load, theme_rules.load, Publishers.load):
            try:
                parts.append(load(directory))
            except RulesError as error:
                faults += error.faults
        if faults:
            raise RulesError(faults)
        gazetteer, themes, families = parts
        assert isinstance(gazetteer, places.Gazetteer)
        assert isinstance(themes, theme_rules.Themes)
        assert isinstance(families, Publishers)
        return cls(gazetteer, themes, families)

    def read(self, title: str, at: int) -> Reading:
        """The reading of a title at event time `at`, ms."""
        tokens = tokenise(title)
        hits = places.find(self._gazetteer, tokens, at)
        lexicon = self._themes.lexicon
        themes: tuple[Theme, ...] = ()
        if may_hold(lexicon.gate, tokens.words, hits):
            found = patterns.collect(lexicon, tokens, hits)
            matches = patterns.match(lexicon, found)
            if matches:
                themes = self._read_themes(tokens, found, matches, at)
        if not hits:
            return Reading((), themes, ())
        found_places, organisations = self._read_places(tokens, hits)
        return Reading(found_places, themes, organisations)

    def read_places(self, title: str, at: int) -> Reading:
        """The same without themes, for a title that is not English: patterns of English claim nothing there."""
        tokens = tokenise(title)
        found_places, organisations = self._read_places(tokens, places.find(self._gazetteer, tokens, at))
        return Reading(found_places, (), organisations)

    def rejected(self, title: str, at: int) -> tuple[Rejected, ...]:
        """The names that were tried and refused, in order. Not mere words: "of", "police", "deal"."""
        tokens = tokenise(title)
        refused: list[places.Refused] = []
        hits = places.find(self._gazetteer, tokens, at, refused)
        refused += [
            places.Refused(hit.first, hit.last, _NO_PLACE)
            for hit in hits
            if not hit.sense.codes and hit.sense.organisation is None
        ]
        return tuple(
            Rejected(
                title[tokens.starts[item.first] : tokens.ends[item.last - 1]],
                tokens.starts[item.first],
                tokens.ends[item.last - 1],
                item.why,
            )
            for item in sorted(refused)
            if not self._mere_word(tokens, item)
        )

    def _mere_word(self, tokens: Tokens, item: places.Refused) -> bool:
        """Whether nobody would take these words for a place, though a town somewhere is written like them."""
        words = tokens.words[item.first : item.last]
        if len(words) == 1 and words[0] in gazetteer_rules.PARTICLES:
            return True
        if item.why == _NO_PLACE or any(tokens.capital(index) for index in range(item.first, item.last)):
            return False
        entry = meaning_of(self._gazetteer.starts, words)
        return all(sense.case in _CAPITALS for sense in entry.senses)

    def look(self, title: str, at: int) -> Look:
        """The tokens and every pattern that holds, as `read` sees them."""
        tokens = tokenise(title)
        hits = places.find(self._gazetteer, tokens, at)
        found = patterns.collect(self._themes.lexicon, tokens, hits)
        judged = []
        for match in patterns.match(self._themes.lexicon, found):
            why = reason(self._themes.modality, tokens, found, match, at)
            cues = [
                item
                for item in found
                if why is not None and reason(self._themes.modality, tokens, [item], match, at) == why
            ]
            alone = why is not None and reason(self._themes.modality, tokens, [], match, at) == why
            judged.append(Judged(match, why, () if alone else tuple(cues)))
        return Look(tokens, tuple(judged), self._vetoes.find(found))

    @cached_property
    def _vetoes(self) -> Vetoes:
        return Vetoes(self._themes.lexicon)

    def _read_places(self, tokens: Tokens, hits: list[places.Hit]) -> tuple[tuple[Place, ...], tuple[str, ...]]:
        evidence: dict[str, list[Evidence]] = {}
        organisations: dict[str, None] = {}
        for hit in hits:
            sense = hit.sense
            if sense.organisation is not None:
                organisations[sense.organisation] = None
            if not sense.codes:
                continue
            proof = _evidence(tokens, hit.first, hit.last, sense.rule)
            for code in sense.codes:
                evidence.setdefault(code, []).append(proof)
        subregions = self._gazetteer.subregions
        found = [
            made(Place, {"code": code, "subregion": subregions[code], "evidence": tuple(proofs)})
            for code, proofs in evidence.items()
        ]
        return tuple(found), tuple(organisations)

    def _read_themes(
        self, tokens: Tokens, found: list[patterns.Found], matches: list[patterns.Match], at: int
    ) -> tuple[Theme, ...]:
        """One entry a theme: it counts when any of its matches does, and shows those of the standing that it has."""
        by_theme: dict[str, dict[str | None, list[patterns.Match]]] = {}
        for match in matches:
            why = reason(self._themes.modality, tokens, found, match, at)
            by_theme.setdefault(match.pattern.theme, {}).setdefault(why[0] if why else None, []).append(match)
        read = []
        for theme, by_reason in by_theme.items():
            standing = None if None in by_reason else min((why for why in by_reason if why), key=ORDER.index)
            proofs: dict[tuple[int, int], Evidence] = {}
            for match in by_reason[standing]:
                for part in match.parts:
                    if (part.first, part.last) not in proofs:
                        proofs[part.first, part.last] = _evidence(tokens, part.first, part.last, match.pattern.name)
            read.append(
                made(
                    Theme,
                    {
                        "theme": theme,
                        "counted": standing is None,
                        "reason": standing,
                        "evidence": tuple([proofs[key] for key in sorted(proofs)]),
                    },
                )
            )
        return tuple(sorted(read, key=lambda theme: (theme.evidence[0].start, theme.theme)))


def _evidence(tokens: Tokens, first: int, last: int, rule: str) -> Evidence:
    start, end = tokens.starts[first], tokens.ends[last - 1]
    return made(Evidence, {"words": tokens.title[start:end], "start": start, "end": end, "rule": rule})
