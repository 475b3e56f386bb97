"""A lane that has no position is new only if nothing of it is there."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiokafka import TopicPartition
from faust.types import TP
from prometheus_client import CollectorRegistry

from agents.rulebook import Rulebook
from schemas.clock import PartitionClock
from schemas.generation import Generation
from streams import kafka as clients
from streams.engine.exits import LostError
from streams.engine.lane import Lane
from streams.engine.spec import StageSpec
from streams.engine.state import Reader
from streams.engine.traces import refuse_worked
from streams.engine.transaction import Transactor
from streams.metrics import Metrics
from streams.settings import Settings
from streams.stages import specs
from tests.streams.deployment import LANES, made, put

Work = Callable[[Settings], Coroutine[Any, Any, None]]


def lane(spec: StageSpec, settings: Settings) -> Lane:
    """The first lane of a stage, which has just been built."""
    transactor = Transactor("t", {}, settings.topic)
    return Lane(spec, TP(settings.topic(spec.source), 0), transactor, Metrics(CollectorRegistry()), 1, 0.0)


async def opened(settings: Settings, publishes: bool = False) -> None:
    """Lane 0 of each stage, none of which has a position."""
    generation = Generation(
        start=0,
        cut=0,
        raw_topic=settings.raw_topic,
        raw_partitions=2,
        import_partitions=2,
        lanes=LANES,
        rules="r",
    )
    lanes = [lane(spec, settings) for spec in specs(Rulebook.load(), generation, publishes)]
    async with Reader({"bootstrap_servers": settings.kafka_bootstrap_servers}) as reader:
        await refuse_worked(settings, reader, lanes)


def written(topic: str, partition: int = 0) -> Work:
    """A record of a lane's output."""

    async def write(settings: Settings) -> None:
        await put(settings, topic, b"{}", partition)

    return write


async def clock(settings: Settings) -> None:
    """What `classify` says with every transaction."""
    said = PartitionClock(topic="headlines.raw", partition=0, arrival=1, highest=None, rows=0, size=0)
    await put(settings, "clocks", said.encode(), key=b"headlines.raw/0")


async def told(settings: Settings) -> None:
    """The advice for lag tools."""
    async with clients.running(settings, clients.consumer(settings, group_id=settings.group)) as member:
        part = TopicPartition(settings.topic("headlines.deduplicated"), 0)
        member.assign([part])
        await member.commit({part: 7})


@pytest.mark.parametrize(
    ("work", "said"),
    [
        pytest.param(clock, r"raw\[0\], but it has worked before: .*clocks says how far", id="classify"),
        pytest.param(written("headlines.deduplicated"), r"state.deduplicate\[0\] holds no position", id="deduplicate"),
        pytest.param(written("counts"), r"state.detect\[0\] holds no position .*counts\[0\] has", id="detect"),
        pytest.param(written("alerts"), r"alerts\[0\] has records up to 1", id="alerts of its own"),
        pytest.param(told, r"state.detect\[0\] holds no position .* group .* at 7", id="the group was told"),
    ],
)
async def test_what_a_lane_has_left_behind_is_seen(kafka: str, prefix: str, work: Work, said: str) -> None:
    settings = await made(kafka, prefix)
    await opened(settings)
    await work(settings)
    with pytest.raises(LostError, match=said) as caught:
        await opened(settings)
    assert "TOCSIN_PREFIX" in str(caught.value)


async def test_what_others_wrote_is_no_trace_of_it(kafka: str, prefix: str) -> None:
    """Another lane, and another generation in the topic of published alerts."""
    settings = await made(kafka, prefix)
    settings = settings.model_copy(update={"alerts_topic": settings.topic("alerts")})
    for work in (written("counts", 1), written("headlines.deduplicated", 1), written("headlines.classified")):
        await work(settings)
    await written("alerts")(settings)
    await put(settings, "clocks", None, key=b"now")
    await opened(settings, publishes=True)
