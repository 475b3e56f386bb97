"""Two headlines side by side: what deduplication would decide about them, how alike they are, and why.

The verdict is the stream's: the same keys, likeness and guards, in the words of `schemas.row`. Which of the two came
first is known only where their times differ; else `b` is tried as an edit of `a`, and then `a` as an edit of `b`.

`likeness` decides: at the threshold or above, and no guard, is `near`. `score` ranks, far below the threshold too.
"""

from typing import Literal, NamedTuple

from agents.deduplicate.candidates import PARTS
from agents.deduplicate.guards import veto
from agents.deduplicate.memory import WINDOW
from agents.deduplicate.rules import DeduplicateRules
from agents.deduplicate.sameness import sameness
from agents.deduplicate.similarity import Reader, Reading, alike
from schemas.row import HeadlineRow, VerdictKind

Side = Literal["a", "b"]
TOO_SHORT = "too-short"
"""Alike enough, but one of them has fewer tokens than `min_tokens`: such are compared by their exact text only."""


class Compared(NamedTuple):
    """What there is to say about a pair."""

    verdict: VerdictKind
    of: Side | None
    """The original; the other repeats it."""
    score: float
    """Sameness, 0 to 1; the same for (a, b) and (b, a)."""
    likeness: float
    """The Jaccard index of the tokens: what the threshold is about."""
    letters: float
    reason: str
    """As in `schemas.row.Verdict`, or `TOO_SHORT`, where the stream says no-candidate."""
    guard: str | None
    """The guard that forbids to take one for an edit of the other, whether or not they are alike enough."""
    contradictions: tuple[str, ...]
    """The guards by which each has what the other lacks: what lowers the score."""
    meet: bool
    """Whether the stream would compare their words at all: they share a country, and lie within 48 h."""
    shared: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    """Tokens, sorted."""


class Comparer:
    """Compares rows as the classify stage makes them. Pure, but for a memo of words."""

    def __init__(self, rules: DeduplicateRules) -> None:
        self._rules = rules
        self._parts = round(rules.threshold * PARTS)
        self._reader = Reader(rules)

    def compare(self, a: HeadlineRow, b: HeadlineRow) -> Compared:
        """The verdict on the later of two rows, if the stream had only the earlier in memory."""
        read_a, read_b = self._reader.read(a), self._reader.read(b)
        gap = b.headline.arrival - a.headline.arrival
        original, guard = _edited(read_a, read_b, gap)
        verdict, reason = self._decide(a, b, read_a, read_b, guard)
        same = verdict in ("redelivered", "exact")
        score = sameness(self._rules, a.headline.title, read_a, b.headline.title, read_b)
        return Compared(
            verdict=verdict,
            of=None if verdict == "unique" else ("b" if gap < 0 else "a") if same else original,
            score=1.0 if same else score.score,
            likeness=1.0 if same else score.words,
            letters=1.0 if same else score.letters,
            reason=reason,
            guard=None if same else guard,
            contradictions=() if same else score.contradictions,
            meet=abs(gap) <= WINDOW and (same or bool(read_a.places & read_b.places)),
            shared=tuple(sorted(read_a.tokens & read_b.tokens)),
            only_a=tuple(sorted(read_a.tokens - read_b.tokens)),
            only_b=tuple(sorted(read_b.tokens - read_a.tokens)),
        )

    def _decide(
        self, a: HeadlineRow, b: HeadlineRow, read_a: Reading, read_b: Reading, guard: str | None
    ) -> tuple[VerdictKind, str]:
        named = (a.headline.publisher or a.headline.url) is not None
        if named and a.headline.id == b.headline.id:
            return "redelivered", "same-id"
        if a.headline.text_key == b.headline.text_key:
            return "exact", "same-text"
        shared, union = alike(read_a.tokens, read_b.tokens)
        if shared * PARTS < self._parts * union:
            return "unique", "no-candidate"
        if min(len(read_a.tokens), len(read_b.tokens)) < self._rules.min_tokens:
            return "unique", TOO_SHORT
        return ("near", "similar-text") if guard is None else ("unique", f"veto:{guard}")


def _edited(a: Reading, b: Reading, gap: int) -> tuple[Side, str | None]:
    """Which of the two would be the original, and the guard that forbids it."""
    if gap < 0:
        return "b", veto(a, b)
    guard = veto(b, a)
    if gap == 0 and guard is not None and veto(a, b) is None:
        return "b", None
    return "a", guard
