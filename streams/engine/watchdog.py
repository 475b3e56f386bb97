"""The watchdog: a thread of the operating system that ends a worker which does not move though it has work.

    event loop, consumer's loop   not turned for N s                                       → exit 73
    a lane                        committed input ahead, position not moved for N s        → exit 73
    a lane that is not open       its partition is ours, for max(2 N, 140) s               → exit 73
    the interpreter               held for 2 N s of processor time, so not even we can run → SIGPROF

A stall without an exit is the one failure that nothing else heals: the group sees heartbeats, the supervisor a
process. After the exit a new owner goes on from the last commit.

*Ahead* is meant against the last stable offset: an open transaction of a slow producer is no stall. It is known from
the consumer's own fetches and, because a consumer that has stopped to fetch would never learn of more, from asking the
broker now and then. Not counted are a lane that skew control has paused, and time in which the broker does not answer
these questions: what was ahead before an outage says nothing of it, and lanes get their time anew when it is over. Time
in which the process itself was stopped does not count: one that was asleep has to find out that it is fenced.

A worker that is not ready is given longer, and again with each generation of its group: opening has a time limit of
its own, and so has closing, but not what lies between. One without partitions waits for ever.
"""

import asyncio
import contextlib
import faulthandler
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, NamedTuple

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.engine.chunk import Reached
from streams.engine.exits import Exit, die
from streams.engine.lanes import Lanes
from streams.engine.transport import CLOSE_TIMEOUT, OPEN_TIMEOUT, LaneThread

LOOK = 0.25
"""Seconds between two looks."""
ASK = 5.0
"""Seconds between two questions to the broker for the stable offsets."""
MISSED = 3
"""Questions without an answer after which nothing is known any more."""


class Stand(NamedTuple):
    """How one lane stands."""

    position: int
    """Everything below is done with."""
    stable: int | None
    """The offset behind the last committed record; `None` when nothing is known."""
    paused: bool = False

    @property
    def ahead(self) -> bool:
        """Whether there is committed input that the lane should be working on."""
        return not self.paused and self.stable is not None and self.stable > self.position


class Stall(NamedTuple):
    """A lane that has not moved for too long."""

    tp: TP
    stand: Stand
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.tp.topic}[{self.tp.partition}] stands at {self.stand.position}, "
            f"has committed input up to {self.stand.stable}, and has not moved for {self.seconds:.0f} s"
        )


class Stalls:
    """Which lane has not moved though there was work. Time is given."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[TP, tuple[int, float]] = {}

    def look(self, now: float, stands: Mapping[TP, Stand]) -> Stall | None:
        """Take note of where lanes stand; the first that has stood for too long."""
        since = self._since
        self._since = {}
        for tp, stand in stands.items():
            if not stand.ahead:
                continue
            position, began = since.get(tp, (-1, now))
            if position != stand.position:
                began = now
            self._since[tp] = stand.position, began
            if now - began >= self._seconds:
                return Stall(tp, stand, now - began)
        return None


class Unready:
    """For how long partitions have been ours without being open. Time is given."""

    def __init__(self) -> None:
        self._since: tuple[int, float] | None = None

    def look(self, now: float, generation: int | None) -> float:
        """Seconds since the group gave us partitions in this generation; `None`: nothing is ours, or all is open."""
        if generation is None:
            self._since = None
            return 0.0
        if self._since is None or self._since[0] != generation:
            self._since = generation, now
        return now - self._since[1]


class Pulse:
    """Whether an event loop turns: asked from outside, it answers from inside."""

    def __init__(self, loop: asyncio.AbstractEventLoop, answer: Callable[[], None] = lambda: None) -> None:
        """`answer` is called in the loop at each beat."""
        self._loop = loop
        self._answer = answer
        self._asked: float | None = None

    def silent(self, now: float) -> float:
        """Seconds since a question that is not answered; asks the next one if it is. A loop that is closed is fine."""
        if self._loop.is_closed():
            self._asked = None
        elif self._asked is not None:
            return now - self._asked
        else:
            self._asked = now
            with contextlib.suppress(RuntimeError):  # closed just now
                self._loop.call_soon_threadsafe(self._beat)
        return 0.0

    def _beat(self) -> None:
        self._asked = None
        self._answer()


class Watchdog:
    """Watches one worker."""

    def __init__(
        self, seconds: float, lanes: Lanes, thread: LaneThread, loop: asyncio.AbstractEventLoop, end: Any = die
    ) -> None:
        self._seconds = seconds
        self._lanes = lanes
        self._thread = thread
        self._end = end
        self._stalls = Stalls(seconds)
        self._unready = Unready()
        self._patience = max(2 * seconds, OPEN_TIMEOUT + CLOSE_TIMEOUT)
        self._every = min(ASK, seconds / 4)
        self._reached: Mapping[TP, Reached] = {}
        self._stable: Mapping[TP, int] = {}
        self._question: Future[Mapping[TP, int]] | None = None
        self._asked = -ASK
        self._heard: float | None = None
        self._pulses = {
            "the event loop": (Pulse(loop), threading.get_ident()),
            "the consumer's thread": (Pulse(thread.thread_loop, self._sample), thread._thread.ident),
        }

    def start(self) -> None:
        """Watch from now on. Has to be called in the main thread."""
        faulthandler.register(signal.SIGPROF, all_threads=True, chain=True)
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        now, last = 0.0, time.monotonic()
        while True:
            signal.setitimer(signal.ITIMER_PROF, 2 * self._seconds)
            time.sleep(LOOK)
            # what a look took beyond two was sleep of the whole process
            now, last = now + min(time.monotonic() - last, 2 * LOOK), time.monotonic()
            self.look(now)

    def look(self, now: float) -> None:
        """One look; `now` counts seconds in which the process ran."""
        for what, (pulse, ident) in self._pulses.items():
            if (silent := pulse.silent(now)) >= self._seconds:
                self._end(f"watchdog: {what} has not turned for {silent:.0f} s{_doing(ident)}", Exit.WATCHDOG)
        self._ask(now)
        answered = self._heard is not None and now - self._heard < MISSED * self._every
        ready = self._lanes.ready
        given = self._thread.given
        if (waited := self._unready.look(now, None if ready or not answered else given)) >= self._patience:
            self._end(
                f"watchdog: the group gave this worker partitions {waited:.0f} s ago, and they are not open",
                Exit.WATCHDOG,
            )
        if not ready or not answered:
            self._stalls.look(now, {})
            return
        if (stall := self._stalls.look(now, self._stands())) is not None:
            self._end(f"watchdog: {stall}", Exit.WATCHDOG)

    def _stands(self) -> dict[TP, Stand]:
        stands = {}
        for tp, lane in self._lanes.lanes.items():
            seen = self._reached.get(tp)
            known = [at for at in (seen.stable if seen else None, self._stable.get(tp)) if at is not None]
            stands[tp] = Stand(lane.done(seen), max(known, default=None), lane.paused)
        return stands

    def _sample(self) -> None:
        """In the consumer's loop: its method queue may be what hangs."""
        with contextlib.suppress(driver.ConsumerNotStarted):
            self._reached = self._thread.sample()

    def _ask(self, now: float) -> None:
        if self._question is not None:
            if not self._question.done():
                return
            with contextlib.suppress(Exception):  # the broker is away: nothing is known
                self._stable = self._question.result()
                self._heard = now
            self._question = None
        if now - self._asked >= self._every and not self._thread.thread_loop.is_closed():
            self._asked = now
            question = self._thread.stable_offsets()
            try:
                self._question = asyncio.run_coroutine_threadsafe(question, self._thread.thread_loop)
            except RuntimeError:  # closed just now
                question.close()


def _doing(ident: int | None) -> str:
    """Where a thread is now, for the log."""
    frame = sys._current_frames().get(ident) if ident is not None else None
    return f"; it is in\n{''.join(traceback.format_stack(frame)[-12:]).rstrip()}" if frame is not None else ""
