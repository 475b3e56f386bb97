"""A year of a stationary wire through the real stages: what it leaves in state, memory and process, week by week.

    python -m tests.determinism.growth [--weeks 52] [--wires 18] [--write]

The wire is the demo's (`streams/demo/wire`), a new seed for each week and desk, so that titles, places and stories
are always others, at about 140 headlines a day for each wire. Every chunk goes through the stages as bytes and its
state is kept as a state topic keeps it. The table is for `docs/RELIABILITY.md`; `--write` draws
`docs/state-growth.svg`.
"""

import argparse
import heapq
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from agents.classify.agent import ClassifyStage
from agents.deduplicate.agent import DeduplicateStage
from agents.detect.agent import DetectStage
from agents.rulebook import Rulebook
from agents.stage import Inbound, Stage
from schemas.base import DAY
from streams.demo.wire import wire
from streams.demo.wire.sample import encode
from tests.determinism.broker import Broker
from tests.determinism.picture import draw, table

START = 1_767_225_600_000
"""2026-01-01."""
RAW = "headlines.raw"
TICK = b'{"tocsin":"tick"}'
WEEK = 7 * DAY
ROOT = Path(__file__).parent.parent.parent


class Week(NamedTuple):
    """How things stand at a week's end."""

    week: int
    headlines: int
    """So far."""
    deduplicate_entries: int
    deduplicate_bytes: int
    detect_entries: int
    detect_bytes: int
    texts: int
    """Remembered by deduplication, in all lanes."""
    series: int
    rss: int
    """Of the process, bytes."""


def headlines(week: int, wires: int) -> Iterator[tuple[int, bytes]]:
    """A week of raw records by time: so many wires at once, none like another or like last week's."""
    begin = START + week * WEEK
    items = [wire(begin + WEEK, days=7, seed=1000 * week + n) for n in range(wires)]
    for item in heapq.merge(*items):
        yield item.published_at, encode(item)


class System:
    """All stages of one raw partition and its lanes, on logs that are let go of once they are read."""

    def __init__(self, rulebook: Rulebook) -> None:
        inputs = {(RAW, 0): START}
        self._broker = Broker({})
        self._classify = ClassifyStage(RAW, 0, rulebook, START)
        self._lanes: list[tuple[int, DeduplicateStage, DetectStage]] = []
        for lane in range(rulebook.lanes.count):
            given = rulebook.lanes.subregions(lane), rulebook.detect, rulebook.reader.directions, rulebook.version
            deduplicate = DeduplicateStage(lane, inputs, None, rulebook.deduplicate)
            self._lanes.append((lane, deduplicate, DetectStage(lane, *given)))
        self._offset = 0
        self.gauges: dict[tuple[str, int], dict[str, float]] = {}

    def feed(self, records: Sequence[tuple[int, bytes]]) -> None:
        """A chunk all the way through, and a tick behind it."""
        stamped = [*records, (records[-1][0] + 1, TICK)]
        chunk = [Inbound(self._offset + n, at, value) for n, (at, value) in enumerate(stamped)]
        self._offset += len(chunk)
        self._step("classify", 0, self._classify, chunk)
        for lane, deduplicate, detect in self._lanes:
            self._step("deduplicate", lane, deduplicate, self._taken("headlines.classified", lane))
            self._step("detect", lane, detect, self._taken("headlines.deduplicated", lane))
        for log in self._broker.logs.values():
            log.records.clear()
            log.kinds.clear()

    def _taken(self, topic: str, lane: int) -> list[Inbound]:
        return list(self._broker.logs[topic, lane].records)

    def _step(self, name: str, number: int, stage: Stage, records: Sequence[Inbound]) -> None:
        if records:
            step = stage.step(records)
            stage.committed(self._broker.commit((name, number), step))
            self.gauges[name, number] = dict(step.gauges)

    def size(self, name: str) -> tuple[int, int]:
        """Entries and bytes of a stage's state topic, after compaction."""
        values = [entries.values for (stage, _), entries in self._broker.states.items() if stage == name]
        size = sum(len(key) + len(value) for each in values for key, value in each.items())
        return sum(map(len, values)), size

    def gauge(self, name: str) -> int:
        """A gauge over all lanes."""
        return int(sum(gauges.get(name, 0) for gauges in self.gauges.values()))


def year(weeks: int, wires: int, overrides: Sequence[str] = (), chunk: int = 200) -> Iterator[Week]:
    """Play `weeks`, under rules with `overrides`; how things stand after each."""
    system = System(Rulebook.load(overrides=overrides))
    told = 0
    for week in range(weeks):
        waiting: list[tuple[int, bytes]] = []
        for record in headlines(week, wires):
            waiting.append(record)
            told += 1
            if len(waiting) == chunk:
                system.feed(waiting)
                waiting = []
        if waiting:
            system.feed(waiting)
        yield Week(
            week + 1,
            told,
            *system.size("deduplicate"),
            *system.size("detect"),
            system.gauge("memory"),
            system.gauge("series"),
            psutil.Process().memory_info().rss,
        )


def main() -> None:
    """Play the year, say how it stands after each week, and perhaps write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--wires", type=int, default=18, help="about 140 headlines a day each")
    parser.add_argument("--write", action="store_true", help="draw docs/state-growth.svg")
    arguments = parser.parse_args()
    began = time.monotonic()
    found = []
    for week in year(arguments.weeks, arguments.wires):
        found.append(week)
        print(json.dumps(week._asdict()), flush=True)
    print(table(found))
    print(f"{time.monotonic() - began:.0f} s")
    if arguments.write:
        (ROOT / "docs" / "state-growth.svg").write_text(draw(found), encoding="utf-8")


if __name__ == "__main__":
    main()
