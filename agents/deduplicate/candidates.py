"""Which texts in memory can be alike enough: an inverted index over (country, token).

Complete: two texts with a Jaccard index of at least `t` share at least `t` of each one's tokens, so of the new text's
`n` tokens an alike text lacks at most `n - ceil(t n)`: of *any* two more than that it has two. The rarest are looked
up; which ones these are changes the cost, never the answer. (One more and one shared would do; two leave far fewer
texts to compare.) Countries are exact keys: texts that share none are not compared.

Bounded: of a list longer than `latest` only the texts released last are looked up, and the others only found by another
list that is (so a rare word or number still finds its text among thousands of one template). Lists stand in released
order, and their lengths and their order by length and token follow from the texts of the window alone: so what the
bound leaves out is the same after a restart, and at whatever chunks the texts came.

Postponed: what is read back after a restart is read and listed only when a text of one of its countries is to be
looked up, each country by itself and in released order. Take-over does not wait for it, and lists are what they would
have been.

The cost follows how often a headline's rarest words occur in its countries within the window, up to the bound: a few
lists of some dozen texts for most headlines, a few times `latest` texts at worst.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Generic, TypeVar

from agents.deduplicate.similarity import Reading, alike

Item = TypeVar("Item")
PARTS = 1000
"""The threshold is kept as a fraction of so many parts, so that no rounding decides."""


def _tail(listed: dict[Item, None], latest: int) -> Iterable[Item]:
    """The last of a list."""
    return listed if len(listed) <= latest else islice(reversed(listed), latest)


def _in_two(lists: list[dict[Item, None]], latest: int) -> set[Item]:
    """What stands in two of the lists or more, and at the end of one but the last, usually the longest."""
    *shorter, longest = lists
    once: set[Item] = set()
    twice: set[Item] = set()
    for found in shorter:
        twice |= once & found.keys()
        once.update(_tail(found, latest))
    return twice | (once & longest.keys())


Near = tuple[float, Item, Reading]
"""A text at or above the threshold: how alike it is, and its reading. A plain tuple, as there may be many."""


class Index(Generic[Item]):
    """The texts in memory, by country and token. Items are told apart by hash and equality."""

    def __init__(self, threshold: float, min_tokens: int, latest: int) -> None:
        self._parts = round(threshold * PARTS)
        self._min_tokens = min_tokens
        self._latest = latest
        self._lists: dict[str, defaultdict[str, dict[Item, None]]] = {}
        """Dictionaries for their order: the text released last stands last."""
        self._readings: dict[Item, Reading] = {}
        self._postponed: dict[str, dict[Item, None]] = {}
        """By country, in released order; a country is either in here or listed."""
        self._unread: dict[Item, tuple[frozenset[str], Callable[[], Reading | None]]] = {}
        """Postponed in all their countries: these, and how to read them."""
        self.compared = 0
        """Texts compared with another so far: what nearly all of the cost is."""

    def add(self, item: Item, reading: Reading) -> None:
        """Take in `item`; nothing happens if its text is too short or without a place to be compared."""
        if not self._comparable(reading):
            return
        self._readings[item] = reading
        for code in reading.places:
            if (waiting := self._postponed.get(code)) is not None:
                waiting[item] = None
            else:
                self._list(code, item, reading)

    def postpone(self, item: Item, places: frozenset[str], read: Callable[[], Reading | None]) -> None:
        """Take in `item`, not there yet, that stands in `places`; `read` it when one of them is asked for.

        Only before any text was added or looked up: a country that is listed cannot be postponed.
        """
        if not places:
            return
        self._unread[item] = places, read
        for code in places:
            self._postponed.setdefault(code, {})[item] = None

    def refresh(self, item: Item) -> None:
        """`item`, if it was taken in, was released again with the same reading: now it is the latest."""
        reading = self._readings.get(item)
        if reading is None:
            return
        for code in reading.places:
            if (waiting := self._postponed.get(code)) is not None:
                del waiting[item]
                waiting[item] = None
                continue
            lists = self._lists[code]
            for token in reading.tokens:
                found = lists[token]
                if len(found) > 1:
                    del found[item]
                    found[item] = None

    def discard(self, item: Item) -> None:
        """Forget `item`, if it was taken in."""
        unread = self._unread.pop(item, None)
        if unread is not None:
            for code in unread[0]:
                del self._postponed[code][item]
            return
        reading = self._readings.pop(item, None)
        if reading is None:
            return
        for code in reading.places:
            if (waiting := self._postponed.get(code)) is not None:
                del waiting[item]
                continue
            lists = self._lists[code]
            for token in reading.tokens:
                found = lists[token]
                del found[item]
                if not found:
                    del lists[token]
            if not lists:
                del self._lists[code]

    def near(self, reading: Reading) -> list[Near[Item]]:
        """The items looked up that are at or above the threshold, in no particular order."""
        if not self._comparable(reading):
            return []
        if self._postponed:
            for code in reading.places:
                self._catch_up(code)
        tokens, size = reading.tokens, len(reading.tokens)
        needed = -(-self._parts * size // PARTS)
        twice = needed > 1
        probes = size - needed + 1 + twice
        candidates: set[Item] = set()
        for code in reading.places:
            lists = self._lists.get(code)
            if lists is not None:
                found = [(len(listed), token, listed) for token in tokens if (listed := lists.get(token)) is not None]
                # Tokens that the index lacks are the rarest: each saves a list.
                wanted = probes - (size - len(found))
                if wanted > twice:
                    found.sort()
                    rarest = [listed for _, _, listed in found[:wanted]]
                    if twice:
                        candidates |= _in_two(rarest, self._latest)
                    else:
                        candidates.update(*(_tail(listed, self._latest) for listed in rarest))
        self.compared += len(candidates)
        near: list[Near[Item]] = []
        for item in candidates:
            other = self._readings[item]
            shared, union = alike(tokens, other.tokens)
            if shared * PARTS >= self._parts * union:
                near.append((shared / union, item, other))
        return near

    def _catch_up(self, code: str) -> None:
        """List what was postponed in a country."""
        waiting = self._postponed.get(code)
        if waiting is None:
            return
        for item in list(waiting):
            if (unread := self._unread.pop(item, None)) is not None:
                places, read = unread
                reading = read()
                if reading is None or not self._comparable(reading) or reading.places != places:
                    for place in places:
                        del self._postponed[place][item]
                    continue
                self._readings[item] = reading
        del self._postponed[code]
        for item in waiting:
            self._list(code, item, self._readings[item])

    def _list(self, code: str, item: Item, reading: Reading) -> None:
        lists = self._lists.setdefault(code, defaultdict(dict))
        for token in reading.tokens:
            lists[token][item] = None

    def _comparable(self, reading: Reading) -> bool:
        return bool(reading.places) and len(reading.tokens) >= self._min_tokens

    def __len__(self) -> int:
        return len(self._readings) + len(self._unread)
