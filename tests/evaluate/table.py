"""What an evaluation says: rows with what was to be reached, kept as data and shown in `docs/EVALUATION.md`.

An evaluation is a module with `NEEDS`, the files of the data folder that it reads, and `measure(data) -> list[Row]`.
One that is repeated replaces its own rows and no others. No row may quote the data: the document ships, the data does
not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict

from benchmarks import report

DOCS = Path(__file__).parent.parent.parent / "docs"
DOCUMENT = DOCS / "EVALUATION.md"
DATA = DOCS / "evaluation.json"
BEGIN, END = report.marks_of("figures")


class Row(BaseModel):
    """One figure, or a few that belong together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    on: str
    """The data, and how much of it."""
    reached: str
    to_reach: str = ""
    rivals: str = ""
    """What others reach on the same."""
    holds: bool | None = None
    """Whether what was to be reached is; `None` where nothing was."""
    note: str = ""
    """A sentence for the document, below the table."""


def share(hits: int, of: int) -> str:
    """`46/50 = .920`"""
    return f"{hits:,}/{of:,} = {hits / of:.3f}".replace("= 0.", "= .") if of else "0/0"


def write(name: str, rows: Sequence[Row], order: Sequence[str], data: Path = DATA, document: Path = DOCUMENT) -> None:
    """Put an evaluation's rows in the place of its former ones, and render the table anew."""
    kept = {**read(data), name: list(rows)}
    kept = {known: kept[known] for known in order if known in kept}
    plain = {known: [row.model_dump(exclude_defaults=True) for row in listed] for known, listed in kept.items()}
    data.write_bytes(orjson.dumps(plain, option=orjson.OPT_INDENT_2) + b"\n")
    report.put(document, (BEGIN, END), table(kept))


def read(data: Path = DATA) -> dict[str, list[Row]]:
    """The rows that are kept, by evaluation."""
    if not data.exists():
        return {}
    return {name: [Row.model_validate(row) for row in rows] for name, rows in orjson.loads(data.read_bytes()).items()}


def table(rows: Mapping[str, Sequence[Row]]) -> str:
    """Markdown."""
    lines = ["| evaluation | measure | on | others | to reach | reached |", "|---|---|---|---|---|---|"]
    notes: list[str] = []
    for name, listed in rows.items():
        for row in listed:
            missed = " **missed**" if row.holds is False else ""
            cells = (name, row.measure, row.on, row.rivals or "—", row.to_reach or "—", row.reached + missed)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        notes += [f"- {name}: {row.note}" for row in listed if row.note]
    return "\n".join([*lines, *([""] if notes else []), *dict.fromkeys(notes)])
