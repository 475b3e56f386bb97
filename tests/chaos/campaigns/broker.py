"""The broker is killed and comes back, with its data as the crash left it."""

from streams.engine.exits import Exit
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.chaos.workers import UNREACHABLE


def faults(ground: Ground, times: int) -> None:
    """Kill it, let it be away for a while, start it, wait until every lane goes on."""
    workers = ground.supervised(3)
    ground.load()
    ground.steady()
    (kafka,) = ground.brokers.nodes

    def crash(_: int) -> None:
        kafka.kill()
        ground.pause(0.0, 3.0)
        kafka.start()
        ground.steady()
        ground.pause(0.0, 2.0)

    with ground.window("crashes"):
        each(ground, times, crash)
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")


CAMPAIGN = Campaign(
    "broker",
    "The broker killed with -9 and started again after up to 3 s; three workers.",
    10,
    2,
    faults,
    ends=frozenset({Exit.TRANSACTION, Exit.FENCED, UNREACHABLE}),
)
