"""A worker sleeps for longer than the group waits for it, and wakes: its lanes are another's, and it has to go."""

import time

from streams.engine import exits
from tests.chaos.campaign import Campaign
from tests.chaos.epochs import owners, strangers
from tests.chaos.ground import Ground, each
from tests.chaos.workers import Exit, asleep, gone
from tests.integration.deployment import until

SESSION = 6.0
"""Seconds of silence after which the group gives a worker's partitions away."""
GOES_WITHIN = 10.0
SHARED = "headlines.classified"
WRITTEN = (
    *("state.classify", "state.deduplicate", "state.detect"),
    *(SHARED, "headlines.deduplicated", "alerts", "counts"),
)
"""Every topic that a lane writes to and that is not compacted away from under a look at its files, or shared too widely
to say whose it is."""


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
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")
    ground.before_recount = lambda: _written_by_owners(ground)


def _says_so(said: list[Exit]) -> bool:
    return all(status == exits.Exit.FENCED and "shut out" in why for status, why in said)


def _written_by_owners(ground: Ground) -> None:
    """By the broker's own files: nobody wrote for a lane, its state or its outputs, after it had gone to another."""
    (kafka,) = ground.brokers.nodes
    epochs = 0
    for name in WRITTEN:
        topic = ground.deployment.settings.topic(name)
        for write in strangers(kafka.files.data, topic, shared=name == SHARED):
            ground.require(False, f"a worker that was shut out has written: {write}")
        if name.startswith("state."):
            epochs += owners(kafka.files.data, topic)
    ground.tell(f"{epochs} owners have written to the lanes' states, each after the one before it")
    ground.require(epochs > 0, "no write was found in the broker's files")


CAMPAIGN = Campaign(
    "zombie",
    "SIGSTOP of a random worker for 7.5 to 10 s (session timeout 6 s), then SIGCONT; it must end with 72, say that it "
    "was shut out, and have written nothing since for any lane (producer epochs in the broker's files).",
    20,
    2,
    faults,
    ends=frozenset({exits.Exit.FENCED}),
)
