"""What is said of a replay on its way."""

import pytest

from streams.replay.estimate import Estimate
from streams.replay.progress import Reach


def at(share: float, headlines: int = 0) -> Reach:
    return Reach(int(share * 1000), 1000, 1.0, headlines, False)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ([(0, at(0))], "0 of 1,000 records read"),
        ([(0, at(0)), (10, at(0.25, 5000))], "250 of 1,000 records read, 500 headlines/s, 30 s left"),
        ([(0, at(0)), (600, at(0.25))], "250 of 1,000 records read, 30 min left"),
        ([(0, at(0)), (2, at(0.01))], "10 of 1,000 records read"),
        ([(0, Reach(457, 457, 0.17, 0, False))], "457 of 457 records read, 17% of that decided"),
        ([(0, at(0.5)), (9, at(0.5))], "500 of 1,000 records read"),
        # what was lately alone counts: the start was slow
        ([(0, at(0)), (100, at(0.2)), (110, at(0.4)), (120, at(0.6))], "600 of 1,000 records read, 20 s left"),
    ],
)
def test_said(seen: list[tuple[float, Reach]], says: str) -> None:
    clock = 0.0
    estimate = Estimate(lambda: clock)
    said = ""
    for now, reach in seen:
        clock = now
        said = estimate.said(reach)
    assert said == says


def test_what_was_read_and_has_not_come_out_is_not_done() -> None:
    assert Reach(1000, 1000, 0.5, 0, False).share == 0.5
    assert Reach(0, 0, 1.0, 0, True).share == 1.0
