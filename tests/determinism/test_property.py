"""Chunks, interleavings, crashes, rebalances, workers and ticks change nothing: not one byte of what comes out."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from schemas.base import HOUR, MINUTE
from tests.determinism.engine import Schedule
from tests.determinism.histories import rulebook
from tests.determinism.property import CASES, Case, Ticks, check
from tests.determinism.raw import Scene, Story

NEEDED = (
    *(f"alert {status}" for status in ("opened", "escalated", "sustained", "resolved", "retracted")),
    *(f"verdict {kind}" for kind in ("unique", "exact", "near", "redelivered")),
    *(f"crash {when}" for when in ("before the commit", "within the transaction", "after the commit")),
    "rebalance",
    "headline stale",
    "rejected not_json",
)
"""All that can happen, or nearly: the day below shows all of it."""


def test_what_comes_out_depends_on_the_raw_log_alone() -> None:
    reached: Counter[str] = Counter()

    @settings(
        max_examples=40,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(CASES)
    def every(case: Case) -> None:
        shown = check(case, rulebook())
        reached.update(set(shown))
        for key in NEEDED:
            if shown[key]:
                event(key)

    every()
    # Else the property would say nothing. What is drawn varies with hypothesis and with the code that it reads
    # constants from, so what is rare is asked for below, where nothing is drawn.
    assert not [key for key in COMMON if reached[key] < 5]


COMMON = ("alert opened", "rebalance", *(key for key in NEEDED if key.startswith("crash")))
"""Many of the cases drawn show these."""

A_DAY = Story(
    scenes=(
        Scene("calm", 0, 20, HOUR, 0, 0, 1),
        Scene("burst", MINUTE, 12, 20 * MINUTE, 0, 0, 2),
        Scene("repeat", MINUTE, 6, MINUTE, 0, 0, 3),
        Scene("pair", MINUTE, 10, 10 * MINUTE, 4, 0, 4),
        Scene("hoax", HOUR, 14, MINUTE, 3, 1, 5),
        Scene("withdraw", 0, 4, MINUTE, 0, 0, 6),
        Scene("bad", MINUTE, 6, 0, 0, 0, 7),
        Scene("stale", MINUTE, 3, 0, 0, 0, 8),
        Scene("calm", 23 * HOUR, 60, 5 * HOUR, 0, 0, 9),
    ),
    history=(Scene("calm", 0, 20, 2 * HOUR, 0, 0, 10), Scene("burst", MINUTE, 8, MINUTE, 2, 2, 11)),
    overlap=HOUR,
    partitions=3,
)
"""A history in which everything happens, whatever hypothesis draws."""


@pytest.mark.parametrize("seed", range(3))
def test_a_day_in_which_everything_happens(seed: int) -> None:
    slow = Schedule(seed, chunks=(1,), workers=(1, 2, 3, 4), crash=0.02, rebalance=0.01, most=60)
    fast = Schedule(seed, chunks=(1, 7, 1000, 5000), workers=(3,), crash=0.1, rebalance=0.05, most=60)
    shown = check(Case(A_DAY, Ticks(seed, 0.2), Ticks(seed + 10, 0.5), slow, fast), rulebook())
    assert not [key for key in NEEDED if not shown[key]]
