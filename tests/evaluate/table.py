"""What an evaluation says: rows with what was to be reached, kept as data and shown in `docs/EVALUATION.md`.

An evaluation is a module with `NEEDS`, the files of the data folder that it reads, `MEASURES`, what it will say before
it has been run, and `measure(data) -> list[Row]`. One that is repeated replaces its own rows and no others; a measure
that no row tells stands in the table all the same, as not measured. No row may quote the data: the document ships, the
data does not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

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


class Measure(NamedTuple):
    """What an evaluation measures, and what is to be reached: known before anything is."""

    what: str
    to_reach: str = ""
    on: str = ""
    """The data, where one measure has several: part of what its row says."""
    rivals: str = ""
    """Who else runs on the same, or what others are known to reach."""

    def row(self, reached: str, on: str = "", holds: bool | None = None, rivals: str = "", note: str = "") -> Row:
        """What was reached; `on` says more of the data, `rivals` what they reach."""
        return Row(
            measure=self.what,
            on=on or self.on,
            reached=reached,
            to_reach=self.to_reach,
            rivals=rivals or self.rivals,
            holds=holds,
            note=note,
        )

    def told(self, rows: Sequence[Row]) -> bool:
        """Whether one of the rows is of this."""
        return any(row.measure == self.what and self.on in row.on for row in rows)


Plan = Mapping[str, Sequence[Measure]]
"""All evaluations, in the order of the table, and what each measures."""
NOT_MEASURED = "not measured"


def share(hits: int, of: int) -> str:
    """`46/50 = .920`"""
    return f"{hits:,}/{of:,} = {hits / of:.3f}".replace("= 0.", "= .") if of else "0/0"


def write(name: str, rows: Sequence[Row], plan: Plan, data: Path = DATA, document: Path = DOCUMENT) -> None:
    """Put an evaluation's rows in the place of its former ones, and render the table anew."""
    kept = {**read(data), name: list(rows)}
    kept = {known: kept[known] for known in plan if known in kept}
    plain = {known: [row.model_dump(exclude_defaults=True) for row in listed] for known, listed in kept.items()}
    data.write_bytes(orjson.dumps(plain, option=orjson.OPT_INDENT_2) + b"\n")
    report.put(document, (BEGIN, END), table(kept, plan))


def missing(rows: Sequence[Row], measures: Sequence[Measure]) -> list[Measure]:
    """Of what an evaluation measures that which no row tells."""
    return [measure for measure in measures if not measure.told(rows)]


def read(data: Path = DATA) -> dict[str, list[Row]]:
    """The rows that are kept, by evaluation."""
    if not data.exists():
        return {}
    return {name: [Row.model_validate(row) for row in rows] for name, rows in orjson.loads(data.read_bytes()).items()}


def table(rows: Mapping[str, Sequence[Row]], plan: Plan) -> str:
    """Markdown: of each evaluation of the plan its rows, and what of it was never measured."""
    lines = ["| evaluation | measure | on | others | to reach | reached |", "|---|---|---|---|---|---|"]
    notes: list[str] = []
    for name, measures in plan.items():
        listed = rows.get(name, ())
        for row in listed:
            missed = " **missed**" if row.holds is False else ""
            lines.append(_line(name, row.measure, row.on, row.rivals, row.to_reach, row.reached + missed))
        for what, to_reach, on, rivals in missing(listed, measures):
            lines.append(_line(name, what, on, rivals, to_reach, f"**{NOT_MEASURED}**"))
        notes += [f"- {name}: {row.note}" for row in listed if row.note]
    return "\n".join([*lines, *([""] if notes else []), *dict.fromkeys(notes)])


def _line(*cells: str) -> str:
    return "| " + " | ".join((cell or "—").replace("|", "\\|") for cell in cells) + " |"
