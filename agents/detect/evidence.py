"""A counted headline, and the series that it counts in.

Series, from narrow to wide: a country's theme (`KP/troop-deployment`), a country over all escalatory themes
(`KP/any`), a subregion's theme (`030/troop-deployment`), a subregion (`030/any`). A headline counts once in each.
"""

import hashlib
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from agents.detect.buckets import bucket_of, event_bucket
from schemas.alert import AlertHeadline
from schemas.base import iso
from schemas.headline import Evidence as Proof
from schemas.row import HeadlineRow

ANY = "any"
NUMBERED = "\0"
"""Begins the name of a publisher who is known by number alone: no text has this character."""


@lru_cache(maxsize=10_000)
def hashed(family: str | None) -> str:
    """A publisher's family where its name need not be known; the empty string where there is none."""
    return "" if family is None else hashlib.sha256(family.encode()).hexdigest()[:16]


class _Key(NamedTuple):
    place: str
    subregion: str
    theme: str
    escalatory: bool
    """Whether it is a part of its place's `any`; true of `any` itself."""


class SeriesKey(_Key):
    """One series. What is asked of it most it remembers: a headline's keys are those of all before it like it."""

    @cached_property
    def name(self) -> str:
        return f"{self.place}/{self.theme}"

    @property
    def level(self) -> Literal["country", "subregion"]:
        return "subregion" if self.place == self.subregion else "country"

    @cached_property
    def wide(self) -> bool:
        """Whether it is more than one theme of one country."""
        return self.place == self.subregion or self.theme == ANY

    def within(self, wider: "SeriesKey") -> bool:
        """Whether all that counts here counts in `wider`, too, and more does there."""
        if self.subregion != wider.subregion or self[:3] == wider[:3]:
            return False
        place = self.place == wider.place or wider.place == wider.subregion
        theme = self.theme == wider.theme or (wider.theme == ANY and self.escalatory)
        return place and theme


@lru_cache(maxsize=10_000)
def _counted_in(given: tuple[tuple[str, str], ...], spoken: tuple[tuple[str, bool], ...]) -> tuple[SeriesKey, ...]:
    """The series of a headline about these countries, each with its subregion, and these themes."""
    countries = sorted(set(given))
    regions = sorted({(subregion, subregion) for _, subregion in given})
    themes = sorted(set(spoken))
    anything = any(escalatory for _, escalatory in themes)
    found: list[SeriesKey] = []
    for places in (countries, regions):
        found += [SeriesKey(*place, *theme) for place in places for theme in themes]
        if anything:
            found += [SeriesKey(*place, ANY, True) for place in places]
    return tuple(found)


class Item(NamedTuple):
    """What is kept of a counted headline while it is in the last 24 h."""

    id: str
    arrival: int
    event_time: int
    bucket: int
    title: str
    publisher: str | None
    family: str | None
    url: str | None
    places: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Country, subregion, the words that prove it."""
    themes: tuple[tuple[str, bool, tuple[str, ...]], ...]
    """Theme, whether escalatory, the words that prove it."""
    dropped: tuple[str, ...] = ()
    """Series that hold more than may be kept, and have of this one only its count."""
    order: int = 0
    """How many were counted in the lane before it."""

    def series(self) -> tuple[SeriesKey, ...]:
        """Where it counts, narrow before wide, each rank in order of name."""
        places = tuple([(code, subregion) for code, subregion, _ in self.places])
        return _counted_in(places, tuple([(theme, escalatory) for theme, escalatory, _ in self.themes]))

    @property
    def number(self) -> int:
        """It is one headline."""
        return 1

    @property
    def named(self) -> bool:
        """Which one is known."""
        return True

    @property
    def seen(self) -> int:
        """The bucket in which it is judged."""
        return bucket_of(self.arrival)

    def tellers(self, _: SeriesKey) -> tuple[str | None, ...]:
        """Who told it."""
        return (self.family,)

    def told(self, key: SeriesKey) -> AlertHeadline:
        """The headline as evidence of one series."""
        words: dict[str, None] = {}
        for code, subregion, proof in self.places:
            if key.place in (code, subregion):
                words.update(dict.fromkeys(proof))
        for theme, escalatory, proof in self.themes:
            if theme == key.theme or (key.theme == ANY and escalatory):
                words.update(dict.fromkeys(proof))
        return AlertHeadline(
            id=self.id,
            title=self.title,
            publisher=self.publisher,
            url=self.url,
            event_time=iso(self.event_time),
            words=tuple(words),
        )


class Counted(NamedTuple):
    """What is known from counts: one headline, by its id; or so many of one series in a bucket, and not which."""

    id: str
    arrival: int
    """Where its bucket closes, when it is not known."""
    bucket: int
    seen: int
    by: Mapping[SeriesKey, tuple[str | None, ...]]
    """Its series, narrow before wide, and who told it there."""
    family: str | None = None
    number: int = 1
    named: bool = True
    url: None = None
    dropped: tuple[str, ...] = ()
    order: int = 0

    def series(self) -> tuple[SeriesKey, ...]:
        """Where it counts."""
        return tuple(self.by)

    def tellers(self, key: SeriesKey) -> tuple[str | None, ...]:
        """Who told it: publishers are known by series."""
        return self.by[key]

    def told(self, key: SeriesKey) -> None:
        """Its words are not known."""


Evidence = Item | Counted


def item_of(row: HeadlineRow, subregions: frozenset[str], directions: Mapping[str, str]) -> Item | None:
    """The row as evidence; `None` where it does not count in this lane: a repeat, stale, no theme or place counted."""
    headline = row.headline
    if row.verdict is None or row.verdict.kind != "unique" or headline.stale:
        return None
    # Most rows have no theme that counts, or are of other lanes.
    spoken = [theme for theme in row.themes if theme.counted]
    told = [place for place in row.places if place.subregion in subregions] if spoken else []
    if not told:
        return None
    places = tuple([(place.code, place.subregion, _words(place.evidence)) for place in told])
    themes = tuple(
        [(theme.theme, directions.get(theme.theme) == "escalatory", _words(theme.evidence)) for theme in spoken]
    )
    return Item(
        id=headline.id,
        arrival=headline.arrival,
        event_time=headline.event_time,
        bucket=event_bucket(headline.event_time, headline.arrival),
        title=headline.title,
        publisher=headline.publisher,
        family=headline.family,
        url=headline.url,
        places=places,
        themes=themes,
    )


def _words(evidence: tuple[Proof, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.words for piece in evidence))
