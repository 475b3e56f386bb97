"""The demo's wire as input files of tests."""

import json
from collections.abc import Iterable

from schemas.base import iso
from streams.demo.wire import Item


def as_lines(items: Iterable[Item], restamp: int | None = None) -> bytes:
    """JSON Lines of a wire; with `restamp`, all of it published at that time (ms)."""
    return b"".join(
        json.dumps(
            {
                "published_at": iso(restamp if restamp is not None else item.published_at),
                "title": item.title,
                "source": item.source,
                "url": item.url,
            }
        ).encode()
        + b"\n"
        for item in items
    )
