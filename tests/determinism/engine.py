"""The shell without Kafka: lanes that workers own, one transaction at a time, crashes and rebalances anywhere.

It does to the stages what `streams.engine` does, in the same order: a new owner restores the committed state, reads
back the own output that the stage asks for, and reads on from the committed position; a lane's chunk is decided and
then committed whole, or not at all. Former owners are fenced, so there are no two of one lane.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agents.classify.agent import ClassifyStage
from agents.deduplicate.agent import DeduplicateStage
from agents.detect.agent import DetectStage
from agents.rulebook import Rulebook
from agents.stage import Stage
from tests.determinism.broker import Broker, Log, Partition
from tests.determinism.raw import IMPORT, RawLog

CLASSIFIED = "headlines.classified"
DEDUPLICATED = "headlines.deduplicated"


class Stages(NamedTuple):
    """What the lanes run; a looser variant takes the place of one."""

    classify: type[ClassifyStage] = ClassifyStage
    deduplicate: type[DeduplicateStage] = DeduplicateStage
    detect: type[DetectStage] = DetectStage


@dataclass(frozen=True)
class Schedule:
    """How a log is worked off: what may differ from run to run, and must not matter."""

    seed: int
    """Of the order of lanes and of what happens when."""
    chunks: tuple[int, ...] = (1000,)
    """Sizes of chunks, at random."""
    workers: tuple[int, ...] = (1,)
    """How many there are, from one rebalance to the next."""
    crash: float = 0.0
    """Chance that a step is not committed, or that its commit is the last that its worker does."""
    rebalance: float = 0.0
    """Chance of a rebalance after a step."""
    most: int = 40
    """Crashes and rebalances at most, so that every run ends."""


IN_ONE_PIECE = Schedule(0, chunks=(1 << 30,))


@dataclass
class Lane:
    """One input partition of one stage, and who runs it now."""

    name: str
    source: Partition
    build: Callable[[], Stage]
    log: Log
    stage: Stage | None = None
    position: int = 0
    """Of the consumer."""

    @property
    def id(self) -> Partition:
        return self.name, self.source[1]

    @property
    def behind(self) -> bool:
        """Whether there is something to read."""
        return bool(self.log.records) and self.log.records[-1].offset >= self.position


@dataclass
class Run:
    """What came of it."""

    broker: Broker
    happened: Counter[str] = field(default_factory=Counter)
    """Steps, crashes by kind, rebalances, and what the stages tallied."""


def run(rulebook: Rulebook, raw: RawLog, schedule: Schedule, stages: Stages | None = None) -> Run:
    """Work the log off to its end."""
    broker = Broker(raw.records)
    done = Run(broker)
    world = _World(broker, _lanes(rulebook, raw, broker, stages or Stages()), schedule, done.happened)
    world.work()
    return done


class _World:
    def __init__(self, broker: Broker, lanes: Sequence[Lane], schedule: Schedule, happened: Counter[str]) -> None:
        self._broker = broker
        self._lanes = lanes
        self._schedule = schedule
        self._happened = happened
        self._random = random.Random(schedule.seed)
        self._owner: dict[Partition, int] = {}
        self._left = schedule.most
        self._assign()

    def work(self) -> None:
        plan, draw = self._schedule, self._random
        while lanes := [lane for lane in self._lanes if lane.behind]:
            lane = draw.choice(lanes)
            fate = draw.random() if self._left > 0 else 1.0
            self._step(lane, fate < plan.crash)
            if plan.crash <= fate < plan.crash + plan.rebalance:
                self._left -= 1
                self._happened["rebalance"] += 1
                self._assign()

    def _step(self, lane: Lane, crash: bool) -> None:
        stage = lane.stage or self._open(lane)
        records = lane.log.since(lane.position, self._random.choice(self._schedule.chunks))
        step = stage.step(records)
        self._happened["step"] += 1
        how = self._random.choice(("before the commit", "within the transaction", "after the commit")) if crash else ""
        if how in ("", "after the commit"):
            landed = self._broker.commit(lane.id, step)
            lane.position = records[-1].offset + 1
            self._happened.update({f"{one} {other}": count for (one, other), count in step.tally.items()})
            if not crash:
                stage.committed(landed)
                return
        elif how == "within the transaction":
            self._broker.abort(step)
        self._left -= 1
        self._happened[f"crash {how}"] += 1
        # A crash takes all lanes of the worker along.
        for other in self._lanes:
            if self._owner[other.id] == self._owner[lane.id]:
                other.stage = None
                other.position = self._broker.states[other.id].position or 0

    def _assign(self) -> None:
        """A rebalance: lanes change hands, and all are opened anew."""
        workers = self._random.choice(self._schedule.workers)
        for lane in self._lanes:
            self._owner[lane.id] = self._random.randrange(workers)
            lane.stage = None
            lane.position = self._broker.states[lane.id].position or 0

    def _open(self, lane: Lane) -> Stage:
        stage = lane.stage = lane.build()
        memory = stage.restore(dict(self._broker.states[lane.id].values))
        if memory is not None:
            own = self._broker.logs[memory.topic, memory.partition].since(memory.offset)
            cut = self._random.randint(0, len(own))
            stage.remember(own[:cut])
            stage.remember(own[cut:])
        return stage


def _lanes(rulebook: Rulebook, raw: RawLog, broker: Broker, stages: Stages) -> list[Lane]:
    """As `streams.stages.specs` builds them."""
    merged: Mapping[Partition, int | None] = raw.inputs

    def classify(part: Partition) -> Callable[[], Stage]:
        return lambda: stages.classify(*part, rulebook, start=merged[part], ends=part[0] == IMPORT)

    def deduplicate(lane: int) -> Callable[[], Stage]:
        return lambda: stages.deduplicate(lane, merged, raw.cut, rulebook.deduplicate)

    def detect(lane: int) -> Callable[[], Stage]:
        given = rulebook.lanes.subregions(lane), rulebook.detect, rulebook.reader.directions, rulebook.version
        return lambda: stages.detect(lane, *given)

    found = [
        ("classify-import" if part[0] == IMPORT else "classify", part, classify(part)) for part in sorted(raw.records)
    ]
    for lane in range(rulebook.lanes.count):
        found.append(("deduplicate", (CLASSIFIED, lane), deduplicate(lane)))
        found.append(("detect", (DEDUPLICATED, lane), detect(lane)))
    return [Lane(name, source, build, broker.logs[source]) for name, source, build in found]
