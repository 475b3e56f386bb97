"""What is a stall and what is not, with a clock that is moved by hand."""

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from faust.types import TP

from streams.engine.chunk import Reached
from streams.engine.exits import Exit
from streams.engine.watchdog import Pulse, Stall, Stalls, Stand, Watchdog

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
    assert pulse.silent(30) == pulse.silent(90) == 0, "a loop that is closed is fine, though it was asked before"


class Bench:
    """A watchdog of ten seconds over one lane that never moves, with a broker and a group that are set by hand."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.ended: list[str] = []
        self.away = False
        self.lanes = SimpleNamespace(ready=True, lanes={A: SimpleNamespace(done=lambda seen: 5, paused=False)})  # noqa: ARG005
        self.thread = SimpleNamespace(
            thread_loop=self.loop,
            _thread=threading.current_thread(),
            sample=lambda: {A: Reached(1, 0, 5, 9)},
            stable_offsets=self._stable_offsets,
            given=1,
        )
        self.dog = Watchdog(10, self.lanes, self.thread, self.loop, self._end)  # type: ignore[arg-type]

    def _end(self, why: str, kind: Exit) -> None:
        assert kind is Exit.WATCHDOG
        self.ended.append(why)

    async def _stable_offsets(self) -> dict[TP, int]:
        if self.away:
            raise TimeoutError
        return {A: 9}

    def watch(self, begin: int, end: int) -> list[str]:
        """Four looks a second; how it ended, if it did."""
        for quarter in range(4 * begin, 4 * end):
            self.dog.look(quarter / 4)
            self.loop.run_until_complete(asyncio.sleep(0.0001))
        return self.ended


@pytest.fixture
def bench() -> Iterator[Bench]:
    """The bench, its loop closed in the end."""
    made = Bench()
    yield made
    made.loop.close()


def test_a_broker_that_is_away_is_no_stall_and_lanes_have_their_time_again_afterwards(bench: Bench) -> None:
    assert not bench.watch(0, 5)
    bench.away = True
    assert not bench.watch(5, 100), "known to be ahead before the outage, and by the last fetch"
    bench.away = False
    assert not bench.watch(100, 109)
    assert "has not moved for 10 s" in bench.watch(109, 114)[0]


def test_partitions_that_are_ours_and_are_never_opened_end_the_worker(bench: Bench) -> None:
    bench.lanes.ready = False
    assert not bench.watch(0, 139)
    bench.thread.given = 2
    assert not bench.watch(139, 278), "another generation of the group: another start"
    assert "are not open" in bench.watch(278, 281)[0]


@pytest.mark.parametrize("why", ["without partitions", "without a broker"])
def test_a_worker_that_has_nothing_to_open_or_nobody_to_ask_may_wait(bench: Bench, why: str) -> None:
    bench.lanes.ready = False
    bench.away = why == "without a broker"
    bench.thread.given = 1 if bench.away else None
    assert not bench.watch(0, 400)
