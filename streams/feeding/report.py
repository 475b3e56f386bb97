"""What a feed came to, and how it tells how far it is."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from schemas.base import iso
from schemas.rejected import Code
from streams.errors import Refusal


class FeedRefused(Refusal):
    """This input cannot be fed here; nothing of it was sent, unless the message says so."""


class Progress(NamedTuple):
    """How far a feed is."""

    done: int
    """Rows handed over, of `total`."""
    total: int
    at: int | None
    """Log time of the last of them, ms, where the feed goes by time."""


Told = Callable[[Progress], None]
Stopped = Callable[[], bool]


def untold(_: Progress) -> None:
    """Nobody is told."""


def never() -> bool:
    """Nobody stops it."""
    return False


class Report(BaseModel):
    """What was done with an input of `rows` rows."""

    model_config = ConfigDict(frozen=True)

    topic: str
    rows: int
    sent: int
    refused: dict[Code, int]
    """Rows in `headlines.rejected`, by reason."""
    stale: int = 0
    """Of those sent live: published more than 24 h ago; they will be kept and never counted."""
    first: str | None = None
    last: str | None = None
    """Log time of an import's first and last row sent."""
    ticks: int = 0
    ended: bool = False
    """An import that has its end ticks."""
    stopped: bool = False
    """Broken off before the last row."""
    seconds: float


class Tally:
    """Counts while a feed goes on."""

    def __init__(self, topic: str, rows: int) -> None:
        self.topic = topic
        self.rows = rows
        self.sent = 0
        self.ticks = 0
        self.stale = 0
        self.refused: Counter[Code] = Counter()
        self.first: int | None = None
        self.last: int | None = None
        self.ended = False
        self.stopped = False

    def row(self, at: int | None) -> None:
        """A row was handed over."""
        self.sent += 1
        if at is not None:
            self.first = at if self.first is None else self.first
            self.last = at

    def progress(self) -> Progress:
        """How far it is: refused rows are done too."""
        return Progress(self.sent + self.refused.total(), self.rows, self.last)

    def report(self, seconds: float) -> Report:
        """The sum of it."""
        return Report(
            topic=self.topic,
            rows=self.rows,
            sent=self.sent,
            refused=dict(sorted(self.refused.items())),
            stale=self.stale,
            first=None if self.first is None else iso(self.first),
            last=None if self.last is None else iso(self.last),
            ticks=self.ticks,
            ended=self.ended,
            stopped=self.stopped,
            seconds=round(seconds, 3),
        )
