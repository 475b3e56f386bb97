"""Counts that are read several times: pinned, so that each run sees the same, and named by their hash."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from streams.cli.counting import Progress, Taker, is_topic, pour
from streams.sources import STDIN


@dataclass
class Pinned:
    """A name under which the rows can be read again, and what they are."""

    name: str
    rows: int
    digest: str
    """SHA-256 of the rows, a line feed after each."""


class _Spool(Taker):
    def __init__(self, file: BinaryIO | None, lanes: int) -> None:
        self.rows = 0
        self.hash = hashlib.sha256()
        self._file = file
        self._lanes = lanes

    @property
    def lanes(self) -> int:
        """Of the rules."""
        return self._lanes

    def take(self, value: bytes, where: str) -> None:  # noqa: ARG002 - what is wrong with it a run will tell
        """The next row."""
        line = value + b"\n"
        self.hash.update(line)
        self.rows += 1
        if self._file is not None:
            self._file.write(line)

    def end(self, where: str) -> None:
        """No more rows."""


@contextmanager
def pinned(name: str, lanes: int, progress: Progress) -> Iterator[Pinned]:
    """What is called `name` for as long as this lasts: a file is read where it is, all else is copied first."""
    if name != STDIN and not is_topic(name):
        spool = _Spool(None, lanes)
        pour(name, spool, progress)
        yield Pinned(name, spool.rows, spool.hash.hexdigest())
        return
    with tempfile.NamedTemporaryFile(prefix="tocsin-counts-", suffix=".jsonl") as file:
        spool = _Spool(file, lanes)  # type: ignore[arg-type]
        pour(name, spool, progress)
        file.flush()
        yield Pinned(file.name, spool.rows, spool.hash.hexdigest())
