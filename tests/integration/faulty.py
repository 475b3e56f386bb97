"""`tocsin` with faults of ours put in: `python -m tests.integration.faulty worker ...`.

A title says what happens to the record that has it, and where, so that everything else goes on as ever:

    raise classify | raise deduplicate | raise detect      the step raises, unless FIXED is set
    hang                                                   the step never returns, and sleeps; once, with $HANGS_ONCE
    spin                                                   the same, and never lets another thread run
    deaf                                                   the consumer's thread hangs
    blind                                                  no partition is fetched until the file $SIGHT is there
    drop                                                   its chunk is lost between fetch and lane

With ALONE set, the consumer group is never joined.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.group_coordinator import GroupCoordinator

from agents.classify.agent import ClassifyStage
from agents.classify.step import Classifier
from agents.deduplicate.step import Deduplicator
from agents.detect.step import Detector
from streams import supervisor
from streams.cli import main
from streams.engine.lanes import Lanes
from streams.engine.transport import LaneThread


class InjectedError(Exception):
    """What a fault raises."""


def before(owner: type, name: str, look: Callable[..., None]) -> None:
    """Have `look` called with what `owner.name` is called with, and then that."""
    original = getattr(owner, name)

    def wrapped(*args: Any, **more: Any) -> Any:
        look(*args)
        return original(*args, **more)

    setattr(owner, name, wrapped)


def poison(stage: str, title: str) -> None:
    """Raise if the title says so."""
    if f"raise {stage}" in title and not os.environ.get("FIXED"):
        raise InjectedError(f"a fault in {stage}")


def classify(_: Classifier, _meant: Any, record: Any, _arrival: int | None) -> None:
    poison("classify", (record.value or b"").decode(errors="replace"))


def deduplicate(_: Deduplicator, row: Any) -> None:
    poison("deduplicate", row.headline.title)


def detect(_: Detector, rows: Any) -> None:
    for row in rows:
        if row.kind == "headline":
            poison("detect", row.headline.title)


def hang(_: ClassifyStage, records: Any) -> None:
    values = b"".join(record.value or b"" for record in records)
    if b'"hang' in values:
        once = os.environ.get("HANGS_ONCE")
        if once is None or not Path(once).exists():
            if once is not None:
                Path(once).touch()
            time.sleep(600)
    if b'"spin' in values:
        re.match("(a|aa)+$", "a" * 60 + "b")


original_fetch = LaneThread._fetch_records
original_request = Fetcher._proc_fetch_request
blind = False
original_feed = Lanes.feed


async def fetch(self: LaneThread, *args: Any, **more: Any) -> Any:
    chunks = await original_fetch(self, *args, **more)
    global blind
    if not blind and any(b'"blind' in (record.value or b"") for _, chunk in chunks for record in chunk.records):
        blind = True
        print("blind", file=sys.stderr, flush=True)
    if any(b'"deaf' in (record.value or b"") for _, chunk in chunks for record in chunk.records):
        time.sleep(600)
    return chunks


async def request(self: Fetcher, *args: Any) -> Any:
    while blind and not Path(os.environ["SIGHT"]).exists():
        await asyncio.sleep(0.05)
    return await original_request(self, *args)


def feed(self: Lanes, tp: Any, chunk: Any) -> None:
    if not any(b'"drop' in (record.value or b"") for record in chunk.records):
        original_feed(self, tp, chunk)


async def join(*_: Any) -> bool:
    print("joining", file=sys.stderr, flush=True)
    await asyncio.sleep(600)
    return False


if os.environ.get("ALONE"):
    GroupCoordinator._do_rejoin_group = join
before(Classifier, "decide", classify)
before(Deduplicator, "judge", deduplicate)
before(Detector, "step", detect)
before(ClassifyStage, "step", hang)
Fetcher._proc_fetch_request = request
LaneThread._fetch_records = fetch  # type: ignore[method-assign]
Lanes.feed = feed  # type: ignore[method-assign]
supervisor.this_command = lambda *arguments: [sys.executable, "-m", "tests.integration.faulty", *arguments]

if __name__ == "__main__":
    main()
