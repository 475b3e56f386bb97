"""From where the own output has to be read back: never too late, and soon not much too early."""

from hypothesis import given
from hypothesis import strategies as st

from agents.deduplicate.hours import Hours
from agents.deduplicate.memory import WINDOW
from schemas.base import HOUR


def test_a_new_lane_reads_from_the_beginning() -> None:
    hours = Hours.decode(None, None)
    hours.begin(100 * HOUR)
    assert hours.needed(100 * HOUR) == 0


def test_an_hour_gets_its_offset_when_its_commit_is_told() -> None:
    hours = Hours.decode(None, None)
    hours.begin(100 * HOUR)
    hours.landed(7)
    assert hours.needed(100 * HOUR + WINDOW) == 7
    assert Hours.decode(hours.encode(), None).needed(100 * HOUR + WINDOW) == 7


def test_an_hour_that_began_before_a_crash_is_not_begun_again() -> None:
    hours = Hours.decode(None, None)
    hours.begin(100 * HOUR)
    stored = hours.encode()
    again = Hours.decode(stored, 100 * HOUR)
    again.begin(100 * HOUR + 5)
    again.landed(50)
    assert again.needed(100 * HOUR + WINDOW) == 0


def test_the_hour_that_is_cut_by_the_window_is_read_as_a_whole() -> None:
    hours = Hours.decode(None, None)
    for arrival, offset in ((100 * HOUR, 5), (101 * HOUR, 9)):
        hours.begin(arrival)
        hours.landed(offset)
    assert hours.needed(101 * HOUR - 1 + WINDOW) == 5
    assert hours.needed(101 * HOUR + WINDOW) == 9


def test_the_table_is_bounded() -> None:
    hours = Hours.decode(None, None)
    for hour in range(1000):
        hours.begin(hour * HOUR)
        hours.landed(hour)
        hours.needed(hour * HOUR)
    assert len(hours.encode()) < 1000


STEPS = st.lists(st.tuples(st.lists(st.integers(0, 30), max_size=3), st.integers(0, 2), st.booleans()), max_size=40)


@given(STEPS)
def test_no_row_of_the_window_lies_before(steps: list[tuple[list[int], int, bool]]) -> None:
    """Steps of headlines with markers between; after some the process is lost before the next state is stored."""
    log: list[tuple[int, int]] = []
    offset, arrival = 0, 0
    hours, stored = Hours.decode(None, None), None
    for gaps, markers, crash in steps:
        first = offset
        for gap in gaps:
            arrival += gap * HOUR // 2
            hours.begin(arrival)
            log.append((offset, arrival))
            offset += 1
        offset += markers
        last = log[-1][1] if log else None
        if last is not None:
            hours.needed(last)
        stored = hours.encode()
        if gaps:
            hours.landed(first)
        if crash:
            hours = Hours.decode(stored, last)
        if last is not None:
            since = hours.needed(last)
            assert all(at >= since for at, arrived in log if last - arrived <= WINDOW)
