"""What a measurement says, and how it is shown: a table for people, and the same in a document of `docs`."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


@dataclass(frozen=True)
class Figure:
    """One measured figure, with what was to be reached."""

    what: str
    measured: str
    to_reach: str
    on: str
    """Data and conditions."""


@dataclass(frozen=True)
class Row:
    """How long one way to come back lasts, and what takes the time."""

    what: str
    how_long: str
    why: str


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table."""
    lines = ["| what | measured | to reach | on |", "|---|---|---|---|"]
    lines += [f"| {f.what} | {f.measured} | {f.to_reach} | {f.on} |" for f in figures]
    return "\n".join(lines)


def coming_back(rows: Sequence[Row]) -> str:
    """The same for ways to come back."""
    lines = ["| what | how long | why |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {row.what} | {row.how_long} | {row.why} |" for row in rows)])


def machine() -> str:
    """Where the figures were measured."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def write(document: str, marks: str, shown: str, busy: float | None = None, broker: bool = True) -> None:
    """Put a table between `<!-- marks -->` and `<!-- end of marks -->`. `busy`: the load average before it began.
    `broker`: whether one ran."""
    load = "" if busy is None else f", load average {busy:.1f} before it began"
    where = f"On {machine()}{', the broker on the same cores' if broker else ''}{load}."
    put(DOCS / document, marks_of(marks), f"{where}\n\n{shown}")


def marks_of(name: str) -> tuple[str, str]:
    """Between which two lines of a document a table of this name stands."""
    return f"<!-- {name} -->", f"<!-- end of {name} -->"


def put(document: Path, marks: tuple[str, str], shown: str) -> None:
    """Put what is shown between two marks of a document, in the place of what was there."""
    begin, end = marks
    before, _, rest = document.read_text(encoding="utf-8").partition(begin)
    document.write_text(f"{before}{begin}\n{shown}\n{end}{rest.partition(end)[2]}", encoding="utf-8")
