"""What single words are: their token, and which of the rules' word lists they stand in.

Pure; each stretch between two blanks is taken apart once as it is written and then remembered, up to a bound.
"""

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple, Self

import Stemmer  # type: ignore[import-not-found]

from agents.deduplicate.rules import DeduplicateRules, Opposites

MEMO = 100_000
"""Distinct stretches remembered before the memo is begun anew."""
BLANK = "¦"
"""Stands where a country was named: no word, and no beginning of a clause."""

_PIECE = re.compile(
    r"(?P<mark>[:;.!?|\"“”‘’'–—-])"  # what may end a clause
    r"|(?P<currency>[$£€¥₹])"
    r"|(?P<number>\d+(?:[.,]\d+)*)(?P<unit>[^\W\d_]*)"  # 5,000  1.5bn  12th
    r"|(?P<word>(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W\d_]+)*)"  # U.S.  don't
)
_MONEY = "$£€¥₹"
"""Another currency is another sum."""
_ORDINAL = frozenset(("st", "nd", "rd", "th", "s"))
_AUXILIARIES = frozenset(
    ("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "wo", "would", "ca", "could", "should")
)


class Kind(IntEnum):
    """How much there is to a word; most have a stem and nothing else."""

    PLAIN = 0
    """An ordinary word without a capital: nothing but `token` and `long` matter."""
    CAPITAL = 1
    """The same with a capital."""
    SILENT = 2
    """A function word: nothing matters."""
    MARK = 3
    """No word: the next one may begin a clause, so its capital says nothing."""
    RICH = 4
    """All fields matter."""
    COUNTRY = 5
    """Stands where a country was named."""


class Word(NamedTuple):
    """A word as it stands in a title, or a mark between words."""

    kind: Kind
    token: str = ""
    """Its stem; empty for a function word, a number or a mark."""
    long: bool = False
    """Long enough to tell by its first letter whether a title has capitals throughout."""
    capital: bool = False
    common: bool = False
    """Known to be an ordinary word, not a name, when capitalised where any word may be."""
    negates: bool = False
    date: bool = False
    number: float | None = None
    """Its value, which a scale after it multiplies."""
    odd: str = ""
    """A number that has no value: `f16`, `3.5.1`, `20mm`, `dozens`."""
    scale: float | None = None
    particle: str = ""
    """Of a function word that has an opposite or ends a phrase: the word; a sign for money."""
    before: frozenset[str] = frozenset()
    """Words that make a negation of it when they follow: `rule` and `out`."""


class Facts(NamedTuple):
    """What the guards ask of tokens that differ. One for all readings by the same rules."""

    opposites: Mapping[str, frozenset[str]]
    """Of a token those that mean its opposite."""
    name_words: frozenset[str]
    """Tokens of ordinary words that are names too."""


class Lists(NamedTuple):
    """What the rules say of words, as a value that can be a key."""

    common: frozenset[str]
    stop: frozenset[str]
    negations: frozenset[str]
    dates: frozenset[str]
    opposites: tuple[Opposites, ...]
    numbers: tuple[tuple[str, float], ...]
    scales: tuple[tuple[str, float], ...]
    quantities: frozenset[str]
    name_words: frozenset[str]
    negating_phrases: frozenset[str]

    @classmethod
    def of(cls, rules: DeduplicateRules) -> Self:
        return cls(
            common=rules.dictionary | rules.common_words | rules.stop_words,
            stop=rules.stop_words,
            negations=rules.negations,
            dates=rules.dates,
            opposites=rules.opposites + rules.general_opposites,
            numbers=tuple(rules.numbers.items()),
            scales=tuple(rules.scales.items()),
            quantities=rules.quantities,
            name_words=rules.name_words,
            negating_phrases=rules.negating_phrases,
        )


class Lexicon:
    """The word lists of the rules, by stem where inflection does not matter."""

    def __init__(self, lists: Lists) -> None:
        self._stemmer = Stemmer.Stemmer("english", 0)
        self._common = self._stems(lists.common)
        self._stop = lists.stop
        # Cut to their stems, some adverbs would be other words: hardly, hard.
        as_written = frozenset([word for word in lists.negations if word.endswith("ly")])
        self._adverbs = as_written
        self._negations = self._stems(lists.negations - as_written)
        self._dates = self._stems(lists.dates)
        self._numbers = dict(lists.numbers)
        self._scales = dict(lists.scales)
        self._quantities = lists.quantities
        self._phrases: dict[str, frozenset[str]] = {}
        for phrase in lists.negating_phrases:
            verb, _, then = phrase.partition("-")
            (stem,) = self._stems(frozenset([verb]))
            self._phrases[stem] = self._phrases.get(stem, frozenset()) | {then}
        self._ends = frozenset([end for ends in self._phrases.values() for end in ends])
        self.facts = Facts(self._opposites(lists.opposites), self._stems(lists.name_words))
        self.memo: dict[str, tuple[Word, ...]] = {}

    def words(self, stretch: str) -> tuple[Word, ...]:
        """Take apart what stands between two blanks: `US-led,` or `$1.5bn`. Ask `memo` first."""
        if len(self.memo) >= MEMO:
            self.memo.clear()
        if stretch.isalpha():
            found: tuple[Word, ...] = (self._look_up(stretch),)
        elif stretch == BLANK:
            found = (_COUNTRY,)
        else:
            found = tuple(map(self._piece, _PIECE.finditer(stretch)))
        self.memo[stretch] = found
        return found

    def _piece(self, match: re.Match[str]) -> Word:
        if match.lastgroup == "mark":
            return _MARK
        if match.lastgroup == "currency":
            return Word(Kind.RICH, particle=match["currency"])
        if match.lastgroup == "word":
            return self._look_up(match["word"])
        return self._number(match["number"].replace(",", ""), match["unit"].lower())

    def _look_up(self, text: str) -> Word:
        lower, odd = text.lower(), ""
        if not lower.isalpha():
            lower = lower.replace("’", "'").removesuffix("'s").replace("'", "").replace(".", "")
            odd = "" if lower.isalpha() else lower
        stem = self._stemmer.stemWord(lower)
        token = "" if lower in self._stop else stem
        long = len(token) > 2
        capital = text[0].isupper()
        common = stem in self._common
        negates = (
            stem in self._negations or lower in self._adverbs or (lower.endswith("nt") and lower[:-2] in _AUXILIARIES)
        )
        date = stem in self._dates
        number = self._numbers.get(lower)
        scale = self._scales.get(lower)
        odd = lower if lower in self._quantities else odd
        particle = lower if lower in self._ends or (not token and stem in self.facts.opposites) else ""
        before = self._phrases.get(stem, frozenset())
        if negates or number is not None or scale is not None or particle or date or odd or before:
            return Word(Kind.RICH, token, long, capital, common, negates, date, number, odd, scale, particle, before)
        if not token:
            return _SILENT
        return Word(Kind.CAPITAL if capital else Kind.PLAIN, token, long, capital, common)

    def _number(self, digits: str, unit: str) -> Word:
        scale = 1.0 if not unit or unit in _ORDINAL else self._scales.get(unit)
        if scale is None or digits.count(".") > 1:
            return Word(Kind.RICH, odd=digits + unit)
        return Word(Kind.RICH, number=float(digits) * scale)

    def _opposites(self, pairs: Iterable[Opposites]) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for pair in pairs:
            these, those = self._tokens(pair.these), self._tokens(pair.those)
            for one, others in ((these, those), (those, these)):
                for stem in one - others:
                    found.setdefault(stem, set()).update(others - one)
        for sign in _MONEY:
            found[sign] = set(_MONEY) - {sign}
        return {stem: frozenset(others) for stem, others in found.items()}

    def _tokens(self, words: frozenset[str]) -> frozenset[str]:
        """As they stand in a reading: `first` as a number."""
        figures = [word for word in words if word in self._numbers]
        return self._stems(words.difference(figures)) | {"#" + format(self._numbers[word], ".12g") for word in figures}

    def _stems(self, words: frozenset[str]) -> frozenset[str]:
        return frozenset(self._stemmer.stemWords([word.lower() for word in words]))


def lexicon(rules: DeduplicateRules) -> Lexicon:
    """The lexicon of these rules. One for all lanes of a process: what one lane learns the others need not."""
    return _lexicon(Lists.of(rules))


_lexicon = lru_cache(maxsize=2)(Lexicon)
_MARK = Word(Kind.MARK)
_SILENT = Word(Kind.SILENT)
_COUNTRY = Word(Kind.COUNTRY)
