"""What a campaign stands on: topics with a history, workers, a load, an observer; and the settling at the end.

Whatever ends it, everything that was started is ended, and the logs stay in the directory.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from agents.rulebook import Rulebook
from streams import kafka
from streams.demo.wire import wire
from streams.drain import drained
from streams.settings import Settings
from tests.chaos.brokers import Brokers, Tell
from tests.chaos.load import Load
from tests.chaos.watch import Watch
from tests.chaos.workers import Process, Single, Supervised
from tests.integration import recount
from tests.integration.deployment import Deployment, until
from tests.integration.lines import as_lines

HISTORY_DAYS = 12
"""Of the import: more than the days that a lane learns."""
STEADY_SECONDS = 90.0
DRAIN_SECONDS = 240.0

Worker = TypeVar("Worker", bound=Process)


class Window(NamedTuple):
    """A stretch of the campaign whose stalls are told apart. Seconds since 1970."""

    name: str
    begin: float
    end: float


class Ground:
    """A deployment under load. Use as a context."""

    def __init__(self, brokers: Brokers, directory: Path, seed: int, rate: float, tell: Tell) -> None:
        self.brokers = brokers
        self.random = Random(seed)
        self.tell = tell
        self.faults: list[str] = []
        """What was not as the campaign has to have it."""
        self.windows: list[Window] = []
        self.workers: list[Process] = []
        self.by_observer = False
        """Whether stalls go by the observer's clock, because the broker's is shaken."""
        self.may_end: set[int] = set()
        """With which statuses workers may end that were not told to."""
        self.given_up: set[str] = set()
        """Raw records that a deployment was told to go on without."""
        self.unscanned: set[str] = set()
        """Raw records that a scan is not to read: see `recount.recount`."""
        self.before_recount: Callable[[], Path | None] = lambda: None
        """What is still to be looked up when all is still; gives the raw log, where a campaign has destroyed it."""
        self.deployment = Deployment(brokers.direct, f"c{uuid.uuid4().hex[:6]}.", directory)
        self.environment = {
            **self.deployment.environment,
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap,
            "TOCSIN_LOG_LEVEL": "INFO",
        }
        self._seed = seed
        self._rate = rate
        self._load: Load | None = None
        self._numbers = 0
        self._begun = False
        self.deployment.run("topics", "create")
        history = as_lines(wire(int(time.time() * 1000), days=HISTORY_DAYS, seed=seed))
        self.deployment.run("feed", "--import", "-", stdin=history)
        self.lanes = Rulebook.load().lanes.count
        self.watch = Watch(self.deployment.settings, self.lanes)

    def __enter__(self) -> "Ground":
        return self

    def __exit__(self, *_: object) -> None:
        if self._load is not None:
            self._load.stop()
        for worker in self.workers:
            if worker.running:
                worker.process.terminate()
        for worker in self.workers:
            with contextlib.suppress(AssertionError):
                worker.stop()
        self.watch.stop()

    def supervised(self, count: int, *options: str, **more: str) -> Supervised:
        """Workers under a supervisor; those that run already, if they are what is asked for."""
        for worker in self.workers:
            if isinstance(worker, Supervised) and worker.running and worker.count == count and not (options or more):
                return worker
        return self._started(Supervised(count, self.environment | more, self._log("workers"), *options))

    def single(self, *options: str, module: str = "streams.cli", **more: str) -> Single:
        """One worker without a supervisor."""
        return self._started(Single(self.environment | more, self._log("worker"), *options, module=module))

    def _started(self, worker: Worker) -> Worker:
        self.workers.append(worker)
        return worker

    def _log(self, name: str) -> Path:
        self._numbers += 1
        return self.deployment.directory / f"{name}-{self._numbers}.log"

    def load(self, *options: str) -> None:
        """Begin to send; the first time, when the history has been worked off, so that every lane is at work.

        Goes on as it is if it runs already.
        """
        if self._load is not None:
            return
        if not self._begun:
            self.drain()
            self._begun = True
        self._load = Load(
            self.brokers.bootstrap,
            self.deployment.settings.raw_topic,
            self._log("load"),
            f"--rate={self._rate}",
            f"--seed={self._seed + self._numbers}",
            *options,
        )

    def unload(self) -> None:
        """Send no more; what was handed over is in the log."""
        if self._load is not None:
            self._load.check()
            self._load.stop()
            self._load = None

    def steady(self, seconds: float = STEADY_SECONDS) -> None:
        """Return when every lane has committed something that it was not given before now."""
        now = time.time()
        if self._load is not None:
            self._load.check()
        until(lambda: self.watch.all_since(now + 0.5), "every lane commits", seconds)

    @contextmanager
    def window(self, name: str) -> Iterator[None]:
        """Tell the stalls that begin in here apart."""
        begin = time.time()
        try:
            yield
        finally:
            self.windows.append(Window(name, begin, time.time()))

    def pause(self, least: float, most: float) -> None:
        """Let a time at random pass: a fault has no moment of its own."""
        time.sleep(self.random.uniform(least, most))

    def require(self, holds: bool, what: str) -> None:
        """Note a fault unless this holds; the campaign goes on, and fails at its end."""
        if not holds:
            self.faults.append(what)
            self.tell(f"FAULT: {what}")

    def drain(self) -> float:
        """Return when everything that is in the input now has come out; gives the seconds that it took."""
        begun = time.monotonic()
        settings = self.deployment.settings
        generation = until(self.deployment.generation, "a worker starts")

        async def all_out() -> None:
            ticking = asyncio.create_task(_tick(settings))
            try:
                await asyncio.wait_for(drained(settings, generation, lambda *_: None), DRAIN_SECONDS)
            finally:
                ticking.cancel()

        asyncio.run(all_out())
        return time.monotonic() - begun

    def dismiss(self) -> None:
        """Stop all workers, in order."""
        for worker in self.workers:
            if worker.running:
                status = worker.stop()
                self.require(
                    status in (0, 130), f"a worker stopped with {status} when it was told to; see {worker.log}"
                )

    def settle(self) -> None:
        """Send no more, wait until all has come out, stop the workers in order, and look at how they have ended."""
        self.unload()
        self.tell("draining")
        self.tell(f"drained in {self.drain():.1f} s")
        self.dismiss()
        self.watch.stop()
        for worker in self.workers:
            unexpected = sorted(worker.ends() - self.may_end)
            self.require(not unexpected, f"workers ended with {unexpected}; see {worker.log}")


async def _tick(settings: Settings) -> None:
    """Let time go on in every raw partition. The deployment's own ticks leave a last minute's volume for a minute."""
    async with kafka.running(settings, kafka.producer(settings), 30.0) as writer:
        while True:
            for partition in range(settings.raw_partitions):
                await writer.send_and_wait(settings.raw_topic, recount.TICK + b"}", partition=partition)
            await asyncio.sleep(1.0)


def each(ground: Ground, times: int, act: Callable[[int], None]) -> None:
    """Do something so many times, telling how far it is."""
    for number in range(1, times + 1):
        if number in (1, times) or number % max(1, times // 20) == 0:
            ground.tell(f"{number} of {times}")
        act(number)
