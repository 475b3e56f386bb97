"""Budgets, and the alpha that keeps one: also where alarms do not only fall with it."""

import math
from collections.abc import Callable

import pytest

from agents.backtest.budget import LEAST, MOST, Budget, Search, Tried, best, budget, rounded, search
from agents.backtest.figures import Watched
from schemas.base import DAY

WATCHED = Watched(0, 50 * DAY, 20)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3/day", Budget(3, "day")),
        (" 20 / week ", Budget(20, "week")),
        ("0.1/100 series-days", Budget(0.1, "100 series-days")),
        ("3 a day", Budget(3, "day")),
        ("3", None),
        ("3/month", None),
        ("-1/day", None),
        ("3/day or so", None),
    ],
)
def test_budgets(text: str, read: Budget | None) -> None:
    assert budget(text) == read
    if read is not None:
        assert budget(str(read)) == read


def test_units() -> None:
    assert Budget(1, "day").rate(100, WATCHED) == 2
    assert Budget(1, "week").rate(100, WATCHED) == 14
    assert Budget(1, "100 series-days").rate(100, WATCHED) == 10
    assert Budget(2, "day").allows(100, WATCHED)
    assert not Budget(2, "day").allows(101, WATCHED)


def falling(alpha: float) -> int:
    """Alarms of an alpha: 1,000 at 1e-3, ten times less each two decades."""
    return round(1000 * math.sqrt(alpha / 1e-3))


def sought(most: int, begin: float, alarms: Callable[[float], int] = falling) -> tuple[Search, list[float]]:
    asked: list[float] = []

    def measure(alpha: float) -> Tried:
        asked.append(alpha)
        return Tried(alpha, alarms(alpha), alarms(alpha), alarms(alpha) <= most)

    return search(measure, begin), asked


@pytest.mark.parametrize("begin", [1e-2, 5e-5, 1e-9])
@pytest.mark.parametrize("most", [3, 40, 800])
def test_the_largest_alpha_within_the_budget(most: int, begin: float) -> None:
    found, asked = sought(most, begin)
    assert found.found is not None
    assert falling(found.found.alpha) <= most < falling(found.found.alpha * 1.25)
    assert len(asked) == len(set(asked)) <= 16
    assert all(rounded(alpha) == alpha for alpha in asked)
    # And what is half of it was tried too.
    assert rounded(found.found.alpha / 2) in asked


def test_every_alpha_keeps_it_and_none() -> None:
    """Where no alpha tried is over the budget the end of the search is no answer."""
    every, asked = sought(10**6, 1e-4)
    assert max(asked) == MOST
    assert best(every.tried) == Tried(MOST, falling(MOST), falling(MOST), True)
    assert (every.bounded, every.found) == (False, None)
    none, asked = sought(0, 1e-4, lambda _: 7)
    assert (none.bounded, none.found) == (True, None)
    assert min(asked) == LEAST


def test_a_smaller_alpha_that_is_over_the_budget_is_believed() -> None:
    """More alarms around 4e-5 than above: the answer lies under them."""
    most = falling(8e-5)
    found, _ = sought(most, 8e-5, lambda alpha: most + 1 if 3e-5 < alpha < 5e-5 else falling(alpha))
    assert found.found is not None
    assert found.found.alpha <= 3e-5
    assert all(one.allowed for one in found.tried if one.alpha <= found.found.alpha)


def test_best_of_what_was_tried() -> None:
    tried = [Tried(1e-5, 1, 1, True), Tried(1e-6, 1, 1, True), Tried(1e-4, 9, 9, False), Tried(1e-3, 1, 1, True)]
    assert best(tried) == tried[0]
    assert best([]) is None


@pytest.mark.parametrize(("given", "made"), [(7.94e-5, 7.9e-5), (1e-12, 1e-12), (9.99e-3, 9.9e-3), (1e-2, 1e-2)])
def test_two_digits(given: float, made: float) -> None:
    assert rounded(given) == made
