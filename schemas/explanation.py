"""What `tocsin explain --json` prints: one object for each headline, a line each.

Every field is always there. Where a record cannot be taken, the line is an `Unexplained`: its `title` is null.
"""

from typing import Literal

from schemas.base import Record, Versioned
from schemas.headline import Evidence
from schemas.row import VerdictKind


class Span(Record):
    """Words of the title. `start` and `end` count its characters."""

    words: str
    start: int
    end: int


class Token(Record):
    """A word as the rules see it: folded, without accents and final 's."""

    word: str
    start: int
    end: int
    gap: Literal["none", "soft", "break"]
    """What stands before it: a space; a comma, quotation mark or bracket; the end of a clause."""


class ExplainedPlace(Record):
    """A country that the headline concerns."""

    code: str
    subregion: str
    lane: int
    evidence: tuple[Evidence, ...]


class RejectedPlace(Span):
    """Words that might have been a place."""

    why: str


class ExplainedPattern(Record):
    """A pattern that holds."""

    pattern: str
    parts: tuple[Span, ...]
    """The action first, then its object, then what else the pattern asks for."""
    start: int
    end: int
    counted: bool
    reason: str | None
    """Why it does not count: `denied`, `hypothetical`, `historical`, `figurative`."""
    cue: str | None
    """The name of the cue that decided, as in modality.yaml; `past-year` and `question` are none of its lists."""
    cue_words: tuple[Span, ...]


class VetoedPattern(Record):
    """A pattern that would hold, but for words of its `without`."""

    theme: str
    pattern: str
    parts: tuple[Span, ...]
    words: tuple[Span, ...]
    """What forbids it, anywhere in the title."""


class ExplainedTheme(Record):
    """A theme that the headline speaks of; it counts when one of its patterns does."""

    theme: str
    code: str
    """In CAMEO and PLOVER."""
    direction: str
    counted: bool
    reason: str | None
    patterns: tuple[ExplainedPattern, ...]


class PublisherClaim(Record):
    """What one place says of the publisher."""

    where: Literal["credit", "source", "suffix", "host"]
    """A credit in the title; the field `publisher` or `source`; the end of the title; the host of the URL."""
    given: str
    family: str | None
    """Null of an aggregator, which is no voice of its own."""
    standing: Literal["wire", "known", "unknown", "aggregator"]


class ExplainedPublisher(Record):
    """Who stands behind the headline, and what that was reconciled from."""

    publisher: str | None
    family: str | None
    by: Literal["credit", "source", "suffix", "host"] | None
    """Which claim decided."""
    wire: bool
    disagrees: bool
    """Two claims name different publishers."""
    claims: tuple[PublisherClaim, ...]


class NearHeadline(Record):
    """A headline of the file that is like this one."""

    id: str
    title: str
    publisher: str | None
    similarity: float
    """Token-set likeness, 0 to 1."""
    shared: tuple[str, ...]
    """Tokens that both have, as deduplication sees them."""
    guard: str | None
    """What forbids to take this headline for an edit of that one; null when nothing does."""


class Duplicates(Record):
    """What deduplication would decide if the headlines of the file had come shortly before."""

    against: str | None
    """The file; null when none was given: then there is no verdict."""
    compared: int
    threshold: float
    """Likeness from which on a headline is a repeat, unless a guard forbids it."""
    verdict: VerdictKind | None
    of: str | None
    reason: str | None
    nearest: tuple[NearHeadline, ...]


class ExplainedSeries(Record):
    """A series that the headline is counted in."""

    series: str
    level: Literal["country", "subregion"]
    lane: int


class Explanation(Versioned):
    """Everything that is decided about one headline, with what decided it."""

    kind: Literal["explanation"] = "explanation"
    title: str
    id: str
    url: str | None
    language: str | None
    event_time: str
    timing: str
    flags: tuple[str, ...]
    lanes: tuple[int, ...]
    """Those that read it, the primary one first."""
    case: Literal["sentence", "title", "upper", "lower"]
    """How the title is written, and so what a capital in it is worth."""
    tokens: tuple[Token, ...]
    places: tuple[ExplainedPlace, ...]
    rejected_places: tuple[RejectedPlace, ...]
    organisations: tuple[str, ...]
    themes: tuple[ExplainedTheme, ...]
    vetoed: tuple[VetoedPattern, ...]
    """Of themes that do not count: patterns that nearly held."""
    themes_note: str | None
    """Why themes were not looked for; null when they were."""
    publisher: ExplainedPublisher
    duplicates: Duplicates
    series: tuple[ExplainedSeries, ...]
    uncounted: str | None
    """Why it is in no series; null when it is in one."""
    rules: str
    """Version of the rules."""


class Unexplained(Versioned):
    """A record that is no headline."""

    kind: Literal["unexplained"] = "unexplained"
    title: None = None
    code: str
    """Why it is rejected, as in headlines.rejected; `withdrawal` or `control` for what is no headline."""
    detail: str
