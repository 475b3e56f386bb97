"""A former generation that cannot run any more: its lanes are shut out and told to be silent, whatever they held."""

import pytest

from agents.detect.publisher import HELD, KEY, PublisherState, Switch
from schemas.generation import Generation
from streams import kafka as clients
from streams.engine.exits import Exit, TransactionError, kind_of
from streams.engine.state import Reader, load_state
from streams.engine.transaction import Transactor
from streams.errors import Refusal
from streams.handover.lanes import STATE, LaneStates
from streams.handover.silence import silence
from streams.settings import Settings
from tests.agents.detect.test_publisher import alert
from tests.streams.deployment import LANES, made

AT = 1_795_000_000_000
POSITION = 41


def generation(settings: Settings) -> Generation:
    return Generation(
        start=0, cut=0, raw_topic=settings.raw_topic, raw_partitions=2, import_partitions=0, lanes=LANES, rules="r"
    )


async def owner(settings: Settings, lane: int, state: PublisherState, *held: bytes) -> Transactor:
    """Somebody who works on a lane, and has committed this; it is still there."""
    working = Transactor(settings.transactional_id("detect", lane), clients.client_options(settings), settings.topic)
    await working.fence()
    entries: dict[bytes, bytes | None] = {KEY: state.encode(), **dict.fromkeys(held, alert(AT).encode())}
    await working.commit([], STATE, lane, entries, POSITION)
    return working


async def test_its_last_word_is_what_it_committed(kafka: str, prefix: str) -> None:
    """One lane held its alerts for an earlier handover, and one had a switch before it; one of them sleeps."""
    settings = await made(kafka, prefix)
    told = generation(settings)
    switch = Switch(handover="h", former="a@1", to="b@2", since=AT, told=(0,))
    holding = PublisherState(mode="holds", handover="g", past=("f",), held=2)
    asleep = await owner(settings, 0, PublisherState(mode="publishes", switch=switch, handover="g"))
    gone = await owner(settings, 1, holding, HELD + b"00000000", HELD + b"00000001")
    await gone.close()

    assert await silence(settings, told, "h", AT) == [0, 1]
    assert await silence(settings, told, "h", AT + 1) == [], "once is enough"

    with pytest.raises(TransactionError) as caught:
        await asleep.commit([], STATE, 0, {KEY: PublisherState(mode="publishes").encode()}, POSITION + 1)
    assert kind_of(caught.value) is Exit.FENCED
    await asleep.close()
    async with LaneStates(settings, LANES) as lanes:
        states = await lanes.now()
    assert {(one.mode, one.switch, one.handover, one.since, one.held) for one in states.values()} == {
        ("silent", None, "h", AT, 0)
    }
    assert states[0].past == ("g",)
    assert states[1].past == ("f", "g")
    options = clients.client_options(settings)
    async with Reader(options) as reader:
        for lane, partition in enumerate(lanes._partitions):
            entries, position = (await load_state(reader, [partition]))[partition]
            assert (set(entries), position) == ({KEY}, POSITION), lane


async def test_one_that_has_written_nothing_yet_is_silenced_too(kafka: str, prefix: str) -> None:
    settings = await made(kafka, prefix)
    assert await silence(settings, generation(settings), "h", AT) == [0, 1]
    async with LaneStates(settings, LANES) as lanes:
        assert {state.mode for state in (await lanes.now()).values()} == {"silent"}


async def test_not_while_its_workers_run(kafka: str, prefix: str) -> None:
    settings = await made(kafka, prefix)
    member = clients.consumer(settings, group_id=settings.group)
    member.subscribe([settings.raw_topic])
    async with clients.running(settings, member):
        while not member.assignment():
            await member.getmany(timeout_ms=100)
        with pytest.raises(Refusal, match="leave --former-stopped out"):
            await silence(settings, generation(settings), "h", AT)
    async with LaneStates(settings, LANES) as lanes:
        assert await lanes.now() == {}, "nothing was written"
