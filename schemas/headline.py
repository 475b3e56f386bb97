"""A headline: what a producer may send, and what it is once it has been read.

`classify` makes a `Headline` of every record of `headlines.raw` that it accepts; all else ends in
`headlines.rejected`. Fields that a producer sent and that Tocsin does not know are kept in `extra`.
"""

from typing import Any, Literal

from pydantic import Field

from schemas.base import Record

Timing = Literal["published", "clamped", "date", "absent", "unreadable"]
"""Where the event time is from: the published time as given; clamped to the hour before arrival; a date without a
time of day; no published time (arrival stands for it); a published time that could not be read (the same)."""


class Evidence(Record):
    """The words of a title that prove something. `start` and `end` count characters of `title`."""

    words: str
    start: int
    end: int
    rule: str
    """What made these words count: `name`, `demonym`, `capital`, `leader`, ... or the name of a pattern."""


class Place(Record):
    """A country that a headline concerns."""

    code: str
    """ISO 3166-1 alpha-2, and `XK` for Kosovo."""
    subregion: str
    """UN M49 code of the subregion, three digits."""
    evidence: tuple[Evidence, ...]


class Theme(Record):
    """A security theme that a headline speaks of."""

    theme: str
    counted: bool
    reason: str | None = None
    """Why it does not count: `denied`, `hypothetical`, `historical`, `figurative`; `None` when it counts."""
    evidence: tuple[Evidence, ...]


class Headline(Record):
    """One validated item of news. The identity is of the item, never of a delivery."""

    id: str
    """Hash of canonical title, URL and publisher, 24 hexadecimal digits: the same item sent twice has one id."""
    title: str
    """NFKC, entities and control characters resolved, the publisher's suffix split off."""
    text_key: str
    """Hash of the canonical title alone: equal where the same text was published elsewhere."""
    url: str | None = None
    """Canonical: no tracking parameters, no AMP, no mobile host."""
    publisher: str | None = None
    """As named by the producer or by the title's suffix."""
    family: str | None = None
    """The owner or wire agency that stands behind the publisher; what independence is counted by."""
    language: str | None = None
    """As the producer names it: `en`, `en-US`, `zh-Hant`. English where it names none and the title is in Latin script.
    Of a headline in another language (flag `language_not_english`) places are read, themes are not."""
    published_at: int | None = None
    """As given, ms; may lie far from `arrival`."""
    arrival: int
    """Broker's time, the running maximum in its raw partition, ms."""
    event_time: int
    """`published_at` clamped to `[arrival - 60 min, arrival]`, or `arrival`, ms."""
    timing: Timing
    stale: bool = False
    """Published more than 24 h before arrival: kept, never counted, no part of the volume."""
    flags: tuple[str, ...] = ()
    """What was odd or was mended: `control_characters`, `extra_dropped`, `language_not_english`, `language_unknown`,
    `mixed_script`, `publisher_cut`, `publisher_disagrees`, `repeated_key`, `url_dropped`."""
    extra: dict[str, Any] = Field(default_factory=dict)
    """What a producer sent beside the fields that Tocsin knows."""
