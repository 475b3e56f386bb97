"""The property with real workers on a real Kafka: generations beside each other over one raw topic.

Each generation reads the same raw topic and imports the same history, in chunks of its own size, with so many workers,
of which some are killed with -9 and others leave and come back while the backlog is worked off. Then every lane of
`headlines.deduplicated` and of `alerts` has to be the same, record by record, byte for byte. Nobody ticks but
those who drain: the ticks at the log's end are written with it, and minutes that a later tick sets free may follow.
"""

import asyncio
import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.alert import Alert
from schemas.base import DAY
from streams.demo.wire import wire
from tests.determinism.histories import LIVELY
from tests.determinism.raw import TICK
from tests.integration.deployment import Deployment
from tests.integration.lines import as_lines

COMPARED = ("headlines.deduplicated", "alerts", "alerts.current", "counts")


class Plan(NamedTuple):
    """How one generation works the log off."""

    chunk: int
    workers: int
    kills: int = 0
    """With -9, of a random worker; it comes back at once."""
    rebalances: int = 0
    """A random worker is told to leave, and comes back."""


LONG = (
    Plan(5000, 1),
    Plan(1000, 4, kills=6, rebalances=4),
    Plan(7, 3, kills=10, rebalances=4),
    Plan(7, 2, kills=4, rebalances=8),
    Plan(1, 4, kills=6, rebalances=2),
)
SHORT = (Plan(5000, 1), Plan(7, 2, kills=1, rebalances=1))


@dataclass
class Result:
    """A row of the table of campaigns."""

    seed: int
    headlines: int
    rows: int = 0
    alerts: int = 0
    opened: int = 0
    plans: list[dict[str, Any]] = field(default_factory=list)
    """Each with how many kills hit a worker that still had something to do."""
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.differences and self.opened > 0

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "campaign": "determinism, real workers",
            "repeat": f"python -m tests.determinism --workers --headlines {self.headlines} --seed {self.seed}",
            "passed": self.passed,
            "rows": self.rows,
            "alert_revisions": self.alerts,
            "opened": self.opened,
            "plans": self.plans,
            "seconds": round(self.seconds, 1),
            "failure": "; ".join(self.differences) or None,
        }


def run(kafka: str, directory: Path, headlines: int, plans: Sequence[Plan] = LONG, seed: int = 1) -> Result:
    """Write one raw log, work it off by every plan, compare all with the first."""
    began = time.monotonic()
    draw = random.Random(seed)
    result = Result(seed, headlines)
    name = f"d{int(began * 1000) % 10**9:x}"
    now = int(time.time() * 1000)
    items = wire(now - 2 * DAY, days=20, seed=seed)
    history, live = directory / "history.jsonl", directory / "live.jsonl"
    history.write_bytes(as_lines(items[-headlines:]))
    live.write_bytes(as_lines(wire(now, days=20, seed=seed + 1)[-headlines:], restamp=now))
    expected: dict[tuple[str, int], list[tuple[bytes, bytes]]] = {}
    raw = ""
    for number, plan in enumerate(plans):
        deployment = Deployment(kafka, f"{name}x{number}.", directory)
        raw = raw or deployment.settings.raw_topic
        deployment.settings = deployment.settings.model_copy(update={"raw_topic": raw})
        deployment.environment |= {
            "TOCSIN_RAW_TOPIC": raw,
            "TOCSIN_TICK": "false",
            "TOCSIN_SET": ",".join(LIVELY),
            "TOCSIN_CHUNK": str(plan.chunk),
            "TOCSIN_TRANSACTION_GAP_MS": "0" if plan.chunk == 1 else "50",
        }
        deployment.run("topics", "create")
        if number == 0:
            deployment.run("feed", str(live))
            asyncio.run(_ticked(kafka, raw))
        deployment.run("feed", "--import", str(history))
        hits = _worked_off(deployment, plan, draw)
        found = _read(deployment)
        result.plans.append({**plan._asdict(), "under_load": hits})
        if number == 0:
            expected = found
            result.rows = sum(len(records) for (topic, _), records in found.items() if topic == COMPARED[0])
            alerts = [Alert.decode(v) for (t, _), records in found.items() if t == "alerts" for _, v in records]
            result.alerts, result.opened = len(alerts), sum(alert.status == "opened" for alert in alerts)
        result.differences += _differences(plan, expected, found)
    result.seconds = time.monotonic() - began
    return result


def _worked_off(deployment: Deployment, plan: Plan, draw: random.Random) -> int:
    """Run workers, disturb them, and let one drain what is left; how often there was still work to be disturbed."""
    marks: list[int] = []
    if plan.kills or plan.rebalances:
        with ExitStack() as stack:
            workers = [_start(deployment, stack, n) for n in range(plan.workers)]
            events = ["kill"] * plan.kills + ["leave"] * plan.rebalances
            draw.shuffle(events)
            for event in events:
                _advance(deployment, marks[-1] if marks else 0, draw)
                victim = draw.randrange(len(workers))
                marks.append(asyncio.run(_end(deployment)))
                os.kill(workers[victim].pid, signal.SIGKILL if event == "kill" else signal.SIGTERM)
                workers[victim].wait(40)
                workers[victim] = _start(deployment, stack, victim)
    with deployment.worker("--processes", "1", "--drain") as drain:
        assert drain.wait(300) == 0
    last = asyncio.run(_end(deployment))
    return sum(mark < last for mark in marks)


def _start(deployment: Deployment, stack: ExitStack, number: int) -> "subprocess.Popen[bytes]":
    name = f"{deployment.settings.prefix}-{number}"
    return stack.enter_context(deployment.worker(TOCSIN_INSTANCE_ID=name, TOCSIN_HTTP_PORT="0"))


def _advance(deployment: Deployment, mark: int, draw: random.Random) -> None:
    """Wait until something more came out, or until it is clear that nothing will; then a moment of chance."""
    end = time.monotonic() + 20
    while time.monotonic() < end and asyncio.run(_end(deployment)) <= mark:
        time.sleep(0.05)
    time.sleep(draw.random())


async def _ticked(kafka: str, raw: str) -> None:
    """Both partitions' last ticks, twice: the second is surely later than every headline."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        for _ in range(2):
            await asyncio.sleep(0.01)
            for partition in await producer.partitions_for(raw):
                await producer.send_and_wait(raw, value=TICK, partition=partition)
    finally:
        await producer.stop()


async def _end(deployment: Deployment) -> int:
    """How much has come out, as offsets."""
    settings = deployment.settings
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers, isolation_level="read_committed")
    await consumer.start()
    try:
        topic = settings.topic(COMPARED[0])
        return sum((await consumer.end_offsets([TopicPartition(topic, lane) for lane in range(4)])).values())
    finally:
        await consumer.stop()


def _read(deployment: Deployment) -> dict[tuple[str, int], list[tuple[bytes, bytes]]]:
    found: dict[tuple[str, int], list[tuple[bytes, bytes]]] = {}
    for topic in COMPARED:
        for record in deployment.records(topic):
            found.setdefault((topic, record.partition), []).append((record.key, record.value))
    return found


def _differences(plan: Plan, expected: dict[Any, Any], found: dict[Any, Any]) -> list[str]:
    said = []
    for part in sorted({*expected, *found}):
        one, two = expected.get(part, []), found.get(part, [])
        # a drain ticks raw where it has to: what it sets free behind the end are minutes, and nothing else
        longer = max(one, two, key=len)
        least = min(len(one), len(two))
        if one[:least] != two[:least] or any(b'"kind":"minute"' not in value for _, value in longer[least:]):
            at = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
            said.append(f"{plan}: {part[0]}[{part[1]}] differs at record {at} ({len(one)} and {len(two)} records)")
    return said
