"""The fenced transaction, on a real Kafka."""

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from agents.stage import Inbound, Outbound
from streams.engine.exits import Exit, LostError, TransactionError, kind_of
from streams.engine.state import Reader, load_memory, load_state
from streams.engine.transaction import Transactor


@pytest.fixture
async def topics(kafka: str, prefix: str) -> dict[str, str]:
    """Plain name → full name of an output and a state topic."""
    names = {"out": f"{prefix}out", "state": f"{prefix}state"}
    client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await client.start()
    await client.create_topics([NewTopic(name, 2, 1) for name in names.values()])
    await client.close()
    return names


async def read(kafka: str, topic: str, partition: int = 0, start: int = 0) -> list[Inbound]:
    found: list[Inbound] = []
    async with Reader({"bootstrap_servers": kafka}) as reader:
        await load_memory(reader, {TopicPartition(topic, partition): start}, lambda _, records: found.extend(records))
    return found


async def test_outputs_state_and_position_come_together(kafka: str, topics: dict[str, str]) -> None:
    transactor = Transactor("together", {"bootstrap_servers": kafka}, topics.__getitem__)
    await transactor.fence()
    first = await transactor.commit(
        [Outbound("out", 0, b"k", b"1", "headline"), Outbound("out", 1, b"k", b"2"), Outbound("out", 0, b"k", b"3")],
        "state",
        1,
        {b"a": b"A", b"b": b"B"},
        42,
    )
    second = await transactor.commit([Outbound("out", 0, b"k", b"4")], "state", 1, {b"a": None}, 43)
    await transactor.close()

    assert [r.value for r in await read(kafka, topics["out"], 0)] == [b"1", b"3", b"4"]
    assert first["out", 0] == 0
    assert second["out", 0] == 3, "a transaction's end takes an offset too"
    assert [r.value for r in await read(kafka, topics["out"], 0, second["out", 0])] == [b"4"]
    async with Reader({"bootstrap_servers": kafka}) as reader:
        partitions = [TopicPartition(topics["state"], p) for p in (0, 1)]
        state = await load_state(reader, partitions)
    assert state == {partitions[0]: ({}, None), partitions[1]: ({b"b": b"B"}, 43)}


async def test_a_former_owner_cannot_commit(kafka: str, topics: dict[str, str]) -> None:
    former = Transactor("fenced", {"bootstrap_servers": kafka}, topics.__getitem__)
    await former.fence()
    await former.commit([Outbound("out", 0, None, b"before")], "state", 0, {}, 1)
    owner = Transactor("fenced", {"bootstrap_servers": kafka}, topics.__getitem__)
    await owner.fence()
    with pytest.raises(TransactionError) as fenced:
        await former.commit([Outbound("out", 0, None, b"zombie")], "state", 0, {}, 2)
    assert kind_of(fenced.value) is Exit.FENCED
    await owner.commit([Outbound("out", 0, None, b"after")], "state", 0, {}, 2)
    await owner.close()
    await former.close()
    assert [r.value for r in await read(kafka, topics["out"])] == [b"before", b"after"]


async def test_a_failed_send_commits_nothing(kafka: str, topics: dict[str, str]) -> None:
    transactor = Transactor("failing", {"bootstrap_servers": kafka}, topics.__getitem__)
    await transactor.fence()
    with pytest.raises(TransactionError):
        await transactor.commit(
            [Outbound("out", 0, None, b"small"), Outbound("out", 1, None, b"x" * (40 << 20))], "state", 0, {}, 7
        )
    successor = Transactor("failing", {"bootstrap_servers": kafka}, topics.__getitem__)
    await successor.fence()
    await transactor.close()
    await successor.close()
    assert await read(kafka, topics["out"]) == []
    async with Reader({"bootstrap_servers": kafka}) as reader:
        state = TopicPartition(topics["state"], 0)
        assert await load_state(reader, [state]) == {state: ({}, None)}


async def test_what_is_gone_is_refused(kafka: str, topics: dict[str, str]) -> None:
    transactor = Transactor("gone", {"bootstrap_servers": kafka}, topics.__getitem__)
    await transactor.fence()
    for position in range(3):
        await transactor.commit([Outbound("out", 0, None, b"%d" % position)], "state", 0, {}, position)
    await transactor.close()
    client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await client.start()
    await client.delete_records({TopicPartition(topics["out"], 0): RecordsToDelete(before_offset=2)})
    await client.close()
    with pytest.raises(LostError, match="begins at 2, 1 is needed"):
        await read(kafka, topics["out"], start=1)
    assert [r.value for r in await read(kafka, topics["out"], start=2)] == [b"1", b"2"]
