"""Patterns over tokens: an action and its object, near each other, in either order or in one.

A *term* is a word or phrase of the rules with a set of bits, one bit for each word list that it stands in. A title's
terms are collected in one walk; a pattern is tried only where its action was met and all the lists that it needs were
met somewhere in the title. So the cost follows the terms in the title, not the number of patterns.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.classify.gate import Gate
from agents.classify.phrases import Start
from agents.classify.places import Hit
from agents.classify.tokens import Tokens

_BREAK = 2
_BESIDE = 3
"""How many tokens may stand between an action and its subject, or what must not follow it."""
_LABEL = 3
"""At most so many words before a colon name who speaks or where, and belong to what follows: "Iran: nine killed"."""
_OPAQUE = frozenset(("seat", "not-a-place"))
"""Hits of several words whose words are no terms of their own: the White House is no house. All of them may be one."""


class Term(NamedTuple):
    """What a word or phrase is good for. `swallow`: an idiom, whose words count for nothing else."""

    mask: int
    triggers: tuple[int, ...]
    """Patterns whose action this is, by index."""
    swallow: bool = False
    cues: tuple[int, ...] = ()
    """Cues of modality that this is, by index."""


class Pattern(NamedTuple):
    """One way of saying that a theme happens. Lists are bits; 0 where a part is not asked for."""

    name: str
    theme: str
    action: int
    object: int
    also: int
    """A third list that must be met somewhere in the clause."""
    without: int
    """Lists that must not be met anywhere in the title."""
    need: int
    within: int
    """At most this many tokens between action and object."""
    order: int
    """0 either, 1 action first, -1 object first."""
    certain: bool
    """Figurative words about it (a stadium, a market) do not make it figurative, unless they are strong."""
    subject: int = 0
    """A list that must be met shortly before the action: who does it."""
    not_after: int = 0
    """Lists that must not be met shortly after the action, nor between it and what follows: "rebels killed villagers"
    does not tell that rebels were killed."""
    not_between: int = 0
    """Lists that must not be met between the parts: "minister resigns after 19 killed"."""


class Lexicon(NamedTuple):
    """All terms of themes and modality, compiled for look-up."""

    starts: Mapping[str, Start[Term]]
    """What begins with a word."""
    terms: Mapping[str, Term]
    """Phrase, words joined by one space."""
    patterns: tuple[Pattern, ...]
    by_rule: Mapping[str, Term]
    """Rule of a place hit (`name`, `leader`, `force`, ...) -> what the hit is good for as a term."""
    gate: Gate
    """What a title needs for any pattern to be worth trying."""
    number: Term | None = None
    """What a number in figures is good for."""


class Found(NamedTuple):
    """A term in a title: tokens `[first, last)`, the clause they stand in."""

    first: int
    last: int
    clause: int
    term: Term


class Match(NamedTuple):
    """A pattern that holds, with the terms that made it hold."""

    pattern: Pattern
    parts: tuple[Found, ...]
    """Action first."""

    @property
    def first(self) -> int:
        return min(part.first for part in self.parts)

    @property
    def last(self) -> int:
        return max(part.last for part in self.parts)


def collect(lexicon: Lexicon, tokens: Tokens, hits: Sequence[Hit]) -> list[Found]:
    """The terms of a title in order, place hits among them."""
    starts_of = lexicon.starts
    words = tokens.words
    gaps = tokens.gaps
    count = len(words)
    # a token that begins with a digit sorts before ":"
    starts = [index for index, word in enumerate(words) if word in starts_of or word < ":"]
    at_hit = {hit.first: hit for hit in hits}
    if at_hit:
        starts = sorted({*starts, *at_hit})
    breaks = [index for index, gap in enumerate(gaps) if gap == _BREAK] if _BREAK in gaps else ()
    if breaks and 0 < breaks[0] <= _LABEL and tokens.title[tokens.ends[breaks[0] - 1]] == ":":
        breaks = breaks[1:]
    found: list[Found] = []
    made = tuple.__new__  # half the price of calling Found: this runs several times a title
    free_from = 0
    for index in starts:
        if index < free_from:
            continue
        clause = bisect_right(breaks, index) if breaks else 0
        hit = at_hit.get(index)
        if hit is not None:
            term = lexicon.by_rule.get(hit.sense.rule)
            if term is not None:
                found.append(made(Found, (index, hit.last, clause, term)))
            if hit.last - index > 1 and hit.sense.rule in _OPAQUE:
                term = lexicon.terms.get(" ".join(words[index : hit.last]))
                if term is not None:
                    found.append(made(Found, (index, hit.last, clause, term)))
                free_from = hit.last
                continue
        start = starts_of.get(words[index])
        if start is None:
            if lexicon.number is not None and hit is None:
                found.append(made(Found, (index, index + 1, clause, lexicon.number)))
            continue
        alone, seconds = start
        for size, rest, term in seconds.get(words[index + 1], alone) if index + 1 < count else alone:
            last = index + size
            if size > 1:
                if rest and words[index + 2 : last] != rest:
                    continue
                if any(gaps[index + 1 : last]) and words[index] >= ":":
                    continue  # only a date may hold punctuation: 9/11
            found.append(made(Found, (index, last, clause, term)))
            if term.swallow:
                free_from = last
                break
    return found


def match(lexicon: Lexicon, found: Sequence[Found]) -> list[Match]:
    """The patterns that hold among `found`, in order of their actions."""
    union = 0
    for _, _, _, term in found:
        union |= term.mask
    absent = ~union
    matches: list[Match] = []
    needs = lexicon.gate.needs
    patterns = lexicon.patterns
    for action in found:
        for index in action.term.triggers:
            if needs[index] & absent:
                continue
            pattern = patterns[index]
            if pattern.without & union:
                continue
            parts = _parts(pattern, action, found)
            if parts is not None:
                matches.append(Match(pattern, parts))
    return matches


def _parts(pattern: Pattern, action: Found, found: Sequence[Found]) -> tuple[Found, ...] | None:
    parts = [action]
    if pattern.not_after and _beside(pattern.not_after, action, found, 1) is not None:
        return None
    if pattern.subject:
        agent = _beside(pattern.subject, action, found, -1)
        if agent is None:
            return None
        parts.append(agent)
    if pattern.object:
        near = _nearest(pattern, action, found)
        if near is None:
            return None
        parts.append(near)
    if pattern.not_between and _parted(pattern.not_between, parts, found):
        return None
    if pattern.also:
        for item in found:
            if (
                item.term.mask & pattern.also
                and item.clause == action.clause
                and all(_apart(item, part) for part in parts)
            ):
                parts.append(item)
                break
        else:
            return None
    return tuple(parts)


def _beside(mask: int, action: Found, found: Sequence[Found], side: int) -> Found | None:
    """A term of the lists `mask` shortly before (-1) or after (1) the action, in its clause."""
    action_first, action_last, action_clause, _ = action
    for item in found:
        first, last, clause, term = item
        if term.mask & mask and clause == action_clause:
            distance = first - action_last if side > 0 else action_first - last
            if 0 <= distance <= _BESIDE:
                return item
    return None


def _nearest(pattern: Pattern, action: Found, found: Sequence[Found]) -> Found | None:
    best: Found | None = None
    shortest = pattern.within + 1
    wanted = pattern.object
    action_first, action_last, action_clause, _ = action
    for item in found:
        first, last, clause, term = item
        if not term.mask & wanted or clause != action_clause:
            continue
        if first >= action_last:
            if pattern.order < 0:
                continue
            distance = first - action_last
        elif last <= action_first:
            if pattern.order > 0:
                continue
            distance = action_first - last
        else:
            continue
        if distance < shortest:
            best, shortest = item, distance
    return best


def _parted(mask: int, parts: Sequence[Found], found: Sequence[Found]) -> bool:
    first = min(part.last for part in parts)
    last = max(part.first for part in parts)
    return any(item.term.mask & mask and first <= item.first < last for item in found)


def _apart(one: Found, other: Found) -> bool:
    return one.first >= other.last or one.last <= other.first
