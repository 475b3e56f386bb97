"""One input partition of one stage: its task, its stage, its fenced producer.

A lane takes chunks, lets the stage decide and commits, one transaction after the other, never two at once. Whatever
goes wrong in it ends the process: a lane that cannot commit must not be able to go on, and one that lost a chunk must
not skip it. Under a crash: outputs, state and position are either all in the log or not at all, so the next owner
continues exactly behind the last committed chunk.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence

from faust.types import TP

from agents.stage import Inbound, Stage
from streams.engine.chunk import Chunk, Reached
from streams.engine.exits import Exit, die, die_of
from streams.engine.lost import Losses
from streams.engine.spec import StageSpec
from streams.engine.step_errors import StepErrors, told
from streams.engine.transaction import Transactor
from streams.metrics import Metrics


class Lane:
    """Runs a stage on one input partition for as long as this worker owns it."""

    def __init__(
        self,
        spec: StageSpec,
        tp: TP,
        transactor: Transactor,
        metrics: Metrics,
        chunk: int,
        gap: float,
        share: float = 1.0,
    ) -> None:
        """`share`: of the records of late, how many may make the step raise."""
        self.spec = spec
        self.tp = tp
        self.transactor = transactor
        self.stage: Stage = spec.build(tp.partition)
        self.position: int | None = None
        """Where a new owner would start to read: committed."""
        self.consumed = 0
        """The offset behind the last record that a commit covers; never less than `position`."""
        self.stable: int | None = None
        """The offset behind the last committed record of the partition, as of the last survey."""
        self.buffered = 0
        self.paused = False
        """Set by the skew control: too far ahead of the slowest raw partition."""
        self.committed_at = time.monotonic()
        self.errors = StepErrors()
        self.losses = Losses()
        self._metrics = metrics
        self._chunk = chunk
        self._gap = gap
        self._share = share
        self._epoch = -1
        self._due = 0
        self._chunks: deque[Sequence[Inbound]] = deque()
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._passed = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def _where(self) -> str:
        return f"{self.spec.name}, {self.tp.topic}[{self.tp.partition}]"

    @property
    def idle(self) -> bool:
        """Nothing is waiting to be committed, and the stage holds nothing back."""
        return not self._chunks and self.buffered == 0 and self.position == self.consumed

    @property
    def reached(self) -> int:
        """Everything below this offset is behind us; unlike `consumed` it passes the marks at a transaction's end."""
        return max(self.consumed, self._passed)

    def done(self, seen: Reached | None) -> int:
        """Everything below this offset is done with, though its rows may be held back.

        `seen` (if it is of now) also passes the marks at a transaction's end. May be called in any thread.
        """
        if seen is not None and seen.epoch == self._epoch and seen.number == self._due - 1 and self.buffered == 0:
            return max(self.consumed, seen.position)
        return self.consumed

    @property
    def told(self) -> int | None:
        """What to tell the group: where a new owner would start, or `reached` if nothing is held back."""
        return self.reached if self.idle else self.position

    @property
    def hungry(self) -> bool:
        """Whether more may be fetched."""
        return not self.paused and self.buffered < 2 * self._chunk

    @property
    def oldest(self) -> int | None:
        """Kafka's timestamp of the oldest record that waits, ms."""
        return self._chunks[0][0].timestamp if self._chunks else None

    def start(self, epoch: int, position: int) -> None:
        """Begin: chunks of this epoch, from this offset."""
        self._epoch, self._due = epoch, 0
        self.position = self.consumed = position
        self._task = asyncio.create_task(self._guard(), name=f"lane {self.spec.name}/{self.tp.partition}")

    def feed(self, chunk: Chunk) -> None:
        """Take a chunk. One from before our seek is dropped: it is read again."""
        if chunk.epoch != self._epoch or self._stop.is_set():
            return
        if chunk.number != self._due:
            die(f"{self.tp}: chunk {chunk.number} came where {self._due} was due")
        self._due += 1
        self._chunks.append(chunk.records)
        self.buffered += len(chunk.records)
        self._wake.set()

    def survey(self, seen: Reached) -> None:
        """Take note how far the consumer has come. It counts only if all that it handed out has been committed."""
        self.stable = seen.stable
        if seen.epoch == self._epoch and seen.number == self._due - 1 and self.idle:
            self._passed = max(self._passed, seen.position)

    async def close(self) -> None:
        """Stop after the transaction that is under way.

        A lane that has done everything says so in its state: else the marks at the end of its input, once they have
        expired, would look like lost records.
        """
        self._stop.set()
        self._wake.set()
        if self._task is not None:
            await self._task
            if self.position is not None and self.idle and self.reached > self.position:
                await self.stand(self.reached)
        await self.transactor.close()

    async def stand(self, position: int) -> None:
        """Write down a position alone, without outputs."""
        lost = self.losses.change(position)
        await self.transactor.commit([], self.spec.state, self.tp.partition, lost, position)
        self.losses.committed(position)

    async def _guard(self) -> None:
        try:
            await self._run()
        except BaseException as error:  # see the module's docstring
            die_of(self._where, error)

    async def _run(self) -> None:
        while True:
            while not self._chunks and not self._stop.is_set():
                self._wake.clear()
                await self._wake.wait()
            if (early := self.committed_at + self._gap - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), early)
            if self._stop.is_set():
                return
            await self._turn(self._gather())

    def _gather(self) -> Sequence[Inbound]:
        """What came during the last commit becomes one transaction, up to the size of a chunk."""
        records = self._chunks.popleft()
        if self._chunks and len(records) + len(self._chunks[0]) <= self._chunk:
            joined = list(records)
            while self._chunks and len(joined) + len(self._chunks[0]) <= self._chunk:
                joined.extend(self._chunks.popleft())
            records = joined
        return records

    async def _turn(self, records: Sequence[Inbound]) -> None:
        began = time.perf_counter()
        step = self.stage.step(records)
        errors = self.errors.after(len(records), step.tally.get(("raised", ""), 0))
        if errors.too_many(self._share):
            die(f"{self._where}: {told(errors, step, self._share)}", Exit.STEP_ERRORS)
        decided = time.perf_counter()
        landed = await self.transactor.commit(
            step.outputs,
            self.spec.state,
            self.tp.partition,
            {**step.state, **self.errors.change(errors), **self.losses.change(step.position)},
            step.position,
        )
        self.errors = errors
        self.losses.committed(step.position)
        self.buffered -= len(records)
        self.position = step.position
        self.consumed = records[-1].offset + 1
        self.committed_at = time.monotonic()
        self.stage.committed(landed)
        self._metrics.committed(
            self.spec.name,
            self.tp.partition,
            records,
            step,
            decided - began,
            time.perf_counter() - decided,
            time.time(),
        )
