"""Pairs of real headlines that people scored for sameness of meaning, as `tocsin compare` decides and ranks them.

A score of 4 or 5 is the same, of 2 or less another matter; those between are left out, as in the issue's rivals. Many
of the former are retold, not edited, and must not merge: so recall of the shipped verdict is far from 1 by intention.
"""

import json
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from agents.rulebook import Rulebook
from streams.cli.comparing import Faulty, Line, Pairs
from tests.evaluate.labels import rows
from tests.evaluate.table import Measure, Row, share

NEEDS = ("sts.jsonl.gz",)
SCORE = Measure("F1 of the score at its best threshold", ">= .86", rivals="token overlap .84, all features .855")
VERDICT = Measure("precision, recall of the shipped verdict", ">= .98, >= .35")
MEASURES = (SCORE, VERDICT)
MERGED = ("redelivered", "exact", "near")


class Best(NamedTuple):
    """The threshold on a score at which F1 is highest."""

    f1: float
    threshold: float


def compared(pairs: Pairs, a: str, b: str) -> Line:
    """What `tocsin compare --json` prints for a pair."""
    line = pairs.compare(0, json.dumps({"a": a, "b": b}).encode())
    assert not isinstance(line, Faulty)
    return line


def best(scored: list[tuple[float, bool]]) -> Best:
    """Over all thresholds; equal scores are never parted."""
    same = sum(label for _, label in scored)
    found, hits, taken = Best(0, 1), 0, 0
    for score, group in groupby(sorted(scored, reverse=True), key=lambda pair: pair[0]):
        labels = [label for _, label in group]
        hits, taken = hits + sum(labels), taken + len(labels)
        found = max(found, Best(2 * hits / (taken + same), score))
    return found


def measure(data: Path) -> list[Row]:
    """How well the score ranks, and what the shipped verdict merges."""
    pairs = Pairs(Rulebook.load(None), 0)
    scored: list[tuple[float, bool]] = []
    hits = false = same = 0
    vetoes: Counter[str] = Counter()
    for pair in rows(data / NEEDS[0]):
        if 2 < pair["score"] < 4:
            continue
        line = compared(pairs, pair["a"], pair["b"])
        label = pair["score"] >= 4
        scored.append((line["score"], label))
        same += label
        if line["verdict"] in MERGED:
            hits, false = hits + label, false + (not label)
            if not label:
                print(f"  merged at {line['likeness']}: {pair['a']} | {pair['b']}")
        elif label:
            vetoes[line["reason"]] += 1
    top = best(scored)
    on = f"{len(scored)} pairs, {same} of them the same"
    unmerged = ", ".join(f"{reason} {count}" for reason, count in vetoes.most_common())
    return [
        SCORE.row(
            on=on,
            reached=f"{top.f1:.3f} at {top.threshold:.2f}".replace("0.", "."),
            holds=top.f1 >= 0.86,
        ),
        VERDICT.row(
            on=on,
            reached=f"{share(hits, hits + false)}, {share(hits, same)}",
            holds=hits >= 0.98 * (hits + false) and hits >= 0.35 * same,
            note=f"pairs with one meaning that did not merge: {unmerged}.",
        ),
    ]
