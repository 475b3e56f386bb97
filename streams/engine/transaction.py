"""One fenced, transactional producer for one (stage, input partition).

`fence` returns when whatever the former owner left open is aborted, or its commit complete; from then on a former
owner that still runs cannot commit. `commit` writes outputs, state and position in one transaction: either all of it
is seen by `read_committed` readers, or nothing. Any failure is raised, and the caller ends the process: aiokafka's
own commit succeeds though a send in it failed, so every send is awaited before it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer

from agents.stage import Outbound

POSITION = b"\0position"
"""Key of the input position in a stage's state topic."""

BATCH_BYTES = 768 * 1024


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
            transaction_timeout_ms=15_000,
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

        Returns, for each (plain topic, partition) written, the offset of its first record.
        """
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

    async def close(self) -> None:
        """Leave; what is uncommitted is not there."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None


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
