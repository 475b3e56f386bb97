"""The merge releases what sorting the whole raw log gives, whatever the speed, chunks, crashes and re-sends."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.deduplicate.merge import Merge
from agents.deduplicate.merge_state import AFTER_ALL, BEFORE_ALL, MergeState, UnknownInputError
from schemas.base import DAY, MINUTE, QUARTER
from schemas.row import ClassifiedRow, HeadlineRow, MinuteRow, Source, TickRow
from tests.agents.deduplicate.history import (
    HISTORIES,
    START,
    Action,
    History,
    classified,
    headline,
    lane,
    oracle,
    rechunked,
    told,
)

Chunks = list[list[list[ClassifiedRow]]]
Loosen = Callable[[Chunks], Chunks]
PART = ("headlines.raw", 0)


def run(history: History, kind: type[Merge] = Merge, loosen: Loosen = lambda chunks: chunks) -> None:
    """Play `history` through a merge that crashes where it says, and compare what was committed with the oracle."""
    log = lane(history, loosen([classified(source) for source in history.inputs]))
    promises = {source.part: source.promise for source in history.inputs}
    committed: list[tuple[object, ...]] = []
    stored: bytes | None = None
    merge, position = kind(promises, history.cut), 0
    for action in (*history.actions, Action(reads=len(log), releases=None, crash=False)):
        chunk = [item for item in log if item[0] >= position][: action.reads]
        for offset, row in chunk:
            merge.take(offset, row)
            position = offset + 1
        released = [told(row) for row in merge.release(action.releases)]
        if action.crash:
            state = None if stored is None else MergeState.decode(stored)
            merge, position = kind(promises, history.cut, state), state.low if state else 0
        else:
            committed += released
            stored = merge.state.encode()
    assert committed == oracle(history)
    if not history.resends:
        assert merge.late == 0


@settings(max_examples=400)
@given(HISTORIES)
def test_what_is_committed_is_what_sorting_gives(history: History) -> None:
    run(history)


@settings(max_examples=100)
@given(HISTORIES, st.lists(st.integers(1, 5), max_size=5).map(tuple), st.lists(st.integers(0, 5)).map(tuple))
def test_chunks_and_ticks_at_other_times_change_nothing(
    history: History, chunks: tuple[int, ...], turns: tuple[int, ...]
) -> None:
    run(rechunked(history, chunks, turns))


def a_headline(arrival: int, id: str = "a", offset: int = 0) -> HeadlineRow:
    return HeadlineRow(
        lane=0,
        primary=True,
        headline=headline(id, arrival, arrival),
        places=(),
        themes=(),
        rules="r",
        digest="d",
        source=Source(topic=PART[0], partition=PART[1], offset=offset),
    )


def a_tick(arrival: int, end: int | None = None, part: tuple[str, int] = PART) -> TickRow:
    return TickRow(arrival=arrival, end=end, source=Source(topic=part[0], partition=part[1], offset=0))


def test_a_row_waits_until_its_arrival_has_passed() -> None:
    merge = Merge({PART: START})
    merge.take(0, a_headline(START + 5))
    merge.take(1, a_tick(START + 5))
    assert list(merge.release()) == []
    assert merge.waiting == 1
    merge.take(2, a_tick(START + 6))
    assert list(merge.release()) == [a_headline(START + 5)]
    assert merge.waiting == 0


def test_a_promise_is_not_taken_back() -> None:
    merge = Merge({PART: START})
    merge.take(0, a_tick(START + 9))
    merge.take(1, a_tick(START + 5))
    assert merge.clock == START + 9


def test_one_silent_partition_holds_the_lane_and_its_clock_says_so() -> None:
    merge = Merge({PART: START, ("headlines.import", 0): None})
    merge.take(0, a_headline(START))
    merge.take(1, a_tick(START + MINUTE))
    assert (list(merge.release()), merge.clock) == ([], BEFORE_ALL)
    merge.take(2, a_tick(START + MINUTE, end=START + MINUTE, part=("headlines.import", 0)))
    assert (len(list(merge.release())), merge.clock) == (1, START + MINUTE)


def test_a_file_alone_and_beside_a_silent_live_partition_give_the_same() -> None:
    file = ("headlines.import", 0)
    rows = [a_tick(START - DAY, part=file), a_tick(START - DAY + MINUTE, end=START - DAY + MINUTE, part=file)]
    outputs = []
    for promises in ({file: None}, {file: None, PART: START + 2 * DAY}):
        merge = Merge(promises)
        merge.take(0, a_headline(START - DAY).model_copy(update={"source": rows[0].source}))
        merge.take(1, rows[1])
        outputs.append(list(merge.release()))
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) == 1 + 1 + DAY // QUARTER
    assert merge.clock == START + 2 * DAY
    assert Merge({file: None}, state=None).clock == BEFORE_ALL


def test_volume_of_other_lanes_keeps_quarters_coming_and_silence_ends_them() -> None:
    merge = Merge({PART: START})
    merge.take(0, a_headline(START + 5))
    later = START + 2 * DAY + 7 * MINUTE
    source = Source(topic=PART[0], partition=PART[1], offset=1)
    merge.take(1, MinuteRow(at=START + DAY, volume=((START, "154", 1),), source=source))
    merge.take(2, MinuteRow(at=later, volume=((later, "154", 1),), source=source))
    merge.take(3, a_tick(START + 10 * DAY))
    quarters = [row.at for row in merge.release() if isinstance(row, MinuteRow) and row.at % QUARTER == 0]
    # A day after the quarter that ended with the first volume; and a day after the quarter of the other.
    first = range(START + QUARTER, START + 2 * DAY + 1, QUARTER)
    assert quarters == [*first, *range(START + 2 * DAY + QUARTER, START + 3 * DAY + QUARTER + 1, QUARTER)]


def test_a_stale_headline_calls_for_no_quarter_before_a_crash_or_after() -> None:
    """It is no volume: counts could not tell that it came."""
    merge = Merge({PART: START})
    row = a_headline(START + 5)
    merge.take(0, row.model_copy(update={"headline": row.headline.model_copy(update={"stale": True})}))
    merge.take(1, a_tick(START + 6))
    assert [row.kind for row in merge.release()] == ["headline"]
    for resumed in (merge, Merge({PART: START}, state=MergeState.decode(merge.state.encode()))):
        resumed.take(2, a_tick(START + DAY))
        assert list(resumed.release()) == []


def test_a_state_without_an_end_of_quarters_is_read() -> None:
    merge = Merge({PART: START})
    merge.take(0, a_headline(START + 5))
    merge.take(1, a_tick(START + 6))
    assert len(list(merge.release())) == 1
    older = merge.state.model_copy(update={"quarters_until": None})
    assert Merge({PART: START}, state=older).state == merge.state


def test_when_all_have_ended_the_clock_is_without_bound() -> None:
    merge = Merge({PART: START})
    merge.take(0, a_tick(START, end=START))
    assert merge.clock == AFTER_ALL
    assert Merge({PART: START}, state=merge.state).clock == AFTER_ALL


def test_a_broken_promise_is_dropped_and_counted() -> None:
    merge = Merge({PART: START})
    merge.take(0, a_headline(START + 2))
    merge.take(1, a_tick(START + 3))
    assert len(list(merge.release())) == 1
    merge.take(2, a_headline(START + 1, offset=1))
    merge.take(3, a_tick(START + 4))
    assert (list(merge.release()), merge.late) == ([], 1)


def test_what_is_read_again_after_a_crash_is_not_late() -> None:
    merge = Merge({PART: START})
    merge.take(0, a_headline(START + 9, offset=0))
    merge.take(1, a_headline(START + 1, offset=1))
    merge.take(2, a_tick(START + 3))
    assert len(list(merge.release())) == 1
    state = merge.state
    assert (state.low, state.next) == (0, 3)
    again = Merge({PART: START}, state=MergeState.decode(state.encode()))
    again.take(0, a_headline(START + 9, offset=0))
    again.take(1, a_headline(START + 1, offset=1))
    again.take(2, a_tick(START + 3))
    again.take(3, a_tick(START + 10))
    assert [told(row) for row in again.release()] == [told(a_headline(START + 9, offset=0))]
    assert again.late == 0


def test_taking_a_record_twice_is_harmless() -> None:
    merge = Merge({PART: START})
    for _ in range(2):
        merge.take(0, a_headline(START))
        merge.take(1, a_tick(START + 1))
        list(merge.release())
    assert (merge.late, merge.waiting, merge.state.low) == (0, 0, 2)


def test_volume_is_added_up_over_partitions_and_sorted() -> None:
    other = ("headlines.raw", 1)
    merge = Merge({PART: START, other: START})
    for offset, (part, volume) in enumerate(
        [(PART, ((START, "154", 2), (START, "151", 1))), (other, ((START - QUARTER, "154", 1), (START, "154", 5)))]
    ):
        source = Source(topic=part[0], partition=part[1], offset=9)
        merge.take(offset, MinuteRow(at=START + MINUTE, volume=volume, source=source))
    merge.take(2, a_tick(START + MINUTE))
    assert list(merge.release()) == []
    merge.take(3, a_tick(START + MINUTE, part=other))
    assert list(merge.release()) == [
        MinuteRow(at=START + MINUTE, volume=((START - QUARTER, "154", 1), (START, "151", 1), (START, "154", 7)))
    ]


def test_a_row_of_another_partition_is_refused() -> None:
    with pytest.raises(UnknownInputError, match=r"offset 7: a tick row from .*partition=3"):
        Merge({PART: START}).take(7, a_tick(START, part=("headlines.raw", 3)))


def test_a_lane_begun_with_other_partitions_is_refused() -> None:
    state = Merge({PART: START}).state
    with pytest.raises(UnknownInputError, match="begin a new one"):
        Merge({PART: START, ("headlines.raw", 1): START}, state=state)


def test_a_merge_needs_an_input() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Merge({})
