"""Every record is acknowledged, once, in order; a broker that is away is waited for, but not for ever."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

from streams import kafka as clients
from streams.broker.server import LocalKafka
from streams.feeding import batches as module
from streams.feeding.batches import Batches
from tests.streams.deployment import contents, made


class Batch:
    """Holds three records."""

    def __init__(self) -> None:
        self.values: list[bytes] = []

    def append(self, *, timestamp: int | None, key: None, value: bytes) -> object:
        del timestamp, key
        if len(self.values) == 3:
            return None
        self.values.append(value)
        return object()

    def close(self) -> None:
        pass


class Writer:
    """Answers as it is told: at once, with an error, never; or takes a batch only at the second try."""

    def __init__(self, answer: Exception | None = None, silent: bool = False, busy: bool = False) -> None:
        self.taken: list[tuple[int, list[bytes]]] = []
        self._answer = answer
        self._silent = silent
        self._busy = busy

    def create_batch(self) -> Batch:
        return Batch()

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> asyncio.Future[None]:
        assert topic == "wire"
        if self._busy:
            self._busy = False
            raise KafkaTimeoutError
        self.taken.append((partition, batch.values))
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._answer is not None:
            sent.set_exception(self._answer)
        elif not self._silent:
            sent.set_result(None)
        return sent


async def fill(writer: Writer, records: int = 8) -> None:
    batches = Batches(writer, "wire")
    for number in range(records):
        await batches.add(number % 2, b"%d" % number)
    await batches.flush()


async def test_full_batches_leave_at_once_and_the_rest_at_flush() -> None:
    writer = Writer()
    await fill(writer)
    assert writer.taken == [(0, [b"0", b"2", b"4"]), (1, [b"1", b"3", b"5"]), (0, [b"6"]), (1, [b"7"])]


async def test_a_batch_that_was_not_taken_is_handed_over_again() -> None:
    writer = Writer(busy=True)
    await fill(writer)
    assert sum(len(values) for _, values in writer.taken) == 8


async def test_a_send_that_failed_is_raised() -> None:
    with pytest.raises(MessageSizeTooLargeError):
        await fill(Writer(answer=MessageSizeTooLargeError()))


async def test_silence_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    with pytest.raises(KafkaTimeoutError, match="no answer"):
        await fill(Writer(silent=True))
    with pytest.raises(KafkaTimeoutError, match="no answer"):
        await fill(Writer(silent=True), records=100)


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[LocalKafka]:
    with LocalKafka(tmp_path, port=0) as local:
        yield local


async def test_a_broker_that_is_killed_and_comes_back_has_everything_once(own_kafka: LocalKafka, prefix: str) -> None:
    settings = await made(own_kafka.bootstrap, prefix)
    rows = [b'{"title":"Storm closes port %d"}' % number for number in range(20_000)]
    async with clients.running(settings, clients.producer(settings)) as writer:
        batches = Batches(writer, settings.raw_topic)
        outage: asyncio.Task[None] | None = None
        for number, value in enumerate(rows):
            await batches.add(number % 2, value)
            if number == 5_000:
                await asyncio.to_thread(own_kafka.kill)
                outage = asyncio.create_task(asyncio.to_thread(own_kafka.start))
            if number % 1000 == 0:
                await batches.flush()
        await batches.flush()
        assert outage is not None
        await outage
    assert sorted(record.value for record in await contents(settings, "headlines.raw")) == sorted(rows)
