"""Countries of headlines that are hard to read, written for it, against what a person reads in them.

`hard_places.yaml` has them by the kind of difficulty: `title`, `places`, and `date` where the reading depends on it.
"""

import json
from collections import Counter
from pathlib import Path

import yaml

from agents.rulebook import Rulebook
from streams.cli.reading import Judge
from tests.evaluate.table import Measure, Row, share

NEEDS = ()
COUNTRIES = Measure(
    "exact set of countries", ">= .95", rivals="flashgeotext 12/50, newsmap 28/50, on another such list"
)
MEASURES = (COUNTRIES,)
CASES = Path(__file__).parent / "hard_places.yaml"
MOST_WRONG = 0.05
LATELY = "2025-09-01"
"""When a headline without a date is read."""


def measure(_: Path) -> list[Row]:
    """One row, with the kinds in which something is wrong."""
    judge = Judge(Rulebook.load(None).reader, 0, None)
    right = total = 0
    wrong: Counter[str] = Counter()
    for kind, cases in yaml.safe_load(CASES.read_text(encoding="utf-8")).items():
        for case in cases:
            got = judge.judge(
                json.dumps({"title": case["title"], "published_at": str(case.get("date", LATELY))}).encode()
            )["places"]
            total += 1
            if set(got) == set(case["places"]):
                right += 1
                continue
            wrong[kind] += 1
            print(f"  {kind}: expected {case['places']}, read {got}: {case['title']}")
    note = ", ".join(f"{kind} {count}" for kind, count in sorted(wrong.items()))
    return [
        COUNTRIES.row(
            on=f"{total} hard headlines, written for it",
            reached=share(right, total),
            holds=total - right <= MOST_WRONG * total,
            note=f"wrong by kind: {note}." if note else "",
        )
    ]
