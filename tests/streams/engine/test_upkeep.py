"""What a worker tells of its lanes and of every raw partition."""

import asyncio
import time
from types import SimpleNamespace

import pytest
from faust.types import TP
from prometheus_client import CollectorRegistry, generate_latest

from agents.stage import Inbound
from schemas.clock import PartitionClock
from streams.engine.chunk import Chunk, Reached
from streams.engine.clocks import Clocks
from streams.engine.lane import Lane
from streams.engine.raw_clocks import show
from streams.engine.spec import StageSpec
from streams.engine.transaction import Transactor
from streams.engine.upkeep import balance
from streams.metrics import Metrics

MINUTE = 60_000


def clock(partition: int, arrival: int, topic: str = "headlines.raw", ended: bool = False) -> PartitionClock:
    return PartitionClock(
        topic=topic, partition=partition, arrival=arrival, highest=arrival, rows=1, size=1, ended=ended
    )


def shown(metrics: Metrics, name: str) -> dict[str, float]:
    """A metric's samples, by their labels as Prometheus reads them."""
    lines = generate_latest(metrics.registry).decode().splitlines()
    return {line.split("}")[0].split("{")[1]: float(line.split()[-1]) for line in lines if line.startswith(name + "{")}


def test_every_raw_partition_is_shown_whoever_owns_it() -> None:
    metrics, clocks = Metrics(CollectorRegistry()), Clocks("clocks", {})
    inputs = {("headlines.raw", 0): MINUTE, ("headlines.raw", 1): MINUTE, ("headlines.import", 0): None}
    name = "tocsin_raw_clock_seconds"
    show(clocks, inputs, metrics)
    assert shown(metrics, name) == {
        'partition="0",topic="headlines.raw"': 60,
        'partition="1",topic="headlines.raw"': 60,
    }, "what they promise from the beginning; an import promises nothing"
    clocks.take(clock(0, 90_000))
    clocks.take(clock(0, 5_000, topic="headlines.import"))
    show(clocks, inputs, metrics)
    assert shown(metrics, name) == {
        'partition="0",topic="headlines.raw"': 90,
        'partition="1",topic="headlines.raw"': 60,
        'partition="0",topic="headlines.import"': 5,
    }, "one moves, the other has no owner and stands"
    clocks.take(clock(0, 9_000, topic="headlines.import", ended=True))
    show(clocks, inputs, metrics)
    assert 'partition="0",topic="headlines.import"' not in shown(metrics, name), "an import that has ended is done"


@pytest.fixture
def lane() -> Lane:
    """A lane that takes chunks and is never started."""

    def build(_: int) -> None:
        return None

    spec = StageSpec("classify", "headlines.raw", "state.classify", build)  # type: ignore[arg-type]
    metrics = Metrics(CollectorRegistry())
    return Lane(spec, TP("raw", 0), Transactor("t", {}, str), metrics, chunk=10, gap=0.0)


async def told(lane: Lane, clocks: Clocks, metrics: Metrics) -> None:
    """One look."""
    lanes = SimpleNamespace(lanes={lane.tp: lane})
    look = asyncio.create_task(balance(lanes, clocks, {("headlines.raw", 0): 0}, metrics))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    look.cancel()


async def test_a_lagging_lane_shows_in_records_and_seconds(lane: Lane) -> None:
    metrics, clocks = Metrics(CollectorRegistry()), Clocks("clocks", {})
    where = 'partition="0",stage="classify"'
    await told(lane, clocks, metrics)
    assert shown(metrics, "tocsin_partition_lag_records") == {where: 0}
    lane.survey(Reached(-1, -1, 0, stable=40))
    lane.feed(Chunk(-1, 0, [Inbound(0, int((time.time() - 30) * 1000), b"x")]))
    await told(lane, clocks, metrics)
    assert shown(metrics, "tocsin_partition_lag_records") == {where: 40}
    assert 29 < shown(metrics, "tocsin_partition_lag_seconds")[where] < 60


async def test_what_was_done_though_it_is_held_back_is_no_stall(lane: Lane) -> None:
    """Deduplication holds rows back: its position stays, but the mark at a transaction's end is passed."""
    lane.consumed = 7
    assert lane.done(Reached(-1, -1, position=9, stable=9)) == 9
    assert lane.done(Reached(-2, -1, position=9, stable=9)) == 7, "of an earlier seek"
    assert lane.done(None) == 7
    lane.feed(Chunk(-1, 0, [Inbound(9, 0, b"x")]))
    assert lane.done(Reached(-1, 0, position=10, stable=10)) == 7, "handed out and not yet committed"
