"""The way to the broker fails: away for a minute, slow, and with connections that break."""

import time

from streams.engine.exits import Exit
from tests.chaos.brokers import proxied
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground
from tests.chaos.workers import UNREACHABLE

DELAY = 0.5
RESET_EVERY = 1.0
UNIT = 10.0
"""Seconds that each fault lasts, for each of the campaign's times: six make a minute."""


def faults(ground: Ground, times: int) -> None:
    """One fault after the other, with time to recover in between."""
    workers = ground.supervised(3)
    ground.load()
    ground.steady()
    proxy = ground.brokers.proxy
    assert proxy is not None
    lasting = UNIT * times

    ground.tell(f"connections are reset for {lasting:.0f} s")
    with ground.window("resets"):
        end = time.monotonic() + lasting
        while time.monotonic() < end:
            proxy.reset(ground.random)
            ground.pause(0.0, 2 * RESET_EVERY)
        ground.steady()

    ground.tell(f"slow for {lasting:.0f} s")
    with ground.window("slow"):
        proxy.delay = DELAY
        time.sleep(lasting)
        proxy.delay = 0.0
        ground.steady()

    ground.tell(f"away for {lasting:.0f} s")
    with ground.window("away"):
        proxy.deafen()
        time.sleep(lasting)
        proxy.hear()
        ground.steady()
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")


CAMPAIGN = Campaign(
    "network",
    "A proxy between broker and clients, each for so many times 10 s: resets a random connection about once a second; "
    "adds 500 ms each way; lets nothing through.",
    6,
    1,
    faults,
    kafka=proxied,
    # the watchdog: what was committed before the way was lost is ahead, and cannot be fetched
    ends=frozenset({Exit.TRANSACTION, Exit.FENCED, Exit.WATCHDOG, UNREACHABLE}),
)
