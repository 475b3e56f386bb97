"""When `tocsin demo --once` gives up."""

from streams.demo.run import BEGIN, SETTLE, Still


def test_it_waits_for_as_long_as_something_moves() -> None:
    still, now = Still(0.0), 0.0
    for read in range(1, 50):
        now += SETTLE - 1
        assert not still.patience_is_over(now, (float(read), 0.0)), "a slow machine is no failure"
    assert not still.patience_is_over(now + SETTLE, (49.0, 0.0))
    assert still.patience_is_over(now + SETTLE + 1, (49.0, 0.0))


def test_a_worker_that_has_read_nothing_may_be_slow_to_start() -> None:
    still = Still(0.0)
    assert not still.patience_is_over(0.0, (0.0, 0.0))
    assert not still.patience_is_over(BEGIN, (0.0, 0.0))
    assert still.patience_is_over(BEGIN + 1, (0.0, 0.0))
