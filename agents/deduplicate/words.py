"""What single words are: their token, and which of the rules' word lists they stand in.

Pure; each stretch between two blanks is taken apart once as it is written and then remembered, up to a bound.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import Stemmer  # type: ignore[import-not-found]

from agents.deduplicate.rules import DeduplicateRules

MEMO = 100_000
"""Distinct stretches remembered before the memo is begun anew."""
BLANK = "¦"
"""Stands where a country was named: no word, and no beginning of a clause."""

_PIECE = re.compile(
    r"(?P<mark>[:;.!?|\"“”‘’'–—-])"  # what may end a clause
    r"|(?P<number>\d+(?:[.,]\d+)*)(?P<unit>[^\W\d_]*)"  # 5,000  1.5bn  12th
    r"|(?P<word>(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W\d_]+)*)"  # U.S.  don't
)
_ORDINAL = frozenset(("st", "nd", "rd", "th", "s"))
_AUXILIARIES = frozenset(
    ("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "wo", "would", "ca", "could", "should")
)


class Word(NamedTuple):
    """A word as it stands in a title, or a mark between words."""

    plain: bool
    """An ordinary word without a capital: nothing but `token` matters."""
    token: str
    """Its stem; empty for a function word, a number or a mark."""
    mark: bool = False
    """No word: the next one may begin a clause, so its capital says nothing."""
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
    """A number that has no value: `f16`, `3.5.1`, `20mm`."""
    scale: float | None = None
    sides: tuple[int, ...] = ()
    """Numbers of the groups of opposites it stands in; the opposite of group `g` is `g ^ 1`."""


class Lexicon:
    """The word lists of the rules, by stem where inflection does not matter."""

    def __init__(self, rules: DeduplicateRules) -> None:
        self._stemmer = Stemmer.Stemmer("english", 0)
        self._rules = rules
        self._common = _stems(rules.dictionary | rules.common_words | rules.stop_words)
        self._negations = _stems(rules.negations)
        self._dates = _stems(rules.dates)
        self._sides: dict[str, tuple[int, ...]] = {}
        for number, pair in enumerate(rules.opposites):
            for side, words in enumerate((pair.these, pair.those)):
                for stem in _stems(words):
                    self._sides[stem] = (*self._sides.get(stem, ()), 2 * number + side)
        self.memo: dict[str, tuple[Word, ...]] = {}

    def words(self, stretch: str) -> tuple[Word, ...]:
        """Take apart what stands between two blanks: `US-led,` or `$1.5bn`. Ask `memo` first."""
        if len(self.memo) >= MEMO:
            self.memo.clear()
        found = (_BLANK,) if stretch == BLANK else tuple(map(self._piece, _PIECE.finditer(stretch)))
        self.memo[stretch] = found
        return found

    def _piece(self, match: re.Match[str]) -> Word:
        if match["mark"]:
            return _MARK
        if match["number"]:
            return self._number(match["number"].replace(",", ""), match["unit"].lower())
        return self._look_up(match["word"])

    def _look_up(self, text: str) -> Word:
        lower = text.lower().replace("’", "'").removesuffix("'s").replace("'", "").replace(".", "")
        stem = self._stemmer.stemWord(lower)
        token = "" if lower in self._rules.stop_words else stem
        long = len(token) > 2
        negates = stem in self._negations or (lower.endswith("nt") and lower[:-2] in _AUXILIARIES)
        number = self._rules.numbers.get(lower)
        scale = self._rules.scales.get(lower)
        sides = self._sides.get(stem, ())
        date = stem in self._dates
        odd = "" if lower.isalpha() else lower
        capital = text[0].isupper()
        if token and not (capital or negates or number is not None or scale is not None or sides or date or odd):
            return Word(True, token, long=long)
        return Word(
            plain=False,
            token=token,
            long=long,
            capital=capital,
            common=stem in self._common,
            negates=negates,
            date=date,
            number=number,
            odd=odd,
            scale=scale,
            sides=sides,
        )

    def _number(self, digits: str, unit: str) -> Word:
        scale = 1.0 if not unit or unit in _ORDINAL else self._rules.scales.get(unit)
        if scale is None or digits.count(".") > 1:
            return Word(plain=False, token="", odd=digits + unit)
        return Word(plain=False, token="", number=float(digits) * scale)


@lru_cache(maxsize=1000)
def _stems(words: frozenset[str]) -> frozenset[str]:
    """Every lane of a process has the same rules: what takes milliseconds is done once."""
    return frozenset(Stemmer.Stemmer("english", 0).stemWords([word.lower() for word in words]))


_MARK = Word(plain=False, token="", mark=True)
_BLANK = Word(plain=False, token="")
