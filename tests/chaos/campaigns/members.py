"""Workers join and leave, in any order: each takes over and hands over in order, and no lane stands still for long."""

from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.chaos.workers import Single

LEAST, MOST = 1, 3
"""Workers that stay; workers at a time."""


def faults(ground: Ground, times: int) -> None:
    """One joins and is ready, or one leaves and has left, so many times each."""
    there = [_joined(ground, 0)]
    ground.load()
    ground.steady()

    def change(number: int) -> None:
        for _ in range(ground.random.randint(1, MOST - len(there)) if len(there) < MOST else 0):
            there.append(_joined(ground, number))
            ground.pause(0.2, 0.6)
        left = there.pop(ground.random.randrange(len(there)))
        status = left.stop()
        ground.require(status == 0, f"a worker that was told to leave ended with {status}; its log is {left.log}")
        ground.pause(0.2, 0.6)
        if len(there) == LEAST:
            ground.steady()

    with ground.window("joins and leaves"):
        each(ground, times, change)
        ground.steady()
    for worker in there:
        ground.require(worker.running, f"a worker ended with {worker.process.returncode}; its log is {worker.log}")


def _joined(ground: Ground, number: int) -> Single:
    # half of them with static ids, which the group would wait for if they left without a word
    named = {"TOCSIN_INSTANCE_ID": f"member-{number}-{len(ground.workers)}"} if ground.random.random() < 0.5 else {}
    worker = ground.single(**named)
    worker.await_ready()
    return worker


CAMPAIGN = Campaign(
    "members",
    "Workers join, and leave by SIGTERM (each so often); one to three at a time, half of them with static ids.",
    50,
    4,
    faults,
    stall_limit=5.0,
)
