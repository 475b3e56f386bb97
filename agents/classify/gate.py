"""Whether a title can hold any pattern at all: asked of every title, and answered with no for most.

Each first word of the rules knows the lists that it and the phrases which begin with it may bring, by their second
word; so what a title may bring at most costs a look-up a token. Only where that is all that some pattern needs are
the title's terms collected. Idioms, punctuation and what must *not* be met are not looked at here: the gate may let a
title in for nothing, and never keeps out one that holds a pattern. What no pattern needs, such as the cues of modality,
is not in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agents.classify.places import Hit

_NO_PAIRS: Mapping[str, "Brought"] = {}


class Brought(NamedTuple):
    """What words may bring: the lists that they stand in, and the patterns whose action they may be."""

    mask: int
    triggers: tuple[int, ...]


class First(NamedTuple):
    """What a first word may bring by itself, and with the word behind it."""

    mask: int
    triggers: tuple[int, ...]
    pairs: Mapping[str, Brought]


class Gate(NamedTuple):
    """All terms by their first words, and what each pattern needs."""

    firsts: Mapping[str, First]
    by_rule: Mapping[str, Brought]
    """Rule of a place hit -> what it may bring."""
    number: Brought
    """What a number in figures may bring."""
    needs: tuple[int, ...]


def gate(
    needs: Iterable[int],
    terms: Iterable[tuple[str, Brought]],
    by_rule: Mapping[str, Brought],
    number: Brought | None,
) -> Gate:
    """The gate of a lexicon: `needs` of its patterns in order, and what each phrase brings."""
    needed = tuple(needs)
    asked = 0
    for need in needed:
        asked |= need
    alone: dict[str, Brought] = {}
    pairs: dict[str, dict[str, Brought]] = {}
    for phrase, brought in terms:
        if not (brought.mask & asked or brought.triggers):
            continue
        first, *others = phrase.split(" ")
        if others:
            known = pairs.setdefault(first, {})
            known[others[0]] = _both(known.get(others[0]), brought, asked)
        else:
            alone[first] = _both(None, brought, asked)
    none = Brought(0, ())
    firsts = {word: First(*alone.get(word, none), pairs.get(word, _NO_PAIRS)) for word in {*alone, *pairs}}
    rules = {rule: _both(None, brought, asked) for rule, brought in by_rule.items()}
    return Gate(firsts, rules, _both(None, number or none, asked), needed)


def _both(one: Brought | None, other: Brought, asked: int) -> Brought:
    if one is None:
        return Brought(other.mask & asked, other.triggers)
    return Brought(one.mask | (other.mask & asked), tuple(sorted({*one.triggers, *other.triggers})))


def may_hold(known: Gate, words: Sequence[str], hits: Iterable[Hit]) -> bool:
    """Whether some pattern might hold in a title of these words and places."""
    first_of = known.firsts.get
    union = 0
    triggers: list[tuple[int, ...]] = []
    pairs = _NO_PAIRS
    for word in words:
        if pairs and (pair := pairs.get(word)) is not None:
            union |= pair[0]
            if pair[1]:
                triggers.append(pair[1])
        first = first_of(word)
        if first is not None:
            mask, action, pairs = first
            union |= mask
            if action:
                triggers.append(action)
        else:
            pairs = _NO_PAIRS
            if word < ":":  # begins with a digit
                union |= known.number[0]
                if known.number[1]:
                    triggers.append(known.number[1])
    for hit in hits:
        brought = known.by_rule.get(hit[2][1])
        if brought is not None:
            union |= brought[0]
            if brought[1]:
                triggers.append(brought[1])
    if not triggers:
        return False
    needs = known.needs
    absent = ~union
    for action in triggers:
        for index in action:
            if not needs[index] & absent:
                return True
    return False
