"""What a raw record may mean: a headline, a withdrawal, a control; or why it cannot be taken."""

from typing import Any, NamedTuple

from agents.classify.claims import Reconciled
from agents.classify.times import Moment, timed
from schemas.base import made
from schemas.handover import Adoption
from schemas.headline import Headline
from schemas.rejected import Code


class Refusal(NamedTuple):
    """Why a record cannot be taken."""

    code: Code
    detail: str


class Control(NamedTuple):
    """A tick: time has come this far. `end`: and nothing follows."""

    end: bool


class Withdrawal(NamedTuple):
    """A headline is taken back."""

    withdraws: str
    """Its id, or its canonical URL."""


class Handover(NamedTuple):
    """Another generation publishes from now on, or has taken over what was open: see `schemas.row.HandoverRow`."""

    handover: str
    former: str
    to: str
    since: int
    adoption: Adoption | None


class Item(NamedTuple):
    """A headline that was accepted, but for what depends on its arrival."""

    id: str
    title: str
    text_key: str
    url: str | None
    publisher: str | None
    reconciled: Reconciled
    """Who stands behind it, and how that was found."""
    language: str | None
    moment: Moment | None
    flags: tuple[str, ...]
    extra: dict[str, Any]

    @property
    def family(self) -> str | None:
        """What independence is counted by."""
        return self.reconciled.family

    def arrived(self, arrival: int) -> Headline:
        """The headline, now that it is known when it came."""
        published_at, event_time, timing, stale = timed(self.moment, arrival)
        return made(
            Headline,
            {
                "id": self.id,
                "title": self.title,
                "text_key": self.text_key,
                "url": self.url,
                "publisher": self.publisher,
                "family": self.family,
                "language": self.language,
                "published_at": published_at,
                "arrival": arrival,
                "event_time": event_time,
                "timing": timing,
                "stale": stale,
                "flags": self.flags,
                "extra": self.extra,
            },
        )
