"""The broker's clock jumps: an hour forward, some seconds back, an hour back for a while; dates are absurd."""

import time
from collections.abc import Iterable

from tests.chaos.brokers import no_compiler, shifted
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.chaos.workers import metric

HOUR = 3600
BACK = 60
"""Seconds of the jump that is waited out."""
SLACK = 12.0


def faults(ground: Ground, times: int) -> None:
    """Forward: nothing stalls. Back: lanes stall for as long as the jump, and it shows."""
    ground.by_observer = True
    clock = ground.brokers.clock
    assert clock is not None
    workers = ground.supervised(2)
    ground.load()
    ground.steady()
    ahead = 0

    def jumps(_: int) -> None:
        nonlocal ahead
        ahead += HOUR
        ground.tell("an hour forward")
        with ground.window("forward"):
            clock.shift(ahead)
            ground.steady()

        ground.tell(f"{BACK} s back")
        ahead -= BACK
        with ground.window("back"):
            clock.shift(ahead)
            jumped = time.monotonic()
            time.sleep(BACK / 3)
            before, raw_before = _clocks(workers.ports)
            time.sleep(BACK / 3)
            after, raw_after = _clocks(workers.ports)
            waiting = sum(metric(workers.ports, "tocsin_waiting_rows").values())
            ground.require(before == after and len(after) == ground.lanes, f"lanes moved: {before}, {after}")
            ground.require(raw_before == raw_after and raw_after, f"raw moved: {raw_before}, {raw_after}")
            ground.require(waiting > 0, "no row is said to wait")
            ground.steady()
            stalled = time.monotonic() - jumped
            ground.require(stalled < BACK + SLACK, f"a jump of {BACK} s back stalled lanes for {stalled:.0f} s")

        ground.tell("an hour back, and forward again after 10 s")
        with ground.window("an hour back for 10 s"):
            clock.shift(ahead - HOUR)
            time.sleep(10)
            clock.shift(ahead)
            ground.steady()

    each(ground, times, jumps)
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")


def _clocks(ports: Iterable[int]) -> tuple[dict[str, float], dict[str, float]]:
    """What the alerts of a stall go by: of the lanes and of raw. tests/deploy/rules.test.yml has what these make of it
    where it lasts for longer than a campaign does."""
    return (
        metric(ports, "tocsin_lane_clock_seconds", 'stage="deduplicate"'),
        metric(ports, "tocsin_raw_clock_seconds", 'topic="headlines.raw"'),
    )


CAMPAIGN = Campaign(
    "clock",
    f"The broker's clock an hour forward, {BACK} s back, an hour back for 10 s; publishers with absurd dates (year 1, "
    "9999, negative, text, 10^18) all along.",
    1,
    1,
    faults,
    kafka=shifted,
    missing=no_compiler,
)
