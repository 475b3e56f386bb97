"""`kill -9` of a worker at random, every few seconds, whatever it is doing: working, recovering, starting."""

import contextlib
import os
import signal

from streams.engine.exits import Exit
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.integration.deployment import until

WORKERS = 3


def faults(ground: Ground, times: int) -> None:
    """Kill, and do not wait for the last victim to be well again."""
    workers = ground.supervised(WORKERS)
    ground.load()
    ground.steady()

    def kill(_: int) -> None:
        pids = until(workers.pids, "a worker to kill")
        with contextlib.suppress(ProcessLookupError):
            os.kill(ground.random.choice(pids), signal.SIGKILL)
        ground.pause(2.0, 4.0)

    with ground.window("kills"):
        each(ground, times, kill)
        ground.steady()
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")


CAMPAIGN = Campaign(
    "kill",
    "`kill -9` of a random worker every 2 to 4 s; three workers under a supervisor.",
    100,
    6,
    faults,
    # a machine that starts two of three anew may put the third out of the group
    ends=frozenset({-signal.SIGKILL, Exit.FENCED}),
)
