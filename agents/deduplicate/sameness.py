"""How far two headlines say the same, as one figure to rank pairs by: edits, retellings and strangers alike.

    score = ((1 - letters) * words + letters * trigrams) * contradiction ^ n * doubt ^ m

`words` is the likeness that deduplication decides by, the Jaccard index of the tokens; `trigrams` the Dice coefficient
of the titles' runs of three letters, which sees through spelling and endings. Each of a number, a country or an
opposite in which the two contradict one another costs a factor, and each of a name, a date, a negation or an order of
countries a smaller one. Symmetric, between 0 and 1, and 1 only for texts that say the same in the same letters.

Only `tocsin compare` and `tocsin explain` ask for it: verdicts rest on likeness and guards alone.
"""

import re
from typing import NamedTuple

from agents.deduplicate.guards import contradictions
from agents.deduplicate.rules import DeduplicateRules
from agents.deduplicate.similarity import Reading, alike

_NO_LETTERS = re.compile(r"[\W_]+")
_GRAM = 3
_HARD = frozenset(("number", "country", "opposite"))


class Score(NamedTuple):
    """The figure and what it is made of."""

    score: float
    words: float
    letters: float
    contradictions: tuple[str, ...]
    """By name of guard: in what the two contradict one another."""


def sameness(rules: DeduplicateRules, title: str, read: Reading, other_title: str, other: Reading) -> Score:
    """The score of two headlines, each with its reading."""
    shared, union = alike(read.tokens, other.tokens)
    words = shared / union if union else 0.0
    letters = _dice(_grams(title), _grams(other_title))
    against = contradictions(read, other)
    hard = len([guard for guard in against if guard in _HARD])
    weights = rules.score
    score = (1 - weights.letters) * words + weights.letters * letters
    score *= weights.contradiction**hard * weights.doubt ** (len(against) - hard)
    return Score(round(score, 4), round(words, 4), round(letters, 4), against)


def _grams(title: str) -> frozenset[str]:
    text = f" {_NO_LETTERS.sub(' ', title.casefold()).strip()} "
    return frozenset([text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)])


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0
