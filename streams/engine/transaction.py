"""One fenced, transactional producer for one (stage, input partition).

`fence` returns when whatever the former owner left open is aborted, or its commit complete; from then on a former
owner that still runs cannot commit. `commit` writes outputs, state and position in one transaction: either all of it
is seen by `read_committed` readers, or nothing. Any failure is raised, and the caller ends the process: aiokafka's
own commit succeeds though a send in it failed, so every send is awaited before it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from aiokafka import AIOKafkaProducer

from agents.stage import Outbound
from streams.engine.exits import Exit, TransactionError, kind_of

POSITION = b"\0position"
"""Key of the input position in a stage's state topic."""

BATCH_BYTES = 768 * 1024
TIMEOUT = 15.0
"""Seconds that a transaction may last; the broker ends it after that. aiokafka itself would send again for ever."""


T = TypeVar("T")


class Transactor:
    """The only way in which a lane writes."""

    def __init__(self, transactional_id: str, options: Mapping[str, Any], topic: Callable[[str], str]) -> None:
        """`topic` gives the full name of a topic from its plain one; `options` are the Kafka client's."""
        self.transactional_id = transactional_id
        self._options = options
        self._topic = topic
        self._producer: AIOKafkaProducer | None = None

    async def fence(self) -> None:
        """`InitProducerId`: shut out every former owner."""
        self._producer = AIOKafkaProducer(
            **self._options,
            transactional_id=self.transactional_id,
            transaction_timeout_ms=int(TIMEOUT * 1000),
            acks="all",
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            retry_backoff_ms=50,
            request_timeout_ms=10_000,
        )
        await self._producer.start()

    async def commit(
        self,
        outputs: Iterable[Outbound],
        state_topic: str,
        partition: int,
        state: Mapping[bytes, bytes | None],
        position: int,
    ) -> dict[tuple[str, int], int]:
        """Write everything in one transaction.

        Returns, for each (plain topic, partition) written, the offset of its first record. Raises TransactionError.
        """
        try:
            return await _within(TIMEOUT, self._commit(outputs, state_topic, partition, state, position))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            raise self._failure(error) from error

    async def _commit(
        self,
        outputs: Iterable[Outbound],
        state_topic: str,
        partition: int,
        state: Mapping[bytes, bytes | None],
        position: int,
    ) -> dict[tuple[str, int], int]:
        producer = self._producer
        assert producer is not None, "fence first"
        grouped: dict[tuple[str, int], list[Outbound]] = {}
        for out in outputs:
            grouped.setdefault((out.topic, out.partition), []).append(out)
        memory = [Outbound(state_topic, partition, key, value) for key, value in state.items()]
        memory.append(Outbound(state_topic, partition, POSITION, b"%d" % position))
        grouped.setdefault((state_topic, partition), []).extend(memory)

        await producer.begin_transaction()
        first: dict[tuple[str, int], asyncio.Future[Any]] = {}
        sent: list[asyncio.Future[Any]] = []
        for where, records in grouped.items():
            for batch in _batches(producer, records):
                future = await producer.send_batch(batch, self._topic(where[0]), partition=where[1])
                first.setdefault(where, future)
                sent.append(future)
        await asyncio.gather(*sent)
        await producer.commit_transaction()
        return {where: future.result().offset for where, future in first.items()}

    def _failure(self, error: BaseException) -> TransactionError:
        """What went wrong. Where the producer's own task has ended, that is why, and `error` only follows from it."""
        task = None if self._producer is None else self._producer._sender.sender_task
        ended = task.exception() if task is not None and task.done() and not task.cancelled() else None
        if ended is not None and ended is not error:
            error.__context__ = ended
        why = ended if ended is not None and kind_of(ended) is Exit.FENCED else error
        if isinstance(why, TimeoutError):
            return TransactionError(f"not committed within {TIMEOUT:g} s (broker away, topic gone, too few replicas?)")
        return TransactionError(f"transaction failed: {type(why).__name__}: {why}")

    async def close(self) -> None:
        """Leave; what is uncommitted is not there."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None


async def _within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, or TimeoutError.

    Waits second by second: a process that was asleep meanwhile has not waited, and has to hear that it was fenced.
    """
    task = asyncio.ensure_future(work)
    try:
        for _ in range(max(1, round(seconds))):
            done, _pending = await asyncio.wait([task], timeout=1.0)
            if done:
                return task.result()
        raise TimeoutError
    finally:
        task.cancel()  # given up, or superseded by a rebalance: it must not go on behind its owner's back


def _batches(producer: AIOKafkaProducer, records: Iterable[Outbound]) -> Iterable[Any]:
    """The records in as few batches as they fit in, in order."""
    batch = producer.create_batch()
    for record in records:
        headers = [("kind", record.kind.encode())] if record.kind else []
        if batch.append(timestamp=None, key=record.key, value=record.value, headers=headers) is None:
            batch.close()
            yield batch
            batch = producer.create_batch()
            # an empty batch takes a record of any size; what no topic could hold fails when it is sent
            batch.append(timestamp=None, key=record.key, value=record.value, headers=headers)
    batch.close()
    yield batch
