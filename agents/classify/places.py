"""Which countries a headline concerns, and the words that prove it.

One walk over the tokens: at each the longest known phrase is tried first, its senses in order, and the first sense
whose conditions hold decides. A sense may also say that the words are no place at all ("Manchester United"), and so
keep the shorter names inside them from counting. What was tried and refused is told to `refused`, when given.
"""

from collections.abc import Mapping
from typing import NamedTuple

from agents.classify.phrases import Start, lengths
from agents.classify.tokens import Case, Gap, Tokens

NOTHING: frozenset[str] = frozenset()


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
    free: bool = True
    """No condition but the case."""


class Entry(NamedTuple):
    """A phrase with its senses. `head` is the token whose capital counts (not "the" or "al")."""

    size: int
    head: int
    senses: tuple[Sense, ...]


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

    starts: Mapping[str, Start]
    """What begins with a word."""
    entries: Mapping[str, Entry]
    """Phrase, words joined by one space."""
    subregions: Mapping[str, str]


def find(gazetteer: Gazetteer, tokens: Tokens, at: int, refused: list[Refused] | None = None) -> list[Hit]:
    """The phrases of `tokens` that hold at time `at`, in order; those that mean no place are among them."""
    words = tokens.words
    gaps = tokens.gaps
    starts = gazetteer.starts
    entry_of = gazetteer.entries.get
    count = len(words)
    hits: list[Hit] = []
    free_from = 0
    for index in [index for index, word in enumerate(words) if word in starts]:
        if index < free_from:
            continue
        for size in lengths(starts[words[index]], words[index + 1] if index + 1 < count else ""):
            last = index + size
            if last > count:
                continue
            if size == 1:
                entry = entry_of(words[index])
            else:
                entry = entry_of(" ".join(words[index:last]))
                if entry is not None and any(gaps[index + 1 : last]):
                    entry = None
            if entry is None:
                continue
            sense = _hold(entry, tokens, index, last, at)
            if sense is not None:
                hits.append(Hit(index, last, sense))
                free_from = last
                break
            if refused is not None:
                refused.append(Refused(index, last, "no sense of these words holds here"))
    return _without_towns(hits, tokens, refused)


def _hold(entry: Entry, tokens: Tokens, first: int, last: int, at: int) -> Sense | None:
    head = first + entry.head
    case = tokens.case
    for sense in entry.senses:
        need = sense.case
        if need == "capital":
            if case is not Case.LOWER and not tokens.capital(head):
                continue
        elif need == "upper":
            if not tokens.upper(head):
                continue
        elif need == "strict" and not tokens.capital(head):
            continue
        if sense.free or _conditions(sense, tokens, first, last, at):
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
    return not sense.before_name or (
        tokens.case is Case.SENTENCE
        and last < len(words)
        and tokens.gaps[last] == Gap.NONE
        and tokens.capital(last)
        and not tokens.upper(last)
    )


def _without_towns(hits: list[Hit], tokens: Tokens, refused: list[Refused] | None) -> list[Hit]:
    """Without the cities that a state after the comma moves to another country: "Paris, Texas"."""
    if len(hits) < 2 or not any(hit.sense.rule == "state" for hit in hits):
        return hits
    kept = []
    for hit, following in zip(hits, [*hits[1:], None], strict=True):
        if (
            following is not None
            and following.sense.rule == "state"
            and following.first == hit.last
            and tokens.gaps[following.first] == Gap.SOFT
            and hit.sense.rule in ("capital", "city")
            and hit.sense.codes != following.sense.codes
        ):
            if refused is not None:
                refused.append(Refused(hit.first, hit.last, "a town of the state named after the comma"))
            continue
        kept.append(hit)
    return kept
