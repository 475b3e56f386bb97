"""The broker's clock jumps: an hour forward, some seconds back, an hour back for a while; dates are absurd."""

import time
from collections.abc import Iterable

from streams.engine.exits import Exit
from tests.chaos.brokers import no_compiler, shifted
from tests.chaos.campaign import Campaign
from tests.chaos.ground import STEADY_SECONDS, Ground, each
from tests.chaos.workers import metric

HOUR = 3600
BACK = 90
"""Seconds of the jump that is waited out."""
SLACK = 12.0
ALARMED = 300
"""Seconds by which raw is ahead of the present when `TocsinClockAhead` rings (`deploy/prometheus/rules.yml`)."""
SETTLES = 3.0
"""Seconds after a jump until what came before it has been read."""
LOOK = 8.0
"""Seconds between two looks at clocks that have to stand."""


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
            _stand(ground, workers.ports, BACK / 3)
            waiting = sum(metric(workers.ports, "tocsin_waiting_rows").values())
            ground.require(waiting > 0, "no row is said to wait")
            ground.steady(BACK + STEADY_SECONDS)
            stalled = time.monotonic() - jumped
            ground.require(
                BACK - SLACK < stalled < BACK + SLACK, f"a jump of {BACK} s back stalled lanes for {stalled:.0f} s"
            )

        ground.tell("an hour back, and forward again after a look at the alarm")
        with ground.window("an hour back for a while"):
            clock.shift(ahead - HOUR)
            time.sleep(SETTLES)
            raw = _stand(ground, workers.ports, LOOK)
            now = time.time() + ahead - HOUR  # Prometheus's, on a machine whose clock is the broker's
            by = {partition: at - now for partition, at in raw.items()}
            ground.require(all(ALARMED < each < HOUR + SLACK for each in by.values()), f"ahead of the present: {by}")
            clock.shift(ahead)
            ground.steady()

    each(ground, times, jumps)
    ground.require(workers.running, f"the supervisor ended with {workers.process.returncode}")


def _stand(ground: Ground, ports: Iterable[int], seconds: float) -> dict[str, float]:
    """Require that the clocks of lanes and of raw stand for so long; gives those of raw."""
    before, raw_before = _clocks(ports)
    time.sleep(seconds)
    after, raw_after = _clocks(ports)
    ground.require(before == after and len(after) == ground.lanes, f"lanes moved: {before}, {after}")
    raw = ground.deployment.settings.raw_partitions
    ground.require(raw_before == raw_after and len(raw_after) == raw, f"raw moved: {raw_before}, {raw_after}")
    return raw_after


def _clocks(ports: Iterable[int]) -> tuple[dict[str, float], dict[str, float]]:
    """What the alerts of a stall go by: of the lanes, and of raw, which every worker tells of. What these make of it
    where it lasts for longer than a campaign does is in tests/deploy/rules.test.yml."""
    return (
        metric(ports, "tocsin_lane_clock_seconds", 'stage="deduplicate"', max),
        metric(ports, "tocsin_raw_clock_seconds", 'topic="headlines.raw"', max),
    )


CAMPAIGN = Campaign(
    "clock",
    f"The broker's clock an hour forward, {BACK} s back (waited out), an hour back for a while (alarmed, then put "
    "right); publishers with absurd dates (year 1, 9999, negative, text, 10^18) all along.",
    1,
    1,
    faults,
    kafka=shifted,
    # what is open when the clock jumps forward has lasted for an hour, and the broker ends it
    ends=frozenset({Exit.TRANSACTION, Exit.FENCED}),
    missing=no_compiler,
)
