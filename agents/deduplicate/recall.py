"""A lane's own output, read back for its memory: as little of it as takes its place, at a third of the cost of a row.

What a lane wrote was validated before it was written; what here has not even these fields is nobody's row.
"""

from typing import NamedTuple

import orjson

_KIND = b'"kind":"headline"'
_HEAD = 64
"""The kind stands among the first bytes of a row: minutes need not be looked into."""


class Recalled(NamedTuple):
    """A judged headline."""

    id: str
    text_key: str
    arrival: int
    original: str
    places: frozenset[str]


def recalled(value: bytes) -> Recalled | None:
    """The judged headline that `value` holds; `None` where it holds none."""
    if _KIND not in value[:_HEAD]:
        return None
    try:
        row = orjson.loads(value)
        headline, verdict = row["headline"], row["verdict"]
        id_, text_key, arrival, of = headline["id"], headline["text_key"], headline["arrival"], verdict["of"]
        places = frozenset([place["code"] for place in row["places"]])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    sound = isinstance(id_, str) and isinstance(text_key, str) and isinstance(arrival, int)
    return Recalled(id_, text_key, arrival, of or id_, places) if sound else None
