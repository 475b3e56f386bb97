"""What a lane remembers: the headlines it released within the last 48 h of arrival.

An entry counts for a row exactly when `row.arrival - entry.arrival <= 48 h`. Everything here can be rebuilt from the
lane's own output of that stretch, and nothing in it depends on what came before: of a text and of an id only the
latest row is kept, with the id of the original that its verdict named. So a repeat refreshes the memory with its own
arrival, and what is remembered does not depend on when the process was last started.

Bounded by what 48 h bring: about 3 KB for each distinct text.
"""

from collections import deque
from typing import NamedTuple, Protocol

from schemas.base import HOUR
from schemas.row import HeadlineRow

WINDOW = 48 * HOUR

Signature = tuple[object, ...]
UNREAD: Signature = ("unread",)
"""Of a text that was read back and whose reading is postponed: like no other, so that the next row with it is read."""


class Item(Protocol):
    """What is remembered of a row."""

    @property
    def id(self) -> str: ...
    @property
    def text_key(self) -> str: ...
    @property
    def arrival(self) -> int: ...


class Seen(NamedTuple):
    """The latest row with some id."""

    arrival: int
    original: str


class Text:
    """The latest row with some text. Told apart by identity."""

    __slots__ = ("arrival", "id", "original", "signature")

    def __init__(self) -> None:
        self.arrival = 0
        self.id = ""
        self.original = ""
        self.signature: Signature = ()


class Memory:
    """Ids and texts by arrival. `put` in released order."""

    def __init__(self) -> None:
        self.ids: dict[str, Seen] = {}
        self.texts: dict[str, Text] = {}
        self._order: deque[tuple[int, str, str]] = deque()

    def expire(self, arrival: int) -> list[Text]:
        """Forget what does not count for a row that arrived at `arrival`; gives the texts forgotten."""
        forgotten: list[Text] = []
        order, ids, texts, oldest = self._order, self.ids, self.texts, arrival - WINDOW
        while order and order[0][0] < oldest:
            at, id, text_key = order.popleft()
            # Absent where a repeat with the same arrival has already taken it along.
            seen = ids.get(id)
            if seen is not None and seen.arrival == at:
                del ids[id]
            text = texts.get(text_key)
            if text is not None and text.arrival == at:
                del texts[text_key]
                forgotten.append(text)
        return forgotten

    def unread(self, text_key: str, signature: Signature) -> bool:
        """Whether a row with this text would have to be read, if it was put now."""
        text = self.texts.get(text_key)
        return text is None or text.signature != signature

    def put(self, headline: Item, original: str, signature: Signature) -> Text:
        """Remember `headline` as a repeat of `original` (or itself); gives its text."""
        id, text_key, arrival = headline.id, headline.text_key, headline.arrival
        text = self.texts.get(text_key)
        if text is None:
            text = self.texts[text_key] = Text()
        text.arrival, text.id, text.original, text.signature = arrival, id, original, signature
        self.ids[id] = Seen(arrival, original)
        self._order.append((arrival, id, text_key))
        return text


def signature_of(row: HeadlineRow) -> Signature:
    """All that reading a row rests on. Rows with one `text_key` may still differ in capitals, and so in this."""
    signature: list[object] = [row.headline.title]
    for place in row.places:
        for found in place.evidence:
            signature += (place.code, found.start, found.end, found.rule)
    for theme in row.themes:
        if theme.counted:
            signature.append(theme.theme)
    return tuple(signature)
