"""Faust's transport, with our chunks, our seek and our close in it.

Three classes of Faust's are overridden, each at the points that `docs/ARCHITECTURE.md` lists:

* `LaneThread`: the consumer's own thread. Every fetch becomes chunks, stamped with the epoch of the last seek.
* `LaneConsumer`: lanes open where Faust seeks to committed offsets (once a generation, before the flow resumes), and
  close where it waits for unacknowledged messages (on revoke and on stop).
* `LaneTransport`: says so.

Acknowledgements and commits of Faust's do nothing, because topics are declared `acks=False`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from agents.stage import Inbound
from streams.engine.chunk import Chunk, Reached
from streams.engine.exits import Exit, LostError, die, die_of, fenced
from streams.engine.vigil import keep, vigil

OPEN_TIMEOUT = 120.0
"""Seconds that taking over partitions may last before the worker gives up and ends."""
LEAVE_TIMEOUT = 3.0
"""Seconds that leaving the group may last."""
ANSWER_TIMEOUT = 10.0
"""Seconds after which a question for stable offsets is given up."""
CLOSE_TIMEOUT = 20.0
"""Seconds that lanes have for their last transaction."""


class LaneThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    """aiokafka's thread: drains and seeks both happen here, and nowhere else."""

    epoch = 0
    numbers: dict[TopicPartition, int]
    _listening: asyncio.Task[None] | None = None

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:  # noqa: ARG002
        """Faust hard-codes isolation level and fetch wait."""
        conf, settings = self.app.conf, self.app.settings
        self._assignor = RoundRobinPartitionAssignor
        self.numbers = {}
        return AIOKafkaConsumer(
            **self.app.client_options,
            group_id=conf.id,
            group_instance_id=settings.instance_id,
            partition_assignment_strategy=[self._assignor],
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=2 << 20,
            retry_backoff_ms=50,
            request_timeout_ms=40_000,
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=settings.heartbeat_ms,
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1000),
            max_poll_interval_ms=2**31
            - 1,  # Faust's poll is ours to watch, and a worker without partitions never polls
        )

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active: set[Any],
        timeout: float | None = None,  # noqa: ASYNC109
        max_records: int | None = None,  # noqa: ARG002
    ) -> list[tuple[TP, Chunk]]:
        if not self.consumer.flow_active:
            return []
        if consumer._closed or consumer._fetcher._closed:
            raise driver.ConsumerStoppedError
        try:
            with consumer._fetcher._subscriptions.fetch_context():
                # no max_records: a limit starves partitions
                fetched = await consumer._fetcher.fetched_records(active, timeout=timeout, max_records=None)
        except NoOffsetForPartitionError:
            return []  # from before our seek: the group's offsets are advice
        except OffsetOutOfRangeError as error:
            await self._out_of_range(consumer, error.args[0])
            return []
        except Exception as error:
            die_of("reading", error)
        # No await from here: a seek must not come between the drain and the stamp.
        size = self.app.settings.chunk
        chunks = []
        for tp, records in fetched.items():
            inbound = [Inbound(r.offset, r.timestamp, r.value, r.key) for r in records]
            for at in range(0, len(inbound), size):
                number = self.numbers[tp] = self.numbers.get(tp, -1) + 1
                chunks.append((TP(*tp), Chunk(self.epoch, number, inbound[at : at + size])))
        return chunks

    async def _out_of_range(self, consumer: AIOKafkaConsumer, sought: Mapping[TopicPartition, int]) -> None:
        """What was to be read next is gone while we were reading: never go elsewhere in silence."""
        begin = await consumer.beginning_offsets(list(sought))
        for tp, offset in sought.items():
            if not consumer._subscription.is_assigned(tp):
                continue
            if (await consumer.position(tp)) != offset:
                continue  # sought anew meanwhile
            try:
                behind = self.app.lanes.missed(TP(*tp), offset, begin[tp])
            except LostError as error:
                die_of("reading", error)
            if behind:
                consumer.seek(tp, begin[tp])

    async def seek_lanes(self, positions: Mapping[TP, int]) -> int:
        """Seek every partition; returns the epoch of the chunks that come from there."""
        epoch: int = await self.call_thread(self._seek_lanes, positions)
        return epoch

    async def _seek_lanes(self, positions: Mapping[TP, int]) -> int:
        self.epoch, self.numbers = self.epoch + 1, {}
        for tp, offset in positions.items():
            self._ensure_consumer().seek(TopicPartition(*tp), offset)
        return self.epoch

    async def reached(self) -> dict[TP, Reached]:
        """How far each partition has been fetched."""
        found: dict[TP, Reached] = await self.call_thread(self._reached)
        return found

    async def _reached(self) -> dict[TP, Reached]:
        return self.sample()

    def sample(self) -> dict[TP, Reached]:
        """The same at once; to be called in this thread's loop."""
        # No await: position and number have to be of one moment, or a record fetched in between would seem done.
        consumer = self._ensure_consumer()
        assignment = consumer._subscription.subscription.assignment if consumer._subscription.subscription else None
        if assignment is None:
            return {}
        found = {}
        for tp in assignment.tps:
            state = assignment.state_value(tp)
            if state is not None and state.has_valid_position:
                found[TP(*tp)] = Reached(
                    self.epoch, self.numbers.get(tp, -1), state.position, consumer.last_stable_offset(tp)
                )
        return found

    async def stable_offsets(self) -> dict[TP, int]:
        """The offset behind the last committed record of each partition that is ours, asked of the broker.

        To be awaited in this thread's loop. Raises an error if not all of it is answered in time.
        """
        consumer = self._ensure_consumer()
        found = await asyncio.wait_for(consumer.end_offsets(list(consumer.assignment())), ANSWER_TIMEOUT)
        return {TP(*tp): offset for tp, offset in found.items()}

    async def advise(self, positions: Mapping[TP, int]) -> None:
        """Commit group offsets for lag tools and for draining; nothing of ours starts from them."""
        await self.call_thread(self._advise, positions)

    async def _advise(self, positions: Mapping[TP, int]) -> None:
        consumer = self._ensure_consumer()
        ours = consumer.assignment()
        offsets = {
            TopicPartition(*tp): OffsetAndMetadata(position, "")
            for tp, position in positions.items()
            if TopicPartition(*tp) in ours
        }
        if offsets:
            await consumer.commit(offsets)

    async def on_start(self) -> None:
        """Faust hears nothing of the group before it has joined it, and joining may fail for ever."""
        await super().on_start()
        self._listening = asyncio.create_task(keep("consumer group", lambda: vigil(self._hear)))

    async def on_thread_stop(self) -> None:
        """Nobody is to hear of a group that is being left."""
        if self._listening is not None:
            self._listening.cancel()
        await super().on_thread_stop()

    def _hear(self) -> None:
        """Raise what went wrong in the group's background tasks: they wait for that, and nobody else asks."""
        if (coordinator := self._ensure_consumer()._coordinator) is not None:
            coordinator.check_errors()

    async def leave(self) -> None:
        """Leave the group for good, so that others take over at once; best effort, as the process is about to end.

        aiokafka keeps a member with a static id in the group, for it may come back within the session timeout. One
        that was told to stop will not, so it leaves as one without such an id does: Kafka goes by the member's id.
        """
        await self.call_thread(self._leave)

    async def _leave(self) -> None:
        if (coordinator := self._ensure_consumer()._coordinator) is not None:
            coordinator._group_instance_id = None
            await coordinator.close()

    async def broker_answers(self) -> bool:
        """Whether a broker answers a metadata request now."""
        try:
            return bool(await self.call_thread(self._ensure_consumer()._client.force_metadata_update))
        except (KafkaError, OSError):
            return False

    @property
    def given(self) -> int | None:
        """The group's generation in which partitions are ours; `None` without any. May be asked in any thread.

        In a rebalance they are those from before it: the next generation says anew.
        """
        consumer = self._consumer
        coordinator = None if consumer is None else consumer._coordinator
        return coordinator.generation if coordinator is not None and consumer.assignment() else None

    @property
    def evicted(self) -> bool:
        """Whether the group has thrown us out: our lanes may be somebody else's by now."""
        coordinator = self._ensure_consumer()._coordinator
        return coordinator is not None and coordinator.generation < 0


class LaneConsumer(driver.Consumer):  # type: ignore[misc]
    """Faust's consumer, opening and closing lanes."""

    _opening: asyncio.Task[None] | None = None

    def _new_consumer_thread(self) -> LaneThread:
        return LaneThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ARG002, ASYNC109
        """One message a chunk, from partitions whose lanes are hungry."""
        if not self.flow_active:
            await self.wait(self.can_resume_flow)
        active = self.app.lanes.hungry(self._get_active_partitions())
        if self.should_stop or not active:  # an empty set would mean "all" to aiokafka
            await asyncio.sleep(0.01)
            return
        for tp, chunk in await self._getmany(active, 0.1) or ():
            if not self.flow_active:
                return
            last = chunk.records[-1]
            yield (
                tp,
                ConsumerMessage(
                    tp.topic,
                    tp.partition,
                    last.offset,
                    last.timestamp / 1000.0,
                    0,
                    (),
                    None,
                    chunk,
                    None,
                    0,
                    0,
                    tp,
                    generation_id=self.app.consumer_generation_id,
                ),
            )

    async def perform_seek(self) -> None:
        """Faust calls this once a generation, before the flow resumes."""
        self._opening = asyncio.ensure_future(self._open())
        try:
            await asyncio.wait_for(asyncio.shield(self._opening), OPEN_TIMEOUT)
        except asyncio.CancelledError:
            if self._opening.cancelled():
                await asyncio.Event().wait()  # superseded by a rebalance: this generation must never resume
            self._opening.cancel()
            raise
        except BaseException as error:
            die_of("cannot take over partitions", error)

    async def _open(self) -> None:
        lanes, thread = self.app.lanes, self._thread
        positions = await lanes.open(tp for tp in self.assignment() if tp.topic in lanes.specs)
        epoch = await thread.seek_lanes(positions)
        for tp, lane in lanes.lanes.items():
            self._read_offset[tp] = None  # else Faust's fetcher drops what is below it, in silence
            lane.start(epoch, positions[tp])
        lanes.ready = True

    async def wait_empty(self) -> None:
        """Faust calls this on revoke and on stop: lanes end behind their current transaction."""
        lanes = self.app.lanes
        if lanes.lanes and not self.app.should_stop and self._thread.evicted:
            die(fenced("evicted from the consumer group"), Exit.FENCED)
        if self._opening is not None and not self._opening.done():
            self._opening.cancel()
            await asyncio.wait([self._opening])
        try:
            await asyncio.wait_for(lanes.close(), CLOSE_TIMEOUT)
        except BaseException as error:
            die_of("lanes did not close", error)
        if self.app.should_stop:
            with contextlib.suppress(Exception):  # it is put out after the session timeout
                await asyncio.wait_for(self._thread.leave(), LEAVE_TIMEOUT)


class LaneTransport(driver.Transport):  # type: ignore[misc]
    """Faust's aiokafka transport with our consumer."""

    Consumer = LaneConsumer
