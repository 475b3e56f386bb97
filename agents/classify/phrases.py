"""An index of phrases by their first two words, so that most words of a title cost one look-up, and no more.

Shared by the gazetteer and the patterns. What a phrase means stands in the index itself: where the first two words of a
title's stretch agree with a phrase, only the others, if there are any, are left to compare.
"""

from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

Meaning = TypeVar("Meaning")


class Phrase(NamedTuple, Generic[Meaning]):
    """A phrase behind its first word."""

    size: int
    rest: list[str]
    """The words behind the second. A list, as those of a title are, with which it is compared."""
    meaning: Meaning


class Start(NamedTuple, Generic[Meaning]):
    """What begins with a word."""

    alone: tuple[Phrase[Meaning], ...]
    """The word, where it is a phrase by itself; else empty."""
    seconds: Mapping[str, tuple[Phrase[Meaning], ...]]
    """Second word -> the phrases that begin so, longest first, with `alone` behind them."""


def by_first(phrases: Mapping[str, Meaning]) -> dict[str, Start[Meaning]]:
    """First word -> what begins with it. Phrases are words joined by one space."""
    found: dict[str, dict[str, list[Phrase[Meaning]]]] = {}
    alone: dict[str, tuple[Phrase[Meaning], ...]] = {}
    for phrase, meaning in phrases.items():
        words = phrase.split(" ")
        seconds = found.setdefault(words[0], {})
        if len(words) == 1:
            alone[phrase] = (Phrase(1, [], meaning),)
        else:
            seconds.setdefault(words[1], []).append(Phrase(len(words), words[2:], meaning))
    return {
        first: Start(
            alone.get(first, ()),
            {
                second: (*sorted(listed, key=_longest_first), *alone.get(first, ()))
                for second, listed in seconds.items()
            },
        )
        for first, seconds in found.items()
    }


def _longest_first(phrase: Phrase[Meaning]) -> int:
    return -phrase.size


def meaning_of(starts: Mapping[str, Start[Meaning]], words: Sequence[str]) -> Meaning:
    """What the phrase of just these words means. Raises KeyError where there is none."""
    start = starts[words[0]]
    for phrase in start.seconds.get(words[1], ()) if len(words) > 1 else start.alone:
        if phrase.size == len(words) and phrase.rest == list(words[2:]):
            return phrase.meaning
    raise KeyError(" ".join(words))
