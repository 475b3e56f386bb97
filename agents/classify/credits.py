"""Credits: where a title or a source says whose text it is, in the forms that newspapers use.

    in a title    "... (AFP)"  "PARIS (Reuters) - ..."  "AFP: ..."  "AFP - ..."  "..., by Reuters"  "... via PTI"
                  "... Source: AFP"  "... (with inputs from PTI)"
    in a source   "The Hindu via PTI"  "AFP/Le Monde"  "Reuters / Guardian"  "BBC News - Africa"  "Yahoo News (AFP)"
    at its end    "... - France 24 with AFP"  "... - AFP/Le Monde"

Only wires are credited in titles, and a name in capitals only in capitals: "(AP)" is a credit, "(ap)" is none. Cost is
linear in the title, and nothing for most.
"""

import re
from collections.abc import Iterable

_PARTS = re.compile(
    r"\s*(?:[/|;()\[\]•·]|\s[-–—]\s|,\s|\s(?:via|with|avec|con|mit|from)\s(?:inputs?\sfrom\s)?)\s*", re.IGNORECASE
)
_HEAD = re.compile(r"\s*(?:[/|;()\[\]•·]|\s[-–—]\s|,\s|\svia\s)", re.IGNORECASE)
_LEAD = re.compile(r"^\s*(?:by|via|from|source:|sources?:|credit:|par)\s+", re.IGNORECASE)
_JOINS = re.compile(r"\s(?:via|with|avec|con|mit)\s", re.IGNORECASE)
_PARTING = frozenset("-|,.;:")
"""One of these stands before "by" and "from" where they credit somebody."""
_BEGINS = 40
"""Characters: a credit at the beginning stands within these."""
_ENDS = 60


class Credits:
    """The wires' names, compiled for titles."""

    def __init__(self, names: Iterable[str]) -> None:
        listed = sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name))
        one = "|".join(re.escape(name) if name.isupper() else f"(?i:{re.escape(name)})" for name in listed) or r"(?!)"
        name = rf"({one})"
        inside = r"(?:(?i:source:|by|via|from|with(?:\s(?:agency\s)?inputs?\sfrom)?|inputs?\sfrom)\s+)?"
        self._bracket = re.compile(rf"[(\[]\s*{inside}{name}\s*(?:[,/&][^()\[\]]{{1,60}})?[)\]]")
        self._begins = re.compile(rf"{name}\s*(?::|\s[-|])\s")
        self._ends = re.compile(
            rf"(?:(?:[-|,.;:]\s(?i:by|from)|\s(?i:via|source:|sources:|inputs?\sfrom))\s+|\s[-|]\s){name}"
            r"(?:\s*/\s*[^/]{2,40})?\s*[.]?$"
        )

    def of(self, title: str) -> str | None:
        """The wire that `title` credits, as it is written; `None` where it credits none."""
        found = None
        head = title[:_BEGINS]
        if ":" in head or " - " in head or " | " in head:
            found = self._begins.match(title, 0, _BEGINS)
        if found is None and ("(" in title or "[" in title):
            found = self._bracket.search(title)
        if found is None and _may_end(title[-_ENDS:]):
            found = self._ends.search(title, max(0, len(title) - _ENDS))
        return found[1] if found is not None else None


def _may_end(tail: str) -> bool:
    """Whether a title may end with a credit: a look that costs little."""
    lowered = tail.lower()
    return (
        " - " in tail
        or " | " in tail
        or " via " in lowered
        or "source" in lowered
        or "inputs from" in lowered
        or (" by " in lowered and not _PARTING.isdisjoint(lowered))
        or (" from " in lowered and not _PARTING.isdisjoint(lowered))
    )


def parts(name: str) -> list[str]:
    """What a compound name names: "AFP/Le Monde" is AFP and Le Monde. One part where it is no compound."""
    return [part for part in _PARTS.split(_LEAD.sub("", name)) if part]


def head(name: str) -> str:
    """What a name begins with, without sections and further names; for names that nobody knows."""
    return next((part for part in _HEAD.split(_LEAD.sub("", name)) if part), name)


def joined(name: str) -> bool:
    """Whether `name` names several by a slash, "via" or "with": the forms in which a title's end does so."""
    return "/" in name or _JOINS.search(name) is not None
