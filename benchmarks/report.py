"""What a measurement says, and how it is shown: a table for people, and the same in `docs/BENCHMARKS.md`."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Figure:
    """One measured figure, with what was to be reached."""

    what: str
    measured: str
    to_reach: str
    on: str
    """Data and conditions."""


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table."""
    lines = ["| what | measured | to reach | on |", "|---|---|---|---|"]
    lines += [f"| {f.what} | {f.measured} | {f.to_reach} | {f.on} |" for f in figures]
    return "\n".join(lines)


def machine() -> str:
    """Where the figures were measured."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def write(figures: Sequence[Figure]) -> None:
    """Put the figures between the marks of the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(
        f"{before}{BEGIN}\nOn {machine()}, the broker on the same cores.\n\n{table(figures)}\n{END}{after}",
        encoding="utf-8",
    )
