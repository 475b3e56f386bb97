"""Classified headlines for tests, made from little."""

from collections.abc import Mapping

from schemas.headline import Evidence, Headline, Place, Theme
from schemas.row import HeadlineRow, Source

NOON = 1_700_000_000_000


def place(code: str, words: str, title: str, rule: str = "name") -> Place:
    start = title.index(words)
    found = Evidence(words=words, start=start, end=start + len(words), rule=rule)
    return Place(code=code, subregion="001", evidence=(found,))


def row(
    title: str,
    places: Mapping[str, str] | None = None,
    arrival: int = NOON,
    id: str | None = None,
    text_key: str | None = None,
    themes: tuple[str, ...] = (),
    uncounted: tuple[str, ...] = (),
    rules: Mapping[str, str] | None = None,
    offset: int = 0,
    lane: int = 0,
) -> HeadlineRow:
    """A row whose countries are `{code: words of the title}`; `rules` says of a code what kind of words they are."""
    return HeadlineRow(
        lane=lane,
        primary=True,
        headline=Headline(
            id=id or f"id of {title}",
            title=title,
            text_key=text_key or title.casefold(),
            arrival=arrival,
            event_time=arrival,
            timing="absent",
        ),
        places=tuple(
            place(code, words, title, (rules or {}).get(code, "name")) for code, words in (places or {}).items()
        ),
        themes=tuple(
            Theme(theme=theme, counted=counted, reason=None if counted else "denied", evidence=())
            for counted, named in ((True, themes), (False, uncounted))
            for theme in named
        ),
        rules="r1",
        digest="0123456789abcdef",
        source=Source(topic="headlines.raw", partition=0, offset=offset),
    )
