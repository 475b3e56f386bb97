"""Several workers on one machine: started, watched, restarted at once, stopped together.

Each has a static id, so a worker that dies and is back within the session timeout gets its partitions again without
a rebalance. A worker that ends with 2 (settings), 74 (too many step errors) or 75 (lost records) cannot be helped by a
restart: everything is stopped and that status is ours. One that does not reach Kafka is tried again, ever more slowly.
How each ended is counted and handed to its successor (`streams.ends`). Workers stop by themselves if the supervisor
is gone.
"""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.ends import ENDS, reason_of, told
from streams.engine.exits import Exit

SUPERVISOR = "TOCSIN_SUPERVISOR_PID"
"""Environment variable by which a supervisor tells its workers who it is."""
HOPELESS = (2, Exit.STEP_ERRORS, Exit.LOST)
"""Exit statuses that a restart cannot help: a person has to decide. 3 is an outage: Kafka was there when we began."""
STOP_TIMEOUT = 30.0
"""Seconds between SIGTERM and SIGKILL."""
QUICK_DEATH = 2.0
"""A worker that lived shorter than this, seconds, is started again only after as long a pause, doubled each time."""
LONGEST_PAUSE = 30.0


@dataclass
class Supervisor:
    """Runs `command` in `count` processes."""

    command: Sequence[str]
    count: int
    base_id: str
    http_port: int
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Settings of the workers that are not ours."""
    restarts: int = 0
    ends: dict[int, Counter[str]] = field(default_factory=dict)
    """Why the processes of each worker have ended so far."""
    _processes: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _status: int = 0

    async def run(self, until: Callable[[], Awaitable[None]] | None = None) -> int:
        """Supervise until told to stop, or until `until` returns; returns the exit status."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        workers = [asyncio.create_task(self._keep(index)) for index in range(self.count)]
        stop = asyncio.create_task(self._stopping.wait())
        goal = asyncio.create_task(self._goal(until)) if until is not None else None
        try:
            await asyncio.wait([stop, *([goal] if goal else [])], return_when=asyncio.FIRST_COMPLETED)
            if goal is not None and goal.done():
                goal.result()
            elif goal is not None and self._status == 0:
                self._status = 130
        finally:
            self._stopping.set()
            if goal is not None:
                goal.cancel()
            await self._stop_all()
            await asyncio.gather(*workers, return_exceptions=True)
        return self._status

    @staticmethod
    async def _goal(until: Callable[[], Awaitable[None]]) -> None:
        await until()

    async def _keep(self, index: int) -> None:
        pause = 0.0
        while not self._stopping.is_set():
            began = time.monotonic()
            status = await self._once(index)
            self.ends.setdefault(index, Counter())[reason_of(status)] += 1
            if self._stopping.is_set():
                return
            if status in HOPELESS:
                self._status = status
                self._stopping.set()
                return
            self.restarts += 1
            pause = min(LONGEST_PAUSE, max(QUICK_DEATH, pause * 2)) if time.monotonic() - began < QUICK_DEATH else 0.0
            again = f"starting it again in {pause:.0f} s" if pause else "starting it again"
            self.say(f"worker {index} ended with {status} ({reason_of(status)}); {again}")
            try:
                await asyncio.wait_for(self._stopping.wait(), pause or 0.001)
            except TimeoutError:
                continue

    async def _once(self, index: int) -> int:
        environment = {
            **os.environ,
            **self.environment,
            SUPERVISOR: str(os.getpid()),
            "TOCSIN_INSTANCE_ID": f"{self.base_id}-{index}",
            ENDS: told(self.ends.get(index, {})),
            "TOCSIN_HTTP_PORT": str(self.http_port + index if self.http_port else 0),
        }
        process = await asyncio.create_subprocess_exec(
            *self.command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on, once
        )
        self._processes[index] = process
        if self._stopping.is_set():
            process.terminate()
        return await process.wait()

    async def _stop_all(self) -> None:
        for process in self._processes.values():
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.gather(*[p.wait() for p in self._processes.values()]), STOP_TIMEOUT)
        except TimeoutError:
            for process in self._processes.values():
                if process.returncode is None:
                    process.kill()


def this_command(*arguments: str) -> list[str]:
    """The command line that starts this program again in another process."""
    return [sys.executable, "-m", "streams.cli", *arguments]
