"""The negative binomial by the incomplete beta function, against SciPy's own; dispersion by moments."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from agents.detect.judge import NEAR
from agents.detect.rules import DetectRules
from agents.detect.tail import Moments, chance, interval, predictive


@given(st.integers(0, 400), st.floats(1e-4, 200), st.floats(0.02, 5))
def test_the_tail(observed: int, mean: float, dispersion: float) -> None:
    reference = nbinom.sf(observed - 1, 1 / dispersion, 1 / (1 + dispersion * mean))
    assert chance(observed, mean, dispersion) == pytest.approx(reference, rel=1e-6, abs=1e-290)


@given(st.integers(1, 200), st.floats(1e-4, 100), st.floats(0.02, 5))
def test_more_is_more_surprising(observed: int, mean: float, dispersion: float) -> None:
    assert chance(observed + 1, mean, dispersion) <= chance(observed, mean, dispersion)
    assert chance(observed, mean, dispersion) <= chance(observed, mean * 1.1, dispersion) * (1 + 1e-9)


@given(st.floats(0.01, 300), st.floats(0.02, 3))
def test_the_interval(mean: float, dispersion: float) -> None:
    size, share = 1 / dispersion, 1 / (1 + dispersion * mean)
    assert interval(mean, dispersion) == (nbinom.ppf(0.025, size, share), nbinom.ppf(0.975, size, share))


def test_edges() -> None:
    assert chance(0, 1.0, 0.3) == 1.0
    assert chance(3, 0.0, 0.3) == 0.0
    assert interval(0.0, 0.3) == (0, 0)


def test_an_unsure_rate_scatters_more() -> None:
    assert predictive(0.3, 2.0) > predictive(0.3, 200.0) > 0.3


@pytest.mark.parametrize("truth", [0.05, 0.5])
def test_dispersion_is_learnt(truth: float, rules: DetectRules) -> None:
    draw = random.Random(1)
    learnt = Moments()
    for _ in range(6000):
        mean = draw.uniform(2, 9)
        told = draw.gammavariate(1 / truth, truth) * mean
        count = int(draw.gauss(told, told**0.5) + 0.5) if told > 30 else _poisson(draw, told)
        learnt = learnt.taught(count, mean, 1e6, rules)
    assert learnt.dispersion(rules) == pytest.approx(truth, rel=0.25)


@pytest.mark.parametrize("shape", [2.0, 5.0, 50.0])
def test_dispersion_is_learnt_where_the_rate_is_unsure(shape: float, rules: DetectRules) -> None:
    """What is taken off for the unsure rate, and what the bound on residuals cuts off, leave it about right."""
    draw, truth = random.Random(2), 0.5
    learnt = Moments()
    for _ in range(20000):
        mean = draw.uniform(2, 9)
        told = draw.gammavariate(shape, 1 / shape) * draw.gammavariate(1 / truth, truth) * mean
        learnt = learnt.taught(_poisson(draw, told), mean, shape, rules)
    assert learnt.dispersion(rules) == pytest.approx(truth, rel=0.2)


def test_dispersion_is_shrunk_and_bounded(rules: DetectRules) -> None:
    assert Moments().dispersion(rules) == rules.dispersion_prior
    assert Moments(-1e6, 1e3).dispersion(rules) == rules.dispersion_least
    assert Moments(1e6, 1e3).dispersion(rules) == rules.dispersion_most


def test_a_burst_nobody_noticed_teaches_little(rules: DetectRules) -> None:
    learnt = Moments(30.0, 100.0)
    assert learnt.taught(500, 1.0, 50.0, rules).dispersion(rules) < 2 * learnt.dispersion(rules)


def _poisson(draw: random.Random, mean: float) -> int:
    count, left = 0, draw.expovariate(1.0)
    while left < mean:
        count += 1
        left += draw.expovariate(1.0)
    return count


@given(st.integers(1, 400), st.floats(1e-4, 400), st.floats(0.005, 8))
def test_what_is_near_the_mean_surprises_nobody(observed: int, mean: float, dispersion: float) -> None:
    if observed > mean and (observed - mean) ** 2 <= 4 * mean * (1 + dispersion * mean):
        assert chance(observed, mean, dispersion) > NEAR
