"""The table of `docs/RELIABILITY.md`: outcomes are kept as data, and the table is written from them."""

from pathlib import Path

import orjson

from benchmarks import report
from tests.chaos.campaign import Outcome

DOCS = Path(__file__).parent.parent.parent / "docs"
DOCUMENT = DOCS / "RELIABILITY.md"
DATA = DOCS / "reliability.json"
BEGIN, END = report.marks_of("campaigns")


def write(outcome: Outcome, order: list[str], data: Path = DATA, document: Path = DOCUMENT) -> None:
    """Put an outcome in the place of the former one of its campaign, and render the table anew."""
    kept = {row.campaign: row for row in read(data)} | {outcome.campaign: outcome}
    rows = [kept[name] for name in order if name in kept]
    data.write_bytes(orjson.dumps([row.model_dump() for row in rows], option=orjson.OPT_INDENT_2) + b"\n")
    report.put(document, (BEGIN, END), table(rows))


def read(data: Path = DATA) -> list[Outcome]:
    """The outcomes that are kept."""
    return [Outcome.model_validate(row) for row in orjson.loads(data.read_bytes())] if data.exists() else []


def table(rows: list[Outcome]) -> str:
    """Markdown."""
    lines = [
        "| campaign | what was done | times | records | lost | doubled | alerts, differing | longest stall | repeat |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        stall = f"{row.stall:.1f} s" + (f" ({row.stalls})" if row.stalls else "")
        what = row.what + (f" **Faults: {len(row.faults)}.**" if row.faults else "")
        lines.append(
            f"| {row.campaign} | {what} | {row.times} | {row.records:,} | {row.lost} | {row.doubled} | "
            f"{row.revisions:,}, {row.differing} | {stall} | `{row.command}` |"
        )
    return "\n".join(lines)
