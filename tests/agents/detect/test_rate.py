"""What a bucket teaches, and how little a burst does."""

import pytest

from agents.detect.buckets import LONG
from agents.detect.exposure import Subregion, Usual, ageing
from agents.detect.rate import Rate, most, posterior, share
from agents.detect.rules import DetectRules


def test_what_was_learnt_fades(rules: DetectRules) -> None:
    rate = Rate(0).taught(0, 8, float("inf"), rules)
    assert rate.level(14 * LONG, rules) == pytest.approx(4)
    assert rate.quick(LONG, rules) == pytest.approx(4)


def test_a_burst_teaches_little(rules: DetectRules) -> None:
    """A hundred headlines in a day, where one is usual."""
    cap = most(1.4, 0.3, rules)
    rate = Rate(0)
    for bucket in range(LONG):
        rate = rate.taught(bucket, 2 if bucket % 2 else 0, cap, rules)
    assert rate.slow < 2 * cap
    assert rate.fast > 60


def test_a_usual_day_teaches_all(rules: DetectRules) -> None:
    rate = Rate(0)
    for bucket in range(0, 10 * LONG, LONG // 4):
        rate = rate.taught(bucket, 1, most(5.0, 0.3, rules), rules)
    assert rate.slow == pytest.approx(40, rel=0.25)


def test_shrinkage(rules: DetectRules) -> None:
    # Nothing was seen in next to no exposure: the prior. In much: next to nothing, and never quite.
    assert posterior(0, 1e-9, 0.02, rules).rate == pytest.approx(0.02)
    assert 0 < posterior(0, 1e6, 0.02, rules).rate < 1e-5
    # Much was seen: what was seen.
    assert posterior(500, 1e4, 0.02, rules).rate == pytest.approx(0.05, rel=0.01)
    assert share(0, 0, rules) == rules.prior_share
    assert share(600, 1000, rules) == pytest.approx(0.6, rel=0.01)


def test_the_season_is_learnt_and_bounded(rules: DetectRules) -> None:
    region = Subregion(0)
    for bucket in range(21 * LONG):
        busy = 8 <= bucket // 4 % 24 < 16
        region.teach(bucket, 12 if busy else 3, 50, ageing(1, rules), rules)
    cells = [region.factor(cell, rules) for cell in range(48)]
    assert cells[12] == pytest.approx(2.0, rel=0.15)
    assert cells[2] == pytest.approx(0.5, rel=0.15)
    assert all(Subregion(0).factor(cell, rules) == 1 for cell in range(48))
    assert max(cells) <= rules.season_bound


def test_usual_volume() -> None:
    usual = Usual()
    assert usual.expected(0, 7) == 0
    for bucket in range(14 * LONG):
        usual.teach(bucket, 100 if 8 <= bucket // 4 % 24 < 16 else 20)
    assert usual.expected(10 * 4, 10 * 4 + 7) == pytest.approx(800, rel=0.1)
    assert usual.expected(0, 7) == pytest.approx(160, rel=0.2)
