"""Where in a lane's own output each hour of arrival begins: what says how far back its memory has to be read.

At the time of a step nobody knows the offsets that its outputs will get. So an hour that begins in a step is noted,
gets its offset when the commit is told (`committed`), and is stored with the step after that. An offset stands for
every row of its hour and of later ones. Under a crash before it was stored the hour is simply missing: it is never
noted again, and the entry before it stands, from which only a little more is read. The first entry is always there:
a new lane's output begins at 0.
"""

import json
from collections.abc import Iterable

from agents.deduplicate.memory import WINDOW
from schemas.base import HOUR

BEGINNING = (-(1 << 31), 0)
"""An hour before all, at the first offset."""


class Hours:
    """The table of one lane: about 50 entries."""

    def __init__(self, entries: Iterable[tuple[int, int]] = (), last_headline: int | None = None) -> None:
        """`last_headline`: arrival of the last row committed; its hour has begun, known or not."""
        self._offsets = dict(entries) or dict([BEGINNING])
        self._latest = BEGINNING[0] if last_headline is None else last_headline // HOUR
        self._noted: list[int] = []

    def begin(self, arrival: int) -> None:
        """A headline with this arrival goes out, in released order."""
        hour = arrival // HOUR
        if hour > self._latest:
            self._latest = hour
            self._noted.append(hour)

    def landed(self, offset: int) -> None:
        """What was noted is committed, at `offset` or after."""
        for hour in self._noted:
            self._offsets[hour] = offset
        self._noted.clear()

    def since(self, arrival: int) -> int:
        """An offset before which no row lies that arrived at `arrival` or later; forgets the entries before it."""
        start = max(hour for hour in self._offsets if hour <= arrival // HOUR)
        self._offsets = {hour: offset for hour, offset in self._offsets.items() if hour >= start}
        return self._offsets[start]

    def needed(self, last_headline: int) -> int:
        """From where memory has to be read when `last_headline` is the arrival of the last row released."""
        return self.since(last_headline - WINDOW)

    def encode(self) -> bytes:
        """As the state topic keeps it."""
        return json.dumps(sorted(self._offsets.items()), separators=(",", ":")).encode()

    @classmethod
    def decode(cls, value: bytes | None, last_headline: int | None) -> "Hours":
        """What `encode` wrote; a lane that stored none yet starts with the beginning."""
        return cls([] if value is None else [(hour, offset) for hour, offset in json.loads(value)], last_headline)
