"""What is a stall and what is not, with a clock that is moved by hand."""

import asyncio
import threading

from faust.types import TP

from streams.engine.watchdog import Pulse, Stall, Stalls, Stand

A, B = TP("raw", 0), TP("raw", 1)


def watched(*looks: tuple[float, dict[TP, Stand]]) -> Stall | None:
    """What ten seconds of patience see in these looks."""
    stalls = Stalls(10)
    for now, stands in looks:
        if (found := stalls.look(now, stands)) is not None:
            return found
    return None


def test_input_ahead_and_no_progress_is_a_stall() -> None:
    found = watched((0, {A: Stand(5, 9), B: Stand(5, 5)}), (9.9, {A: Stand(5, 9)}), (10, {A: Stand(5, 12)}))
    assert found == Stall(A, Stand(5, 12), 10)
    for part in ("raw[0]", "stands at 5", "up to 12", "for 10 s"):
        assert part in str(found)


def test_progress_however_small_is_none() -> None:
    assert watched(*((now, {A: Stand(now // 5, 900)}) for now in range(0, 100, 5))) is None


def test_nothing_ahead_is_none() -> None:
    assert watched(*((now, {A: Stand(5, 5), B: Stand(5, None)}) for now in range(100))) is None


def test_a_paused_lane_is_none_and_gets_its_time_again_afterwards() -> None:
    looks = [(now, {A: Stand(5, 9, paused=now < 50)}) for now in range(60)]
    assert watched(*looks) is None
    assert watched(*looks, (60, {A: Stand(5, 9)})) == Stall(A, Stand(5, 9), 10)


def test_a_lane_that_was_away_begins_anew() -> None:
    assert watched((0, {A: Stand(5, 9)}), (8, {}), (11, {A: Stand(5, 9)}), (20, {A: Stand(5, 9)})) is None


def test_a_pulse_is_silent_for_as_long_as_its_loop_does_not_turn() -> None:
    loop = asyncio.new_event_loop()
    beats: list[int] = []
    pulse = Pulse(loop, lambda: beats.append(threading.get_ident()))
    assert pulse.silent(0) == 0
    assert pulse.silent(7) == 7
    loop.run_until_complete(asyncio.sleep(0))
    assert pulse.silent(8) == 0, "answered; asked again"
    assert pulse.silent(9) == 1
    assert beats == [threading.get_ident()]
    loop.close()
    assert pulse.silent(10) == 2, "a loop that is closed does not answer"
