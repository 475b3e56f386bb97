"""Patterns that would hold in a title but for a word that they must not meet: for a person who asks why one does not.

The words of `without` reach through the whole title, so what keeps a pattern from holding may stand far from it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from agents.classify.patterns import Found, Lexicon, Match, match


class Vetoed(NamedTuple):
    """A pattern whose parts were all met, and the words of its `without` that were met too."""

    match: Match
    words: tuple[Found, ...]


class Vetoes:
    """Tries patterns without their vetoes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._patterns = lexicon.patterns
        self._places = {(pattern.theme, pattern.name): index for index, pattern in enumerate(lexicon.patterns)}
        self._freed = lexicon._replace(patterns=tuple(pattern._replace(without=0) for pattern in lexicon.patterns))

    def find(self, found: Sequence[Found]) -> tuple[Vetoed, ...]:
        """The patterns that only a veto keeps from holding among `found`, each once, in order of their actions."""
        vetoed: dict[int, Vetoed] = {}
        for free in match(self._freed, found):
            index = self._places[free.pattern.theme, free.pattern.name]
            without = self._patterns[index].without
            words = tuple(item for item in found if item.term.mask & without)
            if words:
                vetoed.setdefault(index, Vetoed(free, words))
        return tuple(vetoed.values())
