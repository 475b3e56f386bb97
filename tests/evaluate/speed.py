"""How fast headlines are decided about on one core: classify as a pure step, as its benchmark measures it."""

import os
from pathlib import Path

from benchmarks import classify
from tests.evaluate.table import Row

NEEDS = ("wklnd.jsonl.gz",)
TARGETS = (20_000, 12_000)
RIVAL = "flashgeotext 30,800/s, places alone"


def measure(data: Path) -> list[Row]:
    """Rows as they come, distinct titles, and the reader alone on these."""
    busy = os.getloadavg()[0]
    figures = classify.measure(data / NEEDS[0], "wklnd", ("≥ 20,000/s", "≥ 12,000/s"))
    rates = [int(figure.measured.split("/s")[0].replace(",", "")) for figure in figures]
    return [
        Row(
            measure=f"speed: {figure.what}",
            on=figure.on,
            rivals=RIVAL if figure is figures[-1] else "",
            to_reach="" if figure is figures[-1] else figure.to_reach,
            reached=figure.measured,
            holds=None if figure is figures[-1] else rate >= target,
            note=f"The load average was {busy:.1f} before it began." if figure is figures[0] else "",
        )
        for figure, rate, target in zip(figures, rates, (*TARGETS, 0), strict=True)
    ]
