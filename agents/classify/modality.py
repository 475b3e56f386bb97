"""Whether a theme that was found is told as happening now: or denied, hypothetical, historical or figurative.

Cues are word lists of the rules with a reach: on which side of the match and how far. "Rules out sending troops" is
denied, "missile that could reach Guam" is not hypothetical, because *could* follows what was launched.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from agents.classify.patterns import Found, Match
from agents.classify.tokens import Tokens
from schemas.base import DAY

ORDER = ("figurative", "historical", "denied", "hypothetical")
"""Where several reasons hold, the first of these is given."""
_BESIDE = 3
"""How many tokens before or after a cue may take its force."""
_NEAR, _DATED = 5, 14
"""How far a past year reaches by itself, and as "in 1968"."""


class Cue(NamedTuple):
    """A list of words that speaks for one reason."""

    name: str
    reason: str
    mask: int
    side: int
    """Where the cue stands: -1 before the match, 1 after it, 0 on either side."""
    within: int
    """At most this many tokens between cue and match; -1: anywhere in the title."""
    strong: bool
    """Holds for certain patterns too."""
    themes: frozenset[str]
    """The themes that it speaks of; empty: all."""
    unless: frozenset[str]
    inside: bool = False
    """Holds also where the action begins with its words: "may strike", or "plans to attack", where both have "to"."""
    spared_before: frozenset[str] = frozenset()
    """Words shortly before the cue that take its force: "approves plan to occupy" is no mere plan."""
    spared_after: frozenset[str] = frozenset()
    """The same, shortly after: who "denies role in the attack" does not deny the attack."""


class Modality(NamedTuple):
    """All cues, compiled; a term knows by index which of them it is."""

    cues: tuple[Cue, ...]
    barriers: frozenset[str]
    """Words across which a cue does not reach: "vows revenge after the attack"."""
    questions: frozenset[str]
    """Words that open a question whose themes are hypothetical."""
    not_past: frozenset[str]
    """Words before a past year that make it no sign of the past: "since 2011"."""
    not_past_after: frozenset[str]
    """The same, after the year: "1967 borders"."""


def reason(modality: Modality, tokens: Tokens, found: Sequence[Found], match: Match, at: int) -> tuple[str, str] | None:
    """Why `match` does not count, with the name of the cue; `None` when it counts."""
    best: tuple[str, str] | None = None
    for item in found:
        for index in item.term.cues:
            cue = modality.cues[index]
            if _reaches(cue, item, match, tokens, modality.barriers):
                best = _stronger(best, (cue.reason, cue.name))
    if best is None or best[0] not in ("figurative", "historical"):
        year = past_year(modality, tokens, match, at)
        if year is not None:
            best = _stronger(best, ("historical", "past-year"))
    if best is None and tokens.questions and _asked(modality, tokens, match):
        best = ("hypothetical", "question")
    return best


def past_year(modality: Modality, tokens: Tokens, match: Match, at: int) -> int | None:
    """A year near the match, or one that an "in" makes a date, that was over half a year before `at`."""
    low, high = max(match.first - _DATED, 0), min(match.last + _DATED, len(tokens.words))
    for index in range(low, high):
        word = tokens.words[index]
        if len(word) == 4 and word[:2] in ("18", "19", "20") and word.isdigit() and word.isascii():
            near = match.first - _NEAR <= index < match.last + _NEAR
            if not near and (index == 0 or tokens.words[index - 1] != "in"):
                continue
            if index and tokens.words[index - 1] in modality.not_past:
                continue
            if index + 1 < len(tokens.words) and tokens.words[index + 1] in modality.not_past_after:
                continue
            over = int(datetime(int(word) + 1, 1, 1, tzinfo=UTC).timestamp()) * 1000
            if over + 180 * DAY < at:
                return int(word)
    return None


def _reaches(cue: Cue, item: Found, match: Match, tokens: Tokens, barriers: frozenset[str]) -> bool:
    if match.pattern.certain and cue.reason == "figurative" and not cue.strong:
        return False
    theme = match.pattern.theme
    if theme in cue.unless or (cue.themes and theme not in cue.themes):
        return False
    if cue.spared_before and not cue.spared_before.isdisjoint(tokens.words[max(item.first - _BESIDE, 0) : item.first]):
        return False
    if cue.spared_after and not cue.spared_after.isdisjoint(tokens.words[item.last : item.last + _BESIDE]):
        return False
    if cue.within < 0:
        return True
    action = match.parts[0]
    if item.clause != action.clause:
        return False
    # a cue works on the action; one between action and object counts as near
    before = action.first - item.last
    after = item.first - action.last
    if cue.inside and item.first <= action.first < item.last < action.last:
        before = 0
    if before < 0 and after < 0:
        return False
    if cue.reason == "denied" and any(part.first == item.last for part in match.parts[1:]):
        return True  # "sends doctors, not soldiers"
    if (cue.side < 0 and before < 0) or (cue.side > 0 and after < 0) or max(before, after) > cue.within:
        return False
    between = tokens.words[item.last : action.first] if after < 0 else tokens.words[action.last : item.first]
    return barriers.isdisjoint(between)


def _stronger(one: tuple[str, str] | None, other: tuple[str, str]) -> tuple[str, str]:
    if one is None or ORDER.index(other[0]) < ORDER.index(one[0]):
        return other
    return one


def _asked(modality: Modality, tokens: Tokens, match: Match) -> bool:
    for end in tokens.questions:
        if match.last <= end:
            start = end - 1
            while start > 0 and tokens.gaps[start] != 2:
                start -= 1
            return start <= match.first and tokens.words[start] in modality.questions
    return False
