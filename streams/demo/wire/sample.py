"""The wire as a file of JSON lines, gzipped: the same bytes for the same wire."""

import gzip
import io
from collections.abc import Iterable
from pathlib import Path

import orjson

from schemas.base import iso
from streams.demo.wire.desk import Item

SAMPLE = Path(__file__).parent.parent / "sample.jsonl.gz"
"""The wire that is shipped for `tocsin scan`."""


def encode(item: Item) -> bytes:
    """An item as a producer sends it."""
    return orjson.dumps(
        {"published_at": iso(item.published_at), "title": item.title, "source": item.source, "url": item.url}
    )


def pack(items: Iterable[Item]) -> bytes:
    """Items as gzipped JSON lines, without a name or a time in the gzip header."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as lines:
        lines.writelines(encode(item) + b"\n" for item in items)
    return packed.getvalue()
