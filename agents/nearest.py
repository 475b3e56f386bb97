"""The likest of many headlines to one, in bounded memory, and what deduplication would decide about it after them.

Whatever the number measured, no more are held than four times what the deduplicator is shown; the likest are never
dropped for later ones that are less alike, and of equals the earlier stay.
"""

from collections.abc import Sequence
from heapq import nlargest
from typing import NamedTuple

from agents.classify.meant import Item
from agents.classify.step import LaneRow
from agents.deduplicate.guards import veto
from agents.deduplicate.rules import DeduplicateRules
from agents.deduplicate.similarity import Reading, alike
from agents.deduplicate.step import Deduplicator
from schemas.explanation import NearHeadline
from schemas.row import HeadlineRow, Verdict

NEAREST = 3
"""Likest headlines that are told."""
JUDGED = 64
"""Likest headlines that the deduplicator is shown."""
HELD = 4 * JUDGED
"""Never so many are kept: then all but the likest go."""
_UNIQUE = Verdict(kind="unique", reason="no-candidate")


class Like(NamedTuple):
    """A headline of the file, measured against the one that is explained. The likest is the greatest."""

    same: bool
    """One id or one text."""
    similarity: float
    order: int
    """Later ones are less."""
    row: HeadlineRow
    reading: Reading


class Asked:
    """A headline that is to be explained, and the likest of the file so far."""

    def __init__(self, item: Item, rows: list[LaneRow], reading: Reading) -> None:
        self.item = item
        self.rows = [(lane, row) for lane, row in rows if isinstance(row, HeadlineRow)]
        self.row = self.rows[0][1]
        self.reading = reading
        self._likest: list[Like] = []

    def __len__(self) -> int:
        """How many headlines are held."""
        return len(self._likest)

    def measure(self, number: int, row: HeadlineRow, reading: Reading) -> None:
        """Compare the file's headline of this number, in its order."""
        shared, union = alike(self.reading.tokens, reading.tokens)
        mine, theirs = self.row.headline, row.headline
        same = mine.id == theirs.id or mine.text_key == theirs.text_key
        if not shared and not same:
            return
        self._likest.append(Like(same, shared / union if union else 1.0, -number, row, reading))
        if len(self._likest) >= HELD:
            self._likest = nlargest(JUDGED, self._likest)

    def nearest(self) -> tuple[NearHeadline, ...]:
        """The likest, one of each text."""
        likest = nlargest(JUDGED, self._likest)
        return tuple(_near(self.reading, like) for like in _distinct(likest)[:NEAREST])

    def verdict(self, rules: DeduplicateRules) -> Verdict:
        """What is decided where the likest came just before."""
        deduplicator = Deduplicator(rules)
        for like in sorted(nlargest(JUDGED, self._likest), key=lambda like: -like.order):
            deduplicator.judge(like.row)
        return deduplicator.judge(self.row).verdict or _UNIQUE


def _distinct(likest: Sequence[Like]) -> list[Like]:
    """One of each text, the likest first."""
    return list({like.row.headline.text_key: like for like in reversed(likest)}.values())[::-1]


def _near(reading: Reading, like: Like) -> NearHeadline:
    headline = like.row.headline
    return NearHeadline(
        id=headline.id,
        title=headline.title,
        publisher=headline.publisher,
        similarity=round(like.similarity, 4),
        shared=tuple(sorted(reading.tokens & like.reading.tokens)),
        guard=None if like.same else veto(reading, like.reading),
    )
