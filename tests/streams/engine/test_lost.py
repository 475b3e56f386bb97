"""The sum of what a lane went on without: written once, with the first position behind the gap."""

from faust.types import TP

from streams.engine.lost import LOST, Losses, Lost

RAW = TP("raw", 0)


def test_a_gap_is_written_with_the_first_position_behind_it_and_once() -> None:
    losses = Losses(b"5")
    losses.add(Lost(RAW, 10, 30))
    assert losses.change(10) == {}, "after a crash here, the next owner finds the gap again"
    losses.committed(10)
    assert losses.total == 5
    assert losses.change(31) == {LOST: b"25"}
    losses.committed(31)
    assert losses.change(40) == {}
    assert losses.total == 25


def test_the_next_owner_goes_on_from_what_was_written() -> None:
    first = Losses()
    first.add(Lost(RAW, 0, 7))
    second = Losses(first.change(7)[LOST])
    assert second.total == 7
    second.add(Lost(RAW, 9, 10))
    assert second.change(10) == {LOST: b"8"}


def test_a_lane_that_lost_nothing_writes_nothing() -> None:
    assert Losses(None).change(99) == {}
