"""An index of phrases by their first two words, so that most words of a title cost one look-up, and no more.

Shared by the gazetteer and the patterns.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

SINGLE = (1,)


class Start(NamedTuple):
    """What begins with a word."""

    alone: tuple[int, ...]
    """`(1,)` where the word is a phrase by itself, else empty."""
    seconds: Mapping[str, tuple[int, ...]]
    """Second word -> the lengths of the phrases that begin so, longest first, with `alone` behind them."""


def by_first(phrases: Iterable[str]) -> dict[str, Start]:
    """First word -> what begins with it. Phrases are words joined by one space."""
    found: dict[str, dict[str, set[int]]] = {}
    alone: set[str] = set()
    for phrase in phrases:
        words = phrase.split(" ")
        seconds = found.setdefault(words[0], {})
        if len(words) == 1:
            alone.add(phrase)
        else:
            seconds.setdefault(words[1], set()).add(len(words))
    return {
        first: Start(
            SINGLE if first in alone else (),
            {
                second: (*sorted(lengths, reverse=True), *(SINGLE if first in alone else ()))
                for second, lengths in seconds.items()
            },
        )
        for first, seconds in found.items()
    }


def lengths(start: Start, following: str) -> tuple[int, ...]:
    """How long the phrases may be that begin with this word before `following`, longest first."""
    return start.seconds.get(following, start.alone)
