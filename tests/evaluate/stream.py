"""Duplicates in a real hourly stream: pairs of its headlines that two people judged, as `tocsin compare` decides.

The pairs are of different texts within a day; they were drawn by how many words they share, more often where that is
much, so each stands for as many as there are of its stratum (`pairs` of the label, that share from `from` on). What is
sent again in the same words, most of the stream, is no question and is counted besides.
"""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from agents.rulebook import Rulebook
from streams.cli.comparing import Pairs
from tests.evaluate.labels import kept, labels, rows, titles
from tests.evaluate.sts import MERGED, compared
from tests.evaluate.table import Measure, Row, share

NEEDS = ("wklnd.jsonl.gz",)
PAIRS = Measure("duplicates: precision, recall", ">= .98, >= .95")
REMOVED = Measure("duplicates removed from the stream: precision, recall", ">= .98, >= .95")
MEASURES = (PAIRS, REMOVED)


class Judged(NamedTuple):
    """A labelled pair, and what was decided."""

    duplicate: bool
    merged: bool
    removed: bool
    """Merged, and the stream compares the two."""
    weight: float
    """For how many pairs of the stream it stands."""


def measure(data: Path) -> list[Row]:
    """On the labelled pairs, in two parts; and weighed for the whole stream."""
    answers = labels("pairs.jsonl")
    found = titles([data / NEEDS[0]], {answer[side] for answer in answers.values() for side in "ab"})
    drawn = Counter((answer["from"], answer["pairs"]) for answer in answers.values())
    pairs = Pairs(Rulebook.load(None), 0)
    judged: dict[str, Judged] = {}
    for hashed, answer in answers.items():
        line = compared(pairs, found[answer["a"]], found[answer["b"]])
        merged = line["verdict"] in MERGED
        weight = answer["pairs"] / drawn[answer["from"], answer["pairs"]]
        judged[hashed] = Judged(answer["dup"], merged, merged and line["meet"], weight)
        if merged != answer["dup"] and not kept(hashed):
            what = "missed" if answer["dup"] else "false"
            print(f"  {what}: {line['reason']} {line['likeness']}: {line['a']} | {line['b']}")
    every = list(judged.values())
    open_part = [pair for hashed, pair in judged.items() if not kept(hashed)]
    last = [pair for hashed, pair in judged.items() if kept(hashed)]
    told = Counter(row["title"] for row in rows(data / NEEDS[0]))
    return [
        _row(open_part, f"{len(open_part)} labelled pairs of different texts, open part"),
        _row(last, f"{len(last)} labelled pairs of different texts, kept for the last look"),
        _stream(every, told.total() - len(told)),
    ]


def _row(judged: list[Judged], on: str) -> Row:
    hits = sum(pair.merged and pair.duplicate for pair in judged)
    merged, duplicates = sum(pair.merged for pair in judged), sum(pair.duplicate for pair in judged)
    return PAIRS.row(
        on=on,
        reached=f"{share(hits, merged)}, {share(hits, duplicates)}",
        holds=hits >= 0.98 * merged and hits >= 0.95 * duplicates,
    )


def _stream(judged: list[Judged], again: int) -> Row:
    def weigh(**wanted: Any) -> float:
        return sum(pair.weight for pair in judged if all(getattr(pair, key) == value for key, value in wanted.items()))

    hits, merged = again + weigh(removed=True, duplicate=True), again + weigh(removed=True)
    duplicates = again + weigh(duplicate=True)
    return REMOVED.row(
        on=f"wklnd: {again:,} repeats in the same words, {weigh(duplicate=True):,.0f} in others",
        reached=f"{share(round(hits), round(merged))}, {share(round(hits), round(duplicates))}",
        holds=hits >= 0.98 * merged and hits >= 0.95 * duplicates,
        note="pairs are weighed by how often such ones were drawn; only headlines that share a country are compared.",
    )
