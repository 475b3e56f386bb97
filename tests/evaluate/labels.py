"""What people decided about headlines of public archives, kept by hashes of the titles.

The titles stay in the archives. The files of `labels/` are JSON Lines. Every third hash is `kept` for the last look:
it is reported apart, and its mistakes are not shown.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

LABELS = Path(__file__).parent / "labels"


def key(*texts: str) -> str:
    """What a title, or a pair of them, is known by."""
    return sha256("\n".join(texts).encode()).hexdigest()[:16]


def kept(of: str) -> bool:
    """Whether a hash belongs to the third that is kept for the last look."""
    return int(of, 16) % 3 == 0


def labels(name: str) -> dict[str, dict[str, Any]]:
    """The labels of a file, by hash."""
    with (LABELS / name).open(encoding="utf-8") as lines:
        return {row["hash"]: row for row in map(json.loads, lines)}


def rows(archive: Path) -> Iterator[dict[str, Any]]:
    """The rows of a gzipped archive of JSON Lines."""
    with gzip.open(archive, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def titles(archives: Iterable[Path], wanted: set[str]) -> dict[str, str]:
    """The titles whose hashes are wanted. Raises LookupError when some are in none of the archives."""
    found: dict[str, str] = {}
    for archive in archives:
        for row in rows(archive):
            hashed = key(row["title"])
            if hashed in wanted:
                found[hashed] = row["title"]
    if lacking := wanted - found.keys():
        raise LookupError(f"{len(lacking)} of {len(wanted)} labelled titles are in none of the archives")
    return found
