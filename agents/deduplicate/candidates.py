"""Which texts in memory can be alike enough: an inverted index over (country, token).

Complete: two texts with a Jaccard index of at least `t` share at least `t` of each one's tokens, so of the new text's
`n` tokens an alike text lacks at most `n - ceil(t n)`: of *any* two more than that it has two. The rarest are looked
up; which ones these are changes the cost, never the answer. (One more and one shared would do; two leave far fewer
texts to compare.) Countries are exact keys: texts that share none are not compared.

Bounded: of each list only the `latest` texts released last are looked at, and where that leaves something out, also
all of the few texts of the shortest lists (so a rare word or number still finds its text among thousands of one
template). What is left out is a text that stands at the end of no two of the lists. Lists stand in released order, and
which are the rarest, by length or by how far back their end reaches, follows from the texts of the window alone: so
what the bound leaves out is the same after a restart, and at whatever chunks the texts came.

Compact: a text has a running number, anew whenever it is released again, and lists are arrays of these, so that looking
up a list touches its end and nothing else, however long it is and however many texts there are. What expires is not
taken out of its lists: it is what lies below the oldest number of the window. A list is cut when most of it does, and
goes with its last text.

Postponed: what is read back after a restart is read and listed only when a text of one of its countries is to be
looked up, each country by itself and in released order. Take-over does not wait for it, and lists are what they would
have been.

The cost follows the number of a headline's tokens, and the bound; it does not grow with the window.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from agents.deduplicate.kept import Kept, keep, whole
from agents.deduplicate.similarity import Reading

Item = TypeVar("Item")
PARTS = 1000
"""The threshold is kept as a fraction of so many parts, so that no rounding decides."""


_ALONE = 4
"""So many texts of the shortest lists are looked at, though in no other, where the bound leaves out others."""
_CUT_FROM = 64
"""Entries from which on a list is cut when half of it has expired."""

Lists = dict[str, "array[int]"]
"""By token the numbers of the texts that have it, ascending: the text released last stands last."""


Near = tuple[float, Item, Reading]
"""A text at or above the threshold: how alike it is, and its reading. A plain tuple, as there may be many."""


class Index(Generic[Item]):
    """The texts in memory, by country and token. Items are told apart by hash and equality."""

    def __init__(self, threshold: float, min_tokens: int, latest: int) -> None:
        self._parts = round(threshold * PARTS)
        self._min_tokens = min_tokens
        self._latest = latest
        self._lists: dict[str, Lists] = {}
        """By country."""
        self._numbers: dict[Item, int] = {}
        self._texts: dict[int, tuple[Item, Kept]] = {}
        """By number, and so in released order."""
        self._next = 0
        self._oldest = 0
        """No text in the window has a lower number."""
        self._postponed: dict[str, dict[Item, None]] = {}
        """By country, in released order; a country is either in here or listed."""
        self._unread: dict[Item, tuple[int, frozenset[str], Callable[[], Reading | None]]] = {}
        """Postponed in all their countries: their number, these, and how to read them."""
        self.compared = 0
        """Texts compared with another so far: what nearly all of the cost is."""

    def add(self, item: Item, reading: Reading) -> None:
        """Take in `item`; nothing happens if its text is too short or without a place to be compared."""
        if not self._comparable(reading):
            return
        number = self._number(item, keep(reading))
        for code in reading.places:
            if (waiting := self._postponed.get(code)) is not None:
                waiting[item] = None
            else:
                self._list(code, number, reading.tokens)

    def postpone(self, item: Item, places: frozenset[str], read: Callable[[], Reading | None]) -> None:
        """Take in `item`, not there yet, that stands in `places`; `read` it when one of them is asked for.

        Only before any text was added or looked up: a country that is listed cannot be postponed.
        """
        if not places:
            return
        self._unread[item] = self._next, places, read
        self._next += 1
        for code in places:
            self._postponed.setdefault(code, {})[item] = None

    def refresh(self, item: Item) -> None:
        """`item`, if it was taken in, was released again with the same reading: now it is the latest."""
        number = self._numbers.get(item)
        if number is None or number == self._next - 1:
            return
        kept = self._texts.pop(number)[1]
        again = self._number(item, kept)
        for code in kept.places:
            if (waiting := self._postponed.get(code)) is not None:
                del waiting[item]
                waiting[item] = None
                continue
            lists = self._lists[code]
            for token in set(kept.sequence):
                listed = lists[token]
                del listed[bisect_left(listed, number)]
                listed.append(again)

    def discard(self, item: Item) -> None:
        """Forget `item`, if it was taken in."""
        taken = self._take_out(item)
        if taken is None:
            return
        number, kept = taken
        for code in kept.places:
            if (waiting := self._postponed.get(code)) is not None:
                del waiting[item]
                continue
            lists = self._lists[code]
            for token in set(kept.sequence):
                listed = lists[token]
                del listed[bisect_left(listed, number)]
                if not listed or listed[-1] < self._oldest:
                    del lists[token]
            if not lists:
                del self._lists[code]

    def expire(self, item: Item) -> None:
        """Forget `item`, if it was taken in, with all that was released before it: that has expired too."""
        taken = self._take_out(item)
        if taken is None:
            return
        number, kept = taken
        self._oldest = max(self._oldest, number + 1)
        for code in kept.places:
            if (waiting := self._postponed.get(code)) is not None:
                del waiting[item]
            elif (lists := self._lists.get(code)) is not None:
                for token in kept.sequence:
                    listed = lists.get(token)
                    if listed is not None and listed[-1] <= number:
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
        candidates: set[int] = set()
        for code in reading.places:
            lists = self._lists.get(code)
            if lists is not None:
                found = self._found(lists, tokens)
                # Tokens that the index lacks are the rarest: each saves a list.
                wanted = probes - (size - len(found))
                if wanted > twice:
                    found.sort()
                    self._choose(found[:wanted], twice, candidates)
        self.compared += len(candidates)
        near: list[Near[Item]] = []
        for number in candidates:
            item, other = self._texts[number]
            shared = len(tokens.intersection(other[0]))
            union = size + other[1] - shared
            if shared * PARTS >= self._parts * union:
                near.append((shared / union, item, whole(other)))
        return near

    def _found(self, lists: Lists, tokens: Iterable[str]) -> "list[tuple[int, int, str, array[int]]]":
        """The lists of `tokens`, as they sort: how many texts there are, up to one more than are looked at; where there
        are as many, the number of that one; the token; the list."""
        more, oldest = self._latest + 1, self._oldest
        found = []
        for token in tokens:
            listed = lists.get(token)
            if listed is None:
                continue
            length = len(listed)
            if length >= more and (beyond := listed[-more]) >= oldest:
                found.append((more, beyond, token, listed))
                continue
            if listed[0] < oldest:
                length -= bisect_left(listed, oldest, max(length - more, 0))
                if not length:
                    continue
            found.append((length, 0, token, listed))
        return found

    def _choose(self, rarest: "list[tuple[int, int, str, array[int]]]", twice: bool, candidates: set[int]) -> None:
        """Add to `candidates` what stands at the end of two of the lists, or of one where that will do."""
        latest = self._latest
        tails = [listed[-min(length, latest) :] for length, _, _, listed in rarest]
        once: set[int] = set()
        once.update(*tails)
        if not twice:
            candidates |= once
            return
        if len(once) < sum(map(len, tails)):
            once.clear()
            for tail in tails:
                candidates.update(once.intersection(tail))
                once.update(tail)
        if rarest[-1][0] > latest:
            left = _ALONE
            for tail in tails:
                left -= len(tail)
                if left < 0:
                    break
                candidates.update(tail)

    def _number(self, item: Item, kept: Kept) -> int:
        number = self._next
        self._next += 1
        self._numbers[item] = number
        self._texts[number] = item, kept
        return number

    def _take_out(self, item: Item) -> tuple[int, Kept] | None:
        """The number and reading of `item`, which are forgotten; its lists still have it. `None` where there is none:
        it was not taken in, or not read yet and is postponed no longer."""
        unread = self._unread.pop(item, None)
        if unread is not None:
            for code in unread[1]:
                del self._postponed[code][item]
            return None
        number = self._numbers.pop(item, None)
        return None if number is None else (number, self._texts.pop(number)[1])

    def _catch_up(self, code: str) -> None:
        """List what was postponed in a country."""
        waiting = self._postponed.get(code)
        if waiting is None:
            return
        for item in list(waiting):
            if (unread := self._unread.pop(item, None)) is not None:
                number, places, read = unread
                reading = read()
                if reading is None or not self._comparable(reading) or reading.places != places:
                    for place in places:
                        del self._postponed[place][item]
                    continue
                self._numbers[item] = number
                self._texts[number] = item, keep(reading)
        del self._postponed[code]
        for item in waiting:
            number = self._numbers[item]
            self._list(code, number, set(self._texts[number][1].sequence))

    def _list(self, code: str, number: int, tokens: Iterable[str]) -> None:
        lists = self._lists.get(code)
        if lists is None:
            lists = self._lists[code] = {}
        for token in tokens:
            listed = lists.get(token)
            if listed is None:
                lists[token] = array("q", (number,))
                continue
            listed.append(number)
            length = len(listed)
            if length > _CUT_FROM and listed[length // 2] < self._oldest:
                del listed[: bisect_left(listed, self._oldest)]

    def _comparable(self, reading: Reading) -> bool:
        return bool(reading.places) and len(reading.tokens) >= self._min_tokens

    def __len__(self) -> int:
        return len(self._texts) + len(self._unread)
