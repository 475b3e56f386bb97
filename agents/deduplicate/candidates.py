"""Which texts in memory can be alike enough: an inverted index over (country, token).

Complete: two texts with a Jaccard index of at least `t` share at least `t` of each one's tokens, so of the new text's
`n` tokens an alike text lacks at most `n - ceil(t n)`: of *any* two more than that it has two. The rarest are looked
up; which ones these are changes the cost, never the answer. (One more and one shared would do; two leave far fewer
texts to compare.) Countries are exact keys: texts that share none are not compared.

The cost follows how often a headline's rarest words occur in its countries within the window, and only so the
window's size: a few lists of some dozen texts for most headlines.
"""

from collections import defaultdict
from typing import Generic, NamedTuple, TypeVar

from agents.deduplicate.similarity import Reading, alike

Item = TypeVar("Item")
PARTS = 1000
"""The threshold is kept as a fraction of so many parts, so that no rounding decides."""


def _in_two(lists: list[set[Item]]) -> set[Item]:
    """What stands in two of the lists or more. The last, usually the longest, is only looked into."""
    *shorter, longest = lists
    once: set[Item] = set()
    twice: set[Item] = set()
    for found in shorter:
        twice |= once & found
        once |= found
    return twice | (once & longest)


class Near(NamedTuple, Generic[Item]):
    """A text at or above the threshold."""

    similarity: float
    item: Item
    reading: Reading


class Index(Generic[Item]):
    """The texts in memory, by country and token. Items are told apart by hash and equality."""

    def __init__(self, threshold: float, min_tokens: int) -> None:
        self._parts = round(threshold * PARTS)
        self._min_tokens = min_tokens
        self._lists: dict[str, defaultdict[str, set[Item]]] = {}
        self._readings: dict[Item, Reading] = {}

    def add(self, item: Item, reading: Reading) -> None:
        """Take in `item`; nothing happens if its text is too short or without a place to be compared."""
        if not self._comparable(reading):
            return
        self._readings[item] = reading
        for code in reading.places:
            lists = self._lists.setdefault(code, defaultdict(set))
            for token in reading.tokens:
                lists[token].add(item)

    def discard(self, item: Item) -> None:
        """Forget `item`, if it was taken in."""
        reading = self._readings.pop(item, None)
        if reading is None:
            return
        for code in reading.places:
            lists = self._lists[code]
            for token in reading.tokens:
                found = lists[token]
                found.discard(item)
                if not found:
                    del lists[token]
            if not lists:
                del self._lists[code]

    def near(self, reading: Reading) -> list[Near[Item]]:
        """All items at or above the threshold, in no particular order."""
        if not self._comparable(reading):
            return []
        tokens, size = reading.tokens, len(reading.tokens)
        needed = -(-self._parts * size // PARTS)
        twice = needed > 1
        probes = size - needed + 1 + twice
        candidates: set[Item] = set()
        for code in reading.places:
            lists = self._lists.get(code)
            if lists is not None:
                found = [listed for listed in map(lists.get, tokens) if listed is not None]
                # Tokens that the index lacks are the rarest: each saves a list.
                wanted = probes - (size - len(found))
                if wanted > twice:
                    found.sort(key=len)
                    candidates |= _in_two(found[:wanted]) if twice else set().union(*found[:wanted])
        near = []
        for item in candidates:
            other = self._readings[item]
            shared, union = alike(tokens, other.tokens)
            if shared * PARTS >= self._parts * union:
                near.append(Near(round(shared / union, 4), item, other))
        return near

    def _comparable(self, reading: Reading) -> bool:
        return bool(reading.places) and len(reading.tokens) >= self._min_tokens

    def __len__(self) -> int:
        return len(self._readings)
