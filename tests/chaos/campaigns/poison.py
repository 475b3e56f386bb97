"""Records that make a step raise: alone they are rejected, in numbers they stop the worker; garbage stops nobody."""

import time
from base64 import b64decode

from schemas.rejected import Rejected
from streams.engine.exits import Exit
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground
from tests.chaos.headlines import STUMBLED
from tests.integration import recount
from tests.integration.deployment import until

FAULTY = "tests.chaos.stumbling"
UNIT = 10.0
"""Seconds that each stretch lasts, for each of the campaign's times."""


def injected(rejected: Rejected) -> bool:
    """Whether a record that made a step raise is one of those that are sent for it to raise over."""
    return rejected.stage == "classify" and b64decode(rejected.original).startswith(STUMBLED)


def faults(ground: Ground, times: int) -> None:
    """A few among many, garbage, too many, and a version without the fault."""
    workers = [ground.single(module=FAULTY) for _ in range(2)]
    for worker in workers:
        worker.await_ready()
    with ground.window("a few"):
        ground.tell("one record in five hundred makes a step raise")
        ground.load("--magic=0.002")
        ground.steady()
        time.sleep(UNIT * times)
        ground.unload()
    with ground.window("garbage"):
        ground.tell("nine records in ten are garbage")
        ground.load("--bad=9")
        ground.steady()
        time.sleep(UNIT * times)
        ground.unload()
    for worker in workers:
        ground.require(worker.running, f"a worker ended with {worker.process.returncode}; see {worker.log}")

    with ground.window("too many"):
        ground.tell("every third record makes a step raise")
        ground.load("--magic=0.5")
        until(lambda: not any(worker.running for worker in workers), "the workers stop", 90)
        for worker in workers:
            ground.require(
                worker.process.returncode == Exit.STEP_ERRORS,
                f"a worker ended with {worker.process.returncode}; see {worker.log}",
            )
        ground.unload()
        ground.tell("a version without the fault")
        healthy = ground.single()
        healthy.await_ready()
        ground.load()
        ground.steady()

    def those_rejected() -> None:
        for record in ground.deployment.records("headlines.rejected"):
            if (found := Rejected.decode(record.value)).code == "step_error":
                ground.require("ArithmeticError: a fault was put in" in (found.traceback or ""), f"not of it: {found}")
                if not injected(found):
                    ground.require(False, f"a step stumbled over a record that is sound: {found}")
                elif (source := found.source) is not None:
                    ground.unscanned.add(recount.where(source.topic, source.partition, source.offset))
        ground.require(bool(ground.unscanned), "no record was rejected as step_error")
        ground.tell(f"{len(ground.unscanned)} records were rejected as step_error")

    ground.before_recount = those_rejected


CAMPAIGN = Campaign(
    "poison",
    "Two workers with a fault put in: one record in 500 makes `classify` raise (rejected alone, no exit); nine in ten "
    "are garbage (no exit); one in three raises (both workers stop with 74); then a version without the fault.",
    2,
    1,
    faults,
    ends=frozenset({Exit.STEP_ERRORS}),
)
