"""Which countries a headline concerns, and the words that prove it.

One walk over the tokens: at each the longest known phrase is tried first, its senses in order, and the first sense
whose conditions hold decides. A sense may also say that the words are no place at all ("Manchester United"), and so
keep the shorter names inside them from counting. A sense that asks for the countries of the rest of the title ("the
North" beside Seoul) is decided after the walk. What was tried and refused is told to `refused`, when given.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple

from agents.classify.phrases import Start
from agents.classify.tokens import Case, Gap, Tokens

NOTHING: frozenset[str] = frozenset()
FIRST = itemgetter(0)


class Sense(NamedTuple):
    """One reading of a phrase. Every condition that is set must hold."""

    codes: tuple[str, ...]
    """The countries meant; empty where the words are no place."""
    rule: str
    organisation: str | None = None
    case: str = "capital"
    """`capital`: written with one, unless the title is all in lower case; `strict`: written with one; `upper`: all
    in capitals; `any`."""
    since: int | None = None
    until: int | None = None
    before: frozenset[str] = NOTHING
    after: frozenset[str] = NOTHING
    anywhere: frozenset[str] = NOTHING
    unless_before: frozenset[str] = NOTHING
    unless_after: frozenset[str] = NOTHING
    unless_anywhere: frozenset[str] = NOTHING
    before_name: bool = False
    """Only before another capitalised word, in a title where capitals mark names: "Jordan Smith"."""
    after_comma: bool = False
    dotted: bool = False
    """Only with the full stop of an abbreviation: "Mass." is a state, "Mass" is not."""
    countries: frozenset[str] = NOTHING
    """One of these is named by other words of the title."""
    unless_countries: frozenset[str] = NOTHING
    free: bool = True
    """No condition but the case."""


class Entry(NamedTuple):
    """The senses of a phrase. `head` is the token whose capital counts (not "the" or "al")."""

    head: int
    senses: tuple[Sense, ...]
    waits: bool = False
    """A sense asks which countries the rest of the title names, so it is decided when these are known."""
    sure: Sense | None = None
    """The first sense, where it asks for nothing at all."""
    capital: Sense | None = None
    """The first sense, where it asks for nothing but a capital."""
    cased: bool = False
    """All senses ask for a capital."""


class Hit(NamedTuple):
    """A phrase found: tokens `[first, last)` and the sense that held."""

    first: int
    last: int
    sense: Sense


class Refused(NamedTuple):
    """A phrase found whose senses did not hold, or that is known to be no place."""

    first: int
    last: int
    why: str


class Gazetteer(NamedTuple):
    """All that is known of places, compiled for look-up."""

    starts: Mapping[str, Start[Entry]]
    """What begins with a word."""
    subregions: Mapping[str, str]


def find(gazetteer: Gazetteer, tokens: Tokens, at: int, refused: list[Refused] | None = None) -> list[Hit]:
    """The phrases of `tokens` that hold at time `at`, in order; those that mean no place are among them."""
    title, words, firsts, _, gaps, _ = tokens
    starts = gazetteer.starts
    count = len(words)
    hits: list[Hit] = []
    waiting: list[tuple[Hit, Entry]] = []
    made = tuple.__new__  # half the price of calling Hit
    free_from = 0
    for index in [index for index, word in enumerate(words) if word in starts]:
        if index < free_from:
            continue
        alone, seconds = starts[words[index]]
        for size, rest, entry in seconds.get(words[index + 1], alone) if index + 1 < count else alone:
            last = index + size
            if size > 1 and ((rest and words[index + 2 : last] != rest) or any(gaps[index + 1 : last])):
                continue
            head, _, waits, sense, capital, cased = entry
            if sense is None:
                # what most names ask for is asked here, as a call would cost more than the answer
                letter = title[firsts[index + head]]
                if letter.isupper() or letter.isdigit():
                    sense = capital or _hold(entry, tokens, index, last, at)
                elif not cased or tokens.case is Case.LOWER:
                    sense = _hold(entry, tokens, index, last, at)
            if sense is not None:
                hit = made(Hit, (index, last, sense))
                if waits:
                    waiting.append((hit, entry))
                else:
                    hits.append(hit)
                free_from = last
                break
            if refused is not None:
                refused.append(Refused(index, last, "no sense of these words holds here"))
    if waiting:
        hits = _decided(hits, waiting, tokens, at, refused)
    return _without_towns(hits, tokens, refused)


def _decided(
    hits: list[Hit],
    waiting: list[tuple[Hit, Entry]],
    tokens: Tokens,
    at: int,
    refused: list[Refused] | None,
) -> list[Hit]:
    """`hits` with those that waited for the countries of the others, each by the sense that holds beside these."""
    codes = frozenset([code for hit in hits for code in hit.sense.codes])
    for (first, last, _), entry in waiting:
        sense = _hold(entry, tokens, first, last, at, codes)
        if sense is not None:
            hits.append(Hit(first, last, sense))
        elif refused is not None:
            refused.append(Refused(first, last, "no sense of these words holds beside the countries of the title"))
    return sorted(hits, key=FIRST)


def _hold(
    entry: Entry, tokens: Tokens, first: int, last: int, at: int, codes: frozenset[str] | None = None
) -> Sense | None:
    """The first sense that holds; one that asks for `codes` is taken to hold while these are not known."""
    head = first + entry.head
    capital = tokens.capital(head)
    for sense in entry.senses:
        need = sense.case
        if need == "upper":
            if not tokens.upper(head):
                continue
        elif need != "any" and not capital and (need == "strict" or tokens.case is not Case.LOWER):
            continue
        if sense.free or _conditions(sense, tokens, first, last, at):
            if codes is not None and (
                (sense.countries and sense.countries.isdisjoint(codes)) or not sense.unless_countries.isdisjoint(codes)
            ):
                continue
            return sense
    return None


def _conditions(sense: Sense, tokens: Tokens, first: int, last: int, at: int) -> bool:
    if sense.since is not None and at < sense.since:
        return False
    if sense.until is not None and at >= sense.until:
        return False
    words = tokens.words
    previous = words[first - 1] if first else ""
    following = words[last] if last < len(words) else ""
    if sense.before and previous not in sense.before:
        return False
    if sense.after and following not in sense.after:
        return False
    if previous in sense.unless_before or following in sense.unless_after:
        return False
    if sense.anywhere and sense.anywhere.isdisjoint(words):
        return False
    if sense.unless_anywhere and not sense.unless_anywhere.isdisjoint(words):
        return False
    if sense.after_comma and not (first and tokens.gaps[first] == Gap.SOFT):
        return False
    if sense.dotted and tokens.title[tokens.ends[last - 1] - 1 : tokens.ends[last - 1] + 1].find(".") < 0:
        return False
    return not sense.before_name or (
        tokens.case is Case.SENTENCE
        and last < len(words)
        and tokens.gaps[last] == Gap.NONE
        and tokens.capital(last)
        and not tokens.upper(last)
    )


def _without_towns(hits: list[Hit], tokens: Tokens, refused: list[Refused] | None) -> list[Hit]:
    """Without the cities that the state right behind them moves to another country: "Paris, Texas", "Moscow Idaho".

    A country's name is moved only by a state that is shortened: "Peru, Ind.", but not "Mexico, Texas".
    """
    if len(hits) < 2 or "state" not in [hit.sense.rule for hit in hits]:
        return hits
    kept = []
    for hit, following in zip(hits, [*hits[1:], None], strict=True):
        if (
            following is not None
            and following.sense.rule == "state"
            and following.first == hit.last
            and tokens.gaps[following.first] != Gap.BREAK
            and (hit.sense.rule in ("capital", "city") or (hit.sense.rule == "name" and following.sense.after_comma))
            and hit.sense.codes != following.sense.codes
        ):
            if refused is not None:
                refused.append(Refused(hit.first, hit.last, "a town of the state named behind it"))
            continue
        kept.append(hit)
    return kept
