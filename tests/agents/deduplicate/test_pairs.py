"""Golden pairs: what is an edit of the headline in memory, and what forbids to take it for one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.deduplicate.rules import load_rules
from agents.deduplicate.step import Deduplicator
from tests.agents.deduplicate.rows import row

PAIRS = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['says']}: {pair['then']}")
def test_pair(pair: dict[str, Any]) -> None:
    named = pair.get("in", {"UA": "Ukraine"})
    deduplicator = Deduplicator(load_rules())
    first = deduplicator.judge(row(pair["first"], named))
    then = deduplicator.judge(row(pair["then"], named))
    assert first.verdict is not None
    assert first.verdict.kind == "unique"
    assert then.verdict is not None
    assert then.verdict.reason == pair["says"]
    near = pair["says"] == "similar-text"
    assert then.verdict.kind == ("near" if near else "unique")
    assert then.verdict.of == (first.headline.id if near else None)
    assert (then.verdict.similarity is None) == (pair["says"] == "no-candidate")
