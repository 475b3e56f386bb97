"""A lane on a real Kafka: what it takes, what it commits, what it refuses."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faust.types import TP
from prometheus_client import CollectorRegistry

from agents.stage import Inbound, Memory, Outbound, Step
from streams.engine import lane as lanes
from streams.engine.chunk import Chunk
from streams.engine.lane import Lane
from streams.engine.lanes import Lanes
from streams.engine.lost import LOST
from streams.engine.spec import StageSpec
from streams.engine.state import Reader, load_memory, load_state
from streams.engine.transaction import Transactor
from streams.metrics import Metrics
from streams.settings import Settings


class Echo:
    """A stage that writes what it reads, and counts."""

    def __init__(self) -> None:
        self.count = 0
        self.landed: list[int] = []

    def restore(self, entries: Mapping[bytes, bytes]) -> Memory | None:
        self.count = int(entries.get(b"count", b"0"))
        return None

    def remember(self, records: Sequence[Inbound]) -> None:  # noqa: ARG002
        raise AssertionError("asked for nothing")

    def step(self, records: Sequence[Inbound]) -> Step:
        self.count += len(records)
        outputs = [Outbound("counts", 0, None, record.value) for record in records]
        return Step(outputs, {b"count": b"%d" % self.count}, records[-1].offset + 1)

    def committed(self, first_offsets: Mapping[tuple[str, int], int]) -> None:
        self.landed.append(first_offsets["counts", 0])


def chunk(epoch: int, number: int, *offsets: int) -> Chunk:
    return Chunk(epoch, number, [Inbound(offset, 0, b"%d" % offset) for offset in offsets])


@pytest.fixture
async def lane(kafka: str, prefix: str) -> Lane:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await client.start()
    await client.create_topics([NewTopic(prefix + name, 1, 1) for name in ("counts", "state.detect")])
    await client.close()
    spec = StageSpec("detect", "in", "state.detect", lambda _: Echo())
    transactor = Transactor(f"{prefix}detect.0", {"bootstrap_servers": kafka}, lambda name: prefix + name)
    await transactor.fence()
    made = Lane(spec, TP("in", 0), transactor, Metrics(CollectorRegistry()), chunk=3, gap=0.0)
    made.start(epoch=1, position=10)
    return made


async def committed(lane: Lane, position: int) -> None:
    async with asyncio.timeout(20):
        while lane.position != position:
            await asyncio.sleep(0.01)


async def test_commits_in_order_and_joins_what_waits(lane: Lane, kafka: str, prefix: str) -> None:
    for number, offsets in enumerate([(10, 11), (12,), (14,), (15, 16)]):
        lane.feed(chunk(1, number, *offsets))
    assert not lane.idle
    assert not lane.hungry, "twice a chunk is waiting"
    await committed(lane, 17)
    assert lane.idle
    await lane.close()

    found: list[bytes | None] = []
    async with Reader({"bootstrap_servers": kafka}) as reader:
        out = TopicPartition(f"{prefix}counts", 0)
        await load_memory(reader, {out: 0}, lambda _, records: found.extend(record.value for record in records))
        state = TopicPartition(f"{prefix}state.detect", 0)
        assert await load_state(reader, [state]) == {state: ({b"count": b"6"}, 17)}
    assert found == [b"10", b"11", b"12", b"14", b"15", b"16"]
    assert isinstance(lane.stage, Echo)
    assert lane.stage.landed == [0, 4], "two transactions: of three records and an end, and of the rest"


async def test_a_chunk_from_before_the_seek_is_dropped(lane: Lane) -> None:
    lane.feed(chunk(0, 0, 3, 4))
    lane.feed(chunk(1, 0, 10))
    await committed(lane, 11)
    await lane.close()
    assert isinstance(lane.stage, Echo)
    assert lane.stage.count == 1


async def test_a_chunk_that_is_missing_ends_the_process(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(why: str) -> None:
        raise SystemExit(why)

    monkeypatch.setattr(lanes, "die", die)
    lane.feed(chunk(1, 0, 10))
    with pytest.raises(SystemExit, match="chunk 2 came where 1 was due"):
        lane.feed(chunk(1, 2, 12))
    await lane.close()


async def test_what_is_gone_counts_only_from_where_the_lane_stands(lane: Lane) -> None:
    """Before our seek the consumer goes by the group's offset: what has expired there was read or is known."""
    lanes_ = Lanes(Settings(lost_records="accept"), [], {}, Metrics(CollectorRegistry()))
    waiting = Lane(lane.spec, TP("in", 1), lane.transactor, Metrics(CollectorRegistry()), chunk=3, gap=0.0)
    lanes_.lanes = {lane.tp: lane, waiting.tp: waiting}
    assert not lanes_.missed(waiting.tp, 5, 20), "it has not begun"
    assert not lanes_.missed(lane.tp, 5, 20), "it stands at 10"
    assert not lanes_.missed(TP("in", 2), 5, 20), "another's"
    assert lanes_.missed(lane.tp, 10, 20)
    assert (lane.losses.change(20), waiting.losses.change(20)) == ({LOST: b"10"}, {})
    await lane.close()
