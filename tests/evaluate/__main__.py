"""`make evaluate`: how right the decisions are, as one table, written to `docs/EVALUATION.md`."""

import argparse
import importlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.evaluate import table

EVALUATIONS = {
    "hard": "tests.evaluate.hard",
    "sample": "tests.evaluate.sample",
    "themes": "tests.evaluate.themes",
    "plover": "tests.evaluate.plover",
    "false-themes": "tests.evaluate.false_themes",
    "sts": "tests.evaluate.sts",
    "swapped": "tests.evaluate.swapped",
    "stream": "tests.evaluate.stream",
    "speed": "tests.evaluate.speed",
    "reddit": "tests.evaluate.reddit",
    "years": "tests.evaluate.years",
    "judged": "tests.evaluate.judged",
    "series": "tests.evaluate.series",
    "feeds": "tests.evaluate.feeds",
    "levels": "tests.evaluate.levels",
    "order": "tests.evaluate.order",
    "nab": "tests.evaluate.nab",
}
"""Name -> module, in the order of the table."""

EPILOG = """examples:
  TOCSIN_DATA=FOLDER make evaluate                     everything that there is data for
  TOCSIN_DATA=FOLDER make evaluate ARGS="sample sts"   two of them; the others' rows stay
  make evaluate ARGS=--list                            what there is, what each reads and measures, and what was reached

Ends with 1 when a figure that was to be reached is not. What lacks its data is skipped, and said so; in the table it
stands as not measured.
"""


def main() -> int:
    """Run the evaluations that were asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluate",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="EVALUATION", help="which; all without (--list names them)")
    parser.add_argument("--list", action="store_true", help="say what there is, and end")
    parser.add_argument("--dry", action="store_true", help="leave docs/EVALUATION.md as it is")
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in EVALUATIONS]:
        parser.error(f"no such evaluation: {', '.join(unknown)}; there are {', '.join(EVALUATIONS)}")
    plan = {name: importlib.import_module(module).MEASURES for name, module in EVALUATIONS.items()}
    if given.list:
        for name in given.names or EVALUATIONS:
            print(_told(name, table.read().get(name, [])))
        return 0
    data = Path(os.environ.get("TOCSIN_DATA", "no-such-folder"))
    missed: list[str] = []
    for name in given.names or EVALUATIONS:
        module = importlib.import_module(EVALUATIONS[name])
        if lacking := [file for file in module.NEEDS if not (data / file).exists()]:
            print(f"{name}: SKIPPED: no {', '.join(lacking)} in {data}; set TOCSIN_DATA to the folder that has them")
            continue
        began = time.monotonic()
        rows = module.measure(data)
        if forgotten := table.missing(rows, plan[name]):
            raise AssertionError(f"{name} says nothing of: {'; '.join(measure.what for measure in forgotten)}")
        shown = table.table({name: rows}, {name: plan[name]})
        print(shown, f"({time.monotonic() - began:.1f} s)", sep="\n", flush=True)
        missed += [f"{name}: {row.measure}" for row in rows if row.holds is False]
        if not given.dry:
            table.write(name, rows, plan)
    for what in missed:
        print(f"MISSED {what}")
    return 1 if missed else 0


def _told(name: str, rows: Sequence[table.Row]) -> str:
    """An evaluation in a few lines: what it reads and measures, who is beside it, and what was reached."""
    module = importlib.import_module(EVALUATIONS[name])
    lines = [f"{name:<14} {(module.__doc__ or '').splitlines()[0]} Reads {', '.join(module.NEEDS) or 'no data'}."]
    for row in rows:
        missed = " MISSED" if row.holds is False else ""
        lines.append(_line(row.measure, row.on, row.rivals, row.to_reach, row.reached + missed))
    for what, to_reach, on, rivals in table.missing(rows, module.MEASURES):
        lines.append(_line(what, on, rivals, to_reach, table.NOT_MEASURED))
    return "\n".join(lines)


def _line(what: str, on: str, rivals: str, to_reach: str, reached: str) -> str:
    return f"    {'; '.join(filter(None, (what, on)))}: {reached} ({to_reach or '—'}; others: {rivals or '—'})"


if __name__ == "__main__":
    sys.exit(main())
