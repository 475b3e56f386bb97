"""A pace is log time per second, and a pacer keeps to it."""

import pytest

from schemas.base import DAY, HOUR, MINUTE
from streams.feeding import FeedRefused, Pace
from streams.feeding.pace import LOOK_SECONDS, Pacer


@pytest.mark.parametrize(
    ("text", "speed"),
    [("6h/s", 6 * HOUR), ("30m/s", 30 * MINUTE), ("1.5d/s", 1.5 * DAY), ("500ms/s", 500), (" 2 h / s ", 2 * HOUR)],
)
def test_paces(text: str, speed: float) -> None:
    assert Pace.of(text).speed == speed


@pytest.mark.parametrize("text", ["", "fast", "6h", "6/s", "0h/s", "-1h/s", "6h/m"])
def test_what_is_no_pace_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(FeedRefused, match="6h/s"):
        Pace.of(text)


def test_log_time_runs_from_the_first_look_on() -> None:
    clock = iter([100.0, 100.0, 101.0, 101.0, 101.875, 102.0])
    pacer = Pacer(Pace(1000.0), first=50_000, clock=lambda: next(clock))
    assert pacer.reached() == 50_000
    assert pacer.wait(52_000) == LOOK_SECONDS
    assert pacer.reached() == 51_000
    assert pacer.wait(51_100) == pytest.approx(0.1)
    assert pacer.wait(52_000) == pytest.approx(0.125)
    assert pacer.wait(52_000) == 0
