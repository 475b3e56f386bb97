"""Three brokers, three copies of everything, two of which must be written: the leader of a busy partition is killed."""

from streams.engine.exits import Exit
from tests.chaos.brokers import BROKERS, three
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.chaos.topics import leader, whole
from tests.chaos.workers import UNREACHABLE
from tests.integration.deployment import until

BUSY = ("headlines.raw", "headlines.classified", "headlines.deduplicated", "state.detect")


def faults(ground: Ground, times: int) -> None:
    """Kill a leader, start it again, wait until all copies are whole: else the next kill takes the last two."""
    workers = ground.supervised(3)
    ground.load()
    ground.steady()
    settings, nodes = ground.deployment.settings, ground.brokers.nodes

    def kill(_: int) -> None:
        found = leader(settings, ground.random.choice(BUSY), ground.random.randrange(2))
        victim = nodes[found - 1 if found > 0 else ground.random.randrange(BROKERS)]
        victim.kill()
        ground.pause(1.0, 4.0)
        victim.start()
        until(lambda: whole(settings, BROKERS), "all replicas in sync", 90)
        ground.steady()

    with ground.window("kills"):
        each(ground, times, kill)
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")


CAMPAIGN = Campaign(
    "leader",
    "Three brokers, replication factor 3, `min.insync.replicas` 2: the leader of a busy partition killed with -9 and "
    "started again; three workers.",
    12,
    2,
    faults,
    kafka=three,
    ends=frozenset({Exit.TRANSACTION, Exit.FENCED, UNREACHABLE}),
)
