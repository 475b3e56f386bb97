"""A reading as it is kept in memory: the same, at a third of the space and in few pieces.

Sets are made of arrays with room to spare, and a lane may keep a million readings. So what is kept is the sequence of
the tokens, what of it are names and capitals, and sets only where many texts share one. Most of what is kept is never
looked at again; what is compared is compared as it is, and made whole only where it is alike enough.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from agents.deduplicate.similarity import Reading
from agents.deduplicate.words import Facts

_SHARED = 4_096
_NO_HOMES: Mapping[str, str] = MappingProxyType({})


class Kept(NamedTuple):
    """The fields of a `Reading`, but for `size`, how many different tokens there are."""

    sequence: tuple[str, ...]
    size: int
    places: frozenset[str]
    order: tuple[str, ...]
    themes: frozenset[str]
    numbers: frozenset[str]
    dates: frozenset[str]
    names: tuple[str, ...]
    capitals: tuple[str, ...]
    homes: Mapping[str, str]
    particles: frozenset[str]
    negations: int
    facts: Facts


@lru_cache(_SHARED)
def _shared(values: frozenset[str]) -> frozenset[str]:
    return values


def keep(reading: Reading) -> Kept:
    """`reading`, to be kept."""
    tokens, sequence, places, order, themes, numbers, dates, names, capitals, homes, particles, negations, facts = (
        reading
    )
    return Kept(
        sequence,
        len(tokens),
        _shared(places),
        order,
        _shared(themes) if themes else themes,
        numbers,
        _shared(dates) if dates else dates,
        tuple(names),
        tuple(capitals),
        homes or _NO_HOMES,
        particles,
        negations,
        facts,
    )


def whole(kept: Kept) -> Reading:
    """The reading that was kept."""
    sequence, _, places, order, themes, numbers, dates, names, capitals, homes, particles, negations, facts = kept
    names_, capitals_ = frozenset(names), frozenset(capitals)
    tokens = frozenset(sequence)
    return Reading(
        tokens, sequence, places, order, themes, numbers, dates, names_, capitals_, homes, particles, negations, facts
    )
