"""A worker sleeps for longer than the group waits for it, and wakes: its lanes are another's, and it has to go."""

import time

from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.chaos.workers import Exit, Process, asleep, gone
from tests.integration.deployment import until

SESSION = 6.0
"""Seconds of silence after which the group gives a worker's partitions away."""
GOES_WITHIN = 10.0


def faults(ground: Ground, times: int) -> None:
    """Stop, wait until its lanes have gone on elsewhere, wake it, see it go."""
    workers = ground.supervised(3)
    ground.load()
    ground.steady()

    def sleep(_: int) -> None:
        until(workers.ready, "all workers ready", 60)
        victim = ground.random.choice(workers.pids())
        slept, mark = time.time(), workers.mark
        asleep(victim, SESSION + ground.random.uniform(1.5, 4.0))
        until(lambda: gone(victim), "the worker that woke up ends", GOES_WITHIN)
        said = until(lambda: workers.exits(mark), "the worker that woke up says why it ends", 5)
        ground.require(_says_so(said), f"a worker that woke up ended with {said}; see {workers.log}")
        until(lambda: ground.watch.all_since(slept + SESSION), "every lane commits after the sleep")

    with ground.window("sleeps"):
        each(ground, times, sleep)
    _only_one(workers, ground)


def _says_so(said: list[Exit]) -> bool:
    return all("evicted" in why or "fenced" in why.lower() for _, why in said)


def _only_one(workers: Process, ground: Ground) -> None:
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")


CAMPAIGN = Campaign(
    "zombie",
    "SIGSTOP of a random worker for 7.5 to 10 s (session timeout 6 s), then SIGCONT; it must end, and say that it is "
    "fenced or evicted.",
    20,
    2,
    faults,
)
