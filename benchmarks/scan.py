"""How fast `tocsin scan` reads a file, as a user would run it: a whole process, start to end."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Figure


def measure(path: Path, rows: int, name: str, to_reach: str, runs: int = 3) -> Figure:
    """The median of `runs` whole processes, and the rate that the command itself reports without its start."""
    seconds, inner = [], []
    for _ in range(runs):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "streams.cli", "scan", "--json", str(path)],
            capture_output=True,
            check=True,
            text=True,
        )
        seconds.append(time.perf_counter() - began)
        if found := re.search(r"\(([\d,]+)/s\)", done.stderr):
            inner.append(int(found[1].replace(",", "")))
    whole = rows / sorted(seconds)[len(seconds) // 2]
    without = f"; {sorted(inner)[len(inner) // 2]:,}/s without the start of the process" if inner else ""
    return Figure(
        "`tocsin scan`, whole process",
        f"{whole:,.0f} headlines/s ({1e6 / whole:.0f} µs each){without}",
        to_reach,
        f"{name}, {rows:,} rows, median of {runs}",
    )


def count(path: Path) -> int:
    """Rows of a gzipped file."""
    import gzip

    with gzip.open(path, "rb") as lines:
        return sum(1 for line in lines if json.loads(line))
