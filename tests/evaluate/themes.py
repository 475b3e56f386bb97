"""Themes of headlines drawn as the sample is, but by the thousand, and labelled by one person with a second look.

Two parts. By most of them the rules were mended, so what is reached there flatters; the others were labelled when the
rules stood, and nobody looked at the mistakes in them: what is reached there is to be expected elsewhere. Both show
how single themes fare. A headline without a label here has no theme.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.evaluate.labels import labels, titles
from tests.evaluate.sample import by_theme, read_as_of, score
from tests.evaluate.table import Measure, Row

NEEDS = ("wklnd.jsonl.gz", "reddit.jsonl.gz")
WHAT = "precision, recall of (headline, counted theme)"
UNSEEN = Measure(WHAT, ">= .92, >= .85", on="never looked at")
MENDED = Measure(WHAT, on="rules were mended by them")
MEASURES = (UNSEEN, MENDED)


def measure(data: Path) -> list[Row]:
    """Both parts."""
    answers = labels("themes.jsonl")
    found = titles([data / name for name in NEEDS], set(answers))
    read = read_as_of(found, answers)
    return [
        _row(measure, {hashed: answer for hashed, answer in answers.items() if answer["unseen"] is unseen}, read)
        for measure, unseen in ((UNSEEN, True), (MENDED, False))
    ]


def _row(measure: Measure, answers: Mapping[str, Any], read: Mapping[str, Any]) -> Row:
    reached = score(answers, read, "themes")
    return measure.row(
        reached.told(),
        on=f"{len(answers):,} headlines, {measure.on}",
        holds=reached.precision >= 0.92 and reached.recall >= 0.85 if measure.to_reach else None,
        note=f"{measure.on}: {by_theme(answers, read)}.",
    )
