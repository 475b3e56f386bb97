"""Sends that fail inside a transaction, for three reasons: the process ends, uncommitted, and goes on when cured."""

from collections.abc import Callable

from streams.engine.exits import Exit
from tests.chaos.brokers import BROKERS, three
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.chaos.topics import configure, delete, whole
from tests.chaos.workers import REFUSED, Supervised
from tests.integration.deployment import until

NOTICED_WITHIN = 90.0
EXPECTED = {Exit.TRANSACTION.value, Exit.FENCED.value}
"""A worker may also be told that its producer is shut out: by its own next start, which aborts what it left open."""


def faults(ground: Ground, times: int) -> None:
    """Each fault, its exit, its cure."""
    settings, lanes = ground.deployment.settings, ground.lanes
    workers = [ground.supervised(2)]
    ground.load()
    ground.steady()

    def suffer(name: str, spoil: Callable[[], None], cure: Callable[[], object]) -> None:
        mark = workers[-1].mark
        with ground.window(name):
            spoil()
            until(lambda: workers[-1].exits(mark), f"{name}: a worker ends", NOTICED_WITHIN)
            ground.pause(1.0, 4.0)
            said = workers[-1].exits(mark)
            cure()
            workers[-1] = _again(ground, workers[-1])
            ground.steady()
        unexpected = [exit_ for exit_ in said if exit_.status not in EXPECTED]
        ground.require(not unexpected, f"{name}: a worker ended with {unexpected[:1]}; see {workers[-1].log}")
        ground.require(
            any(exit_.status == Exit.TRANSACTION for exit_ in said),
            f"{name}: no worker ended for the transaction: {said}",
        )

    def all_three(_: int) -> None:
        suffer(
            "too large",
            lambda: configure(settings, lanes, "headlines.classified", max_message_bytes="300"),
            lambda: configure(settings, lanes, "headlines.classified", min_insync_replicas="2"),
        )
        suffer(
            "no topic",
            lambda: delete(settings, "alerts.current"),
            lambda: ground.deployment.run("topics", "create"),
        )
        node = ground.random.choice(ground.brokers.nodes)

        def too_few() -> None:
            # Kafka never asks for more than there are copies: so ask for all three, and take one away
            configure(settings, lanes, "headlines.deduplicated", min_insync_replicas=str(BROKERS))
            node.kill()

        def enough() -> None:
            node.start()
            configure(settings, lanes, "headlines.deduplicated", min_insync_replicas="2")
            until(lambda: whole(settings, BROKERS), "all replicas in sync", 90)

        suffer("too few replicas", too_few, enough)

    each(ground, times, all_three)


def _again(ground: Ground, workers: Supervised) -> Supervised:
    """A supervisor gives up where a worker refuses to start for a missing topic: then a person starts it."""
    if workers.running:
        return workers
    ground.require(workers.process.returncode == REFUSED, f"the supervisor ended with {workers.process.returncode}")
    return ground.supervised(workers.count)


CAMPAIGN = Campaign(
    "sends",
    "Sends that fail in a transaction: `max.message.bytes` of `headlines.classified` cut under way, `alerts.current` "
    "deleted, `min.insync.replicas` of `headlines.deduplicated` above the brokers that live; each put right after the "
    "exit. Three brokers.",
    2,
    1,
    faults,
    kafka=three,
    ends=frozenset({*EXPECTED, REFUSED}),
)
