"""A pair side by side: the verdict is the stream's, and the score ranks."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.deduplicate.compare import TOO_SHORT, Comparer
from agents.deduplicate.rules import load_rules
from tests.agents.deduplicate.rows import NOON, row

PAIRS = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text(encoding="utf-8"))
COMPARER = Comparer(load_rules())
HOUR = 3_600_000


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['says']}: {pair['then']}")
def test_it_decides_as_the_stream_does(pair: dict[str, Any]) -> None:
    named = pair.get("in", {"UA": "Ukraine"})
    first, then = row(pair["first"], named), row(pair["then"], named, arrival=NOON + HOUR)
    compared = COMPARER.compare(first, then)
    assert compared.reason.replace(TOO_SHORT, "no-candidate") == pair["says"]
    assert compared.of == ("a" if pair["says"] == "similar-text" else None)
    turned = COMPARER.compare(then, first)
    assert (turned.verdict, turned.reason, turned.score) == (compared.verdict, compared.reason, compared.score)
    assert turned.of == ("b" if compared.of else None)


def test_the_score_falls_with_sameness() -> None:
    said = row("Ukraine opens grain corridor to merchant ships", {"UA": "Ukraine"})
    scores = [
        COMPARER.compare(said, row(title, {"UA": "Ukraine"})).score
        for title in (
            "Ukraine opens grain corridor to merchant ships",
            "Ukraine opens a grain corridor for merchant shipping",
            "Ukraine closes grain corridor to merchant ships",
            "Bakers in Ukraine strike over prices",
        )
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1
    assert len(set(scores)) == len(scores)


def test_a_pair_without_a_country_in_common_does_not_meet() -> None:
    a, b = row("Ferry sinks off the coast in heavy storm"), row("Ferry sinks off coast in a heavy storm")
    compared = COMPARER.compare(a, b)
    assert (compared.verdict, compared.meet) == ("near", False)


def test_nothing_to_compare() -> None:
    compared = COMPARER.compare(row("..."), row("???", text_key="?"))
    assert (compared.verdict, compared.score) == ("unique", 0)
