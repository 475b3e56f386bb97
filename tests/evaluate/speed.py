"""How fast headlines are decided about on one core: classify and deduplicate, pure, as their benchmarks measure it."""

import os
from pathlib import Path

from benchmarks import classify, deduplicate
from benchmarks.report import Figure
from tests.evaluate.table import Measure, Row

NEEDS = ("wklnd.jsonl.gz",)
TARGETS = (20_000, 12_000)
RIVAL = "flashgeotext 30,800/s, places alone"
MEASURES = (
    Measure("speed: classify, rows as they come", "≥ 20,000/s"),
    Measure("speed: classify, distinct titles", "≥ 12,000/s"),
    Measure("speed: deduplicate, as it comes", "≥ 20,000/s"),
    Measure("speed: deduplicate, unique titles only", "≥ 12,000/s"),
    Measure("speed: reader alone, distinct titles", rivals=RIVAL),
)


def measure(data: Path) -> list[Row]:
    """Of each stage rows as they come and distinct titles; and the reader alone on these, which has no target."""
    busy = os.getloadavg()[0]
    archive = data / NEEDS[0]
    *steps, reader = classify.measure(archive, "wklnd", ("≥ 20,000/s", "≥ 12,000/s"))
    steps += deduplicate.measure(archive, windows=())
    rows = [_row(figure, target) for figure, target in zip(steps, TARGETS * 2, strict=True)]
    alone = Row(measure=f"speed: {reader.what}", on=reader.on, rivals=RIVAL, reached=reader.measured)
    note = f"The load average was {busy:.1f} before it began."
    return [rows[0].model_copy(update={"note": note}), *rows[1:], alone]


def _row(figure: Figure, target: int) -> Row:
    rate = int(figure.measured.split("/s")[0].split()[0].replace(",", ""))
    return Row(
        measure=f"speed: {figure.what}",
        on=figure.on,
        to_reach=figure.to_reach,
        reached=figure.measured,
        holds=rate >= target,
    )
