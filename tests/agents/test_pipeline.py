"""The pipeline in memory and the stages in bytes are one system: the same log, the same alerts, byte for byte.

The log is made of random headlines with bursts; it is cut into chunks at random, dealt out to 1, 2 and 7 partitions,
and each stage is thrown away and restored in the middle of it.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import ClassVar, cast

import pytest

from agents.classify.agent import ClassifyStage
from agents.classify.lanes import Lanes
from agents.classify.reader import RULES, Reader, Reading
from agents.deduplicate import rules as deduplicate_rules
from agents.deduplicate.agent import DeduplicateStage
from agents.detect import rules as detect_rules
from agents.detect.agent import DetectStage
from agents.pipeline import Input, Pipeline
from agents.rulebook import Rulebook
from agents.stage import Inbound, Stage
from schemas.alert import Alert
from schemas.base import DAY, MINUTE
from schemas.headline import Place, Theme
from tests.agents.classify.test_step import END, SUBREGION, TICK, StubReader

T0 = 1_764_000_000_000 // MINUTE * MINUTE
DAYS = 12
IMPORT = "headlines.import"
RAW = "headlines.raw"

Records = dict[tuple[str, int], list[Inbound]]


class ThemeReader(StubReader):
    """Finds themes, too: words with a hyphen."""

    directions: ClassVar = {
        "troop-deployment": "escalatory",
        "air-strike": "escalatory",
        "peace-talks": "de-escalatory",
    }

    def read(self, title: str, at: int) -> Reading:
        found = super().read(title, at)
        themes = [word for word in dict.fromkeys(title.split()) if word in self.directions]
        return Reading(found.places, tuple(Theme(theme=word, counted=True, evidence=()) for word in themes), ())


@cache
def rulebook() -> Rulebook:
    lively = {"learning_days": 2, "min_unique": 2, "min_publishers": 1, "alpha": 0.02, "sustained_after_hours": 6}
    return Rulebook(
        reader=cast(Reader, ThemeReader()),
        lanes=Lanes.load(RULES / "lanes.yaml"),
        deduplicate=deduplicate_rules.load_rules(),
        detect=detect_rules.load_rules(overrides=lively),
        version="0123456789ab",
    )


def history(seed: int) -> list[tuple[int, bytes | None]]:
    """Times and values of a raw log: steady news, bursts, repeats, withdrawals, stale ones, rubbish, jumps back."""
    chance = random.Random(seed)
    bursts = [(chance.choice(list(SUBREGION)), T0 + chance.randrange(3 * DAY, DAYS * DAY)) for _ in range(3)]
    times = sorted(
        [T0 + chance.randrange(DAYS * DAY) for _ in range(360)]
        + [at + chance.randrange(3 * 60 * MINUTE) for _, at in bursts for _ in range(25)]
    )
    log: list[tuple[int, bytes | None]] = []
    for n, at in enumerate(times):
        place = next((place for place, start in bursts if start <= at <= start + 180 * MINUTE), None)
        loud = place is not None and chance.random() < 0.7
        words = [place if loud and place else chance.choice([*SUBREGION, "nowhere", "KP US"])]
        words += (
            chance.choice([["troop-deployment"], ["air-strike"]]) if loud else chance.choice([[], [], ["peace-talks"]])
        )
        fields: dict[str, object] = {
            "title": " ".join([*words, *(f"w{chance.randrange(900)}" for _ in range(6))]),
            "source": f"paper {chance.randrange(9)}",
            "url": f"https://paper.example/{n}",
        }
        if chance.random() < 0.5:
            fields["published_at"] = at - chance.choice([0, 5 * MINUTE, 90 * MINUTE, 2 * DAY])
        value = json.dumps(fields).encode()
        if chance.random() < 0.1 and log:
            value = log[chance.randrange(len(log))][1] or b""
        elif chance.random() < 0.03:
            value = chance.choice([b"rubbish", b"", b'{"tocsin":"x"}', json.dumps({"title": "boom"}).encode()])
        elif chance.random() < 0.02:
            value = json.dumps({"withdraws": f"https://paper.example/{chance.randrange(n + 1)}"}).encode()
        log.append((at, value))
    return log


def dealt(log: Sequence[tuple[int, bytes | None]], partitions: int) -> Records:
    """As an import: arrival over the whole, rows dealt out, end ticks."""
    records: Records = {(IMPORT, partition): [] for partition in range(partitions)}
    end = (log[-1][0] // MINUTE + 1) * MINUTE
    rows = [
        *((n % partitions, at, value) for n, (at, value) in enumerate(log)),
        *((p, end, END) for p in range(partitions)),
    ]
    for partition, at, value in rows:
        mine = records[IMPORT, partition]
        mine.append(Inbound(len(mine), at, value))
    return records


def cut(records: Sequence[Inbound], chance: random.Random) -> list[Sequence[Inbound]]:
    chunks, at = [], 0
    while at < len(records):
        size = chance.choice([1, 2, 7, 60, 400])
        chunks.append(records[at : at + size])
        at += size
    return chunks


def in_memory(records: Records, chance: random.Random, start: int | None = None) -> tuple[list[bytes], Pipeline]:
    inputs = [Input(topic, partition, start if topic == RAW else None, topic == IMPORT) for topic, partition in records]
    pipeline = Pipeline(rulebook(), inputs)
    alerts: list[Alert] = []
    queues = {part: cut(mine, chance) for part, mine in records.items()}
    while queues:
        part = chance.choice(list(queues))
        alerts += pipeline.feed(*part, queues[part].pop(0)).alerts
        if not queues[part]:
            del queues[part]
    assert pipeline.late == 0
    return in_order([alert.encode() for alert in alerts]), pipeline


def in_order(alerts: list[bytes]) -> list[bytes]:
    return sorted(alerts, key=lambda value: (Alert.decode(value).id, Alert.decode(value).revision))


class Shell:
    """What the engine does, without Kafka: commits of outputs, state and position, and crashes between them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.logs: dict[tuple[str, int], list[Inbound]] = defaultdict(list)

    def run(self, build: Callable[[], Stage], records: Sequence[Inbound]) -> None:
        state: dict[bytes, bytes] = {}
        position = 0
        stage = self.restored(build, state)
        done = crashes = 0
        while done < len(records):
            if crashes < 3 and self.chance.random() < 0.1:
                crashes += 1
                stage.step(records[done : done + 50])  # decided, never committed
                stage, done = self.restored(build, state), position
            size = self.chance.choice([1, 5, 40, 300])
            step = stage.step(records[done : done + size])
            first: dict[tuple[str, int], int] = {}
            for out in step.outputs:
                log = self.logs[out.topic, out.partition]
                first.setdefault((out.topic, out.partition), len(log))
                log.append(Inbound(len(log), 0, out.value, out.key))
            state.update({key: value for key, value in step.state.items() if value is not None})
            for key in [key for key, value in step.state.items() if value is None]:
                state.pop(key, None)
            position = step.position
            stage.committed(first)
            done += size

    def restored(self, build: Callable[[], Stage], state: dict[bytes, bytes]) -> Stage:
        stage = build()
        memory = stage.restore(dict(state))
        if memory is not None:
            stage.remember(self.logs[memory.topic, memory.partition][memory.offset :])
        return stage


def in_bytes(records: Records, chance: random.Random, start: int | None = None) -> list[bytes]:
    shell, book = Shell(chance), rulebook()
    inputs = {(topic, partition): start if topic == RAW else None for topic, partition in records}
    for part, mine in records.items():
        shell.run(partial(ClassifyStage, *part, book, inputs[part], part[0] == IMPORT), mine)
    for lane in range(book.lanes.count):
        deduplicate = partial(DeduplicateStage, lane, inputs, None, book.deduplicate)
        shell.run(deduplicate, shell.logs["headlines.classified", lane])
        subregions = book.lanes.subregions(lane)
        detect = partial(DetectStage, lane, subregions, book.detect, book.reader.directions, book.version)
        shell.run(detect, shell.logs["headlines.deduplicated", lane])
    alerts = [record.value or b"" for (topic, _), log in shell.logs.items() if topic == "alerts" for record in log]
    return in_order(alerts)


@cache
def truth(seed: int) -> list[bytes]:
    """The alerts of the whole log in one piece."""
    pipeline = Pipeline(rulebook(), [Input(IMPORT, 0, None, True)])
    return in_order([alert.encode() for alert in pipeline.feed(IMPORT, 0, dealt(history(seed), 1)[IMPORT, 0]).alerts])


@pytest.mark.parametrize("seed", range(2))
def test_there_is_something_to_compare(seed: int) -> None:
    statuses = {Alert.decode(value).status for value in truth(seed)}
    assert "opened" in statuses or "escalated" in statuses


@pytest.mark.parametrize("partitions", [1, 2, 7])
@pytest.mark.parametrize("seed", range(2))
def test_neither_cuts_nor_partitions_matter(seed: int, partitions: int) -> None:
    alerts, pipeline = in_memory(dealt(history(seed), partitions), random.Random(seed + partitions))
    assert alerts == truth(seed)
    assert pipeline.waiting == 0


@pytest.mark.parametrize("partitions", [1, 2, 7])
@pytest.mark.parametrize("seed", range(2))
def test_stages_in_bytes_give_the_same(seed: int, partitions: int) -> None:
    assert in_bytes(dealt(history(seed), partitions), random.Random(seed * partitions)) == truth(seed)


def test_live_partitions_give_the_same_as_far_as_they_have_promised() -> None:
    records: Records = {}
    for (_, partition), mine in dealt(history(1), 2).items():
        last = mine[-1]
        records[RAW, partition] = [*mine[:-1], last._replace(value=TICK, timestamp=last.timestamp + 2 * DAY)]
    alerts, pipeline = in_memory(records, random.Random(5), T0)
    assert alerts == in_bytes(records, random.Random(6), T0)
    assert len(alerts) >= len(truth(1))
    assert pipeline.waiting == 0


def test_a_silent_partition_holds_everything_back() -> None:
    records = dealt(history(0), 2)
    silent = records.pop((IMPORT, 1))
    pipeline = Pipeline(rulebook(), [Input(IMPORT, 0, None, True), Input(IMPORT, 1, None, True)])
    assert pipeline.feed(IMPORT, 0, records[IMPORT, 0]).alerts == []
    assert pipeline.waiting > 0
    assert pipeline.feed(IMPORT, 1, silent).alerts
    assert pipeline.waiting == 0


def test_the_tally_accounts_for_every_record() -> None:
    log = history(2)
    _, pipeline = in_memory(dealt(log, 2), random.Random(1))
    tally = pipeline.tally
    assert tally.accepted + sum(tally.rejected.values()) + tally.withdrawals == len(log)
    assert sum(tally.verdicts.values()) == tally.accepted
    assert tally.stale > 0
    assert tally.rejected["step_error"] > 0
    assert tally.verdicts["unique"] < tally.accepted


def test_places_are_what_the_stub_says() -> None:
    assert ThemeReader().read("KP air-strike", 1).places == (Place(code="KP", subregion="030", evidence=()),)
