"""How long a worker takes over lanes that remember 48 h at 100,000 headlines a day.

    python -m tests.determinism.recovery [--headlines 200000]

The lanes' output and state are written by the stages' own code through the engine's own transactions, to a real
Kafka; then a worker is started and asked for `tocsin_recovery_seconds`. Prints JSON.
"""

import argparse
import asyncio
import heapq
import json
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from agents.classify.agent import ClassifyStage
from agents.deduplicate.agent import DeduplicateStage
from agents.deduplicate.merge_state import MergeState
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.base import DAY, MINUTE
from streams import kafka
from streams.broker.server import LocalKafka
from streams.demo.wire import wire
from streams.demo.wire.sample import encode
from streams.engine.transaction import Transactor
from tests.integration.deployment import Deployment, ready, until

RAW = "headlines.raw"
TICK = b'{"tocsin":"tick"}'
CHUNK = 2000


def headlines(number: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Two days of raw records: as many wires at once as it takes, each with a word of its own in every title."""
    wires: list[list[tuple[int, bytes]]] = []
    while (have := sum(map(len, wires))) < number:
        word = f" at Station {len(wires)}"
        items = wire(end, days=2, seed=len(wires))[: number - have]
        wires.append([(item.published_at, encode(item._replace(title=item.title + word))) for item in items])
    yield from heapq.merge(*wires)


async def remembered(deployment: Deployment, number: int, end: int) -> dict[str, int]:
    """Write what lanes would have written about `number` headlines of the 48 h before `end`."""
    rulebook = Rulebook.load()
    inputs = {(RAW, 0): end - 3 * DAY, (RAW, 1): end - 3 * DAY}
    classify = [ClassifyStage(*part, rulebook, start=end - 3 * DAY) for part in inputs]
    lanes = {n: DeduplicateStage(n, inputs, None, rulebook.deduplicate) for n in range(rulebook.lanes.count)}
    settings = deployment.settings
    writers = {
        n: Transactor(settings.transactional_id("deduplicate", n), kafka.client_options(settings), settings.topic)
        for n in lanes
    }
    offsets: dict[int, int] = defaultdict(int)
    written = {"rows": 0, "bytes": 0}
    await asyncio.gather(*[writer.fence() for writer in writers.values()])
    waiting = list(headlines(number, end))
    for first in range(0, len(waiting), CHUNK):
        chunk = waiting[first : first + CHUNK]
        rows: dict[int, list[Inbound]] = defaultdict(list)
        for part, reader in enumerate(classify):
            mine = [*chunk[part::2], (chunk[-1][0] + 1, TICK)]
            for out in reader.step([Inbound(first + n, at, value) for n, (at, value) in enumerate(mine)]).outputs:
                if out.topic == "headlines.classified":
                    rows[out.partition].append(Inbound(offsets[out.partition], 0, out.value))
                    offsets[out.partition] += 1
        for lane, stage in lanes.items():
            step = stage.step(rows[lane])
            landed = await writers[lane].commit(step.outputs, "state.deduplicate", lane, _anew(step.state), 0)
            stage.committed(landed)
            written["rows"] += len(step.outputs)
            written["bytes"] += sum(len(out.value or b"") for out in step.outputs)
    await asyncio.gather(*[writer.close() for writer in writers.values()])
    return written | {"texts": sum(int(stage.step([]).gauges["memory"]) for stage in lanes.values())}


def _anew(state: dict[bytes, bytes | None]) -> dict[bytes, bytes | None]:
    """As if the classified rows that are not there had never been read: the lane goes on at the topic's beginning."""
    merge = state.get(b"merge")
    if merge is None:
        return state
    return {**state, b"merge": MergeState.decode(merge).model_copy(update={"low": 0, "next": 0}).encode()}


def metric(port: int, name: str) -> float:
    """One gauge of the worker's."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
    return 0.0


def measure(bootstrap: str, directory: Path, number: int) -> dict[str, object]:
    """Write, start, ask."""
    deployment = Deployment(bootstrap, f"recovery{int(time.time())}.", directory)
    deployment.run("topics", "create")
    # Without headlines: only so that the generation has begun and its other lanes have positions.
    with deployment.worker("--processes", "1", "--drain") as first:
        assert first.wait(60) == 0
    end = int(time.time() * 1000) // MINUTE * MINUTE
    written = asyncio.run(remembered(deployment, number, end))
    began = time.monotonic()
    with deployment.worker() as worker:
        until(lambda: ready(deployment.port), "ready", seconds=120)
        took = time.monotonic() - began
        recovery = metric(deployment.port, "tocsin_recovery_seconds")
        worker.kill()
    return {
        "headlines": number,
        **written,
        "recovery_seconds": round(recovery, 2),
        "start_to_ready_seconds": round(took, 2),
    }


def main() -> None:
    """Measure on a Kafka of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headlines", type=int, default=200_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, LocalKafka(Path(directory) / "kafka", port=0) as local:
        print(json.dumps(measure(local.bootstrap, Path(directory), arguments.headlines)))


if __name__ == "__main__":
    main()
