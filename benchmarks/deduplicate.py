"""How fast deduplication judges headlines that were read already, and what a full window costs.

One core, the pure step by itself: rows as the classify stage makes them go through each lane's `Deduplicator`; no
topic, no bytes. Time is the process's own, so that what else runs on the machine counts as little as can be.
"""

import gc
import gzip
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from agents.classify.step import Classifier
from agents.classify.times import given_moment
from agents.deduplicate.memory import WINDOW
from agents.deduplicate.step import Deduplicator
from agents.rulebook import Rulebook
from agents.stage import Inbound
from benchmarks.report import Figure
from schemas.headline import Evidence, Headline, Place
from schemas.row import HeadlineRow, Source

Placed = tuple[int, HeadlineRow]
RUNS = 5
WINDOWS = (10_000, 100_000, 1_000_000)
"""Headlines that a lane remembers."""
_MEASURED = 5_000
_NOON = 1_750_000_000_000
_WORDS = 9
_COUNTRIES = 60
_PAGE = 4096


def measure(archive: Path, windows: Sequence[int] = WINDOWS) -> list[Figure]:
    """Both rates on a real stream, and one figure for each size of the window (none takes the rates alone)."""
    rulebook = Rulebook.load(None)
    with gzip.open(archive, "rb") as lines:
        records = sorted(map(json.loads, lines), key=lambda record: str(record["published_at"]))
    firsts = list({record["title"]: record for record in reversed(records)}.values())[::-1]
    figures = []
    for what, given, to_reach in (
        ("as it comes", records, "≥ 20,000/s"),
        ("unique titles only", firsts, "≥ 12,000/s"),
    ):
        rows = _classified(rulebook, given)
        seconds = min(_judged(rulebook, rows) for _ in range(RUNS))
        rate = len(given) / seconds
        figures.append(
            Figure(
                f"deduplicate, {what}",
                f"{rate:,.0f} headlines/s ({1e6 / rate:.0f} µs each)",
                to_reach,
                f"{archive.name}, {len(given):,} headlines in {len(rows):,} rows of lanes, best of {RUNS}, one core",
            )
        )
    vocabulary = [word for record in firsts for word in record["title"].split() if word.isalpha()]
    return [*figures, *(_window(rulebook, vocabulary, size) for size in windows)]


def _classified(rulebook: Rulebook, records: Iterable[dict[str, object]]) -> list[Placed]:
    classifier = Classifier("bench", 0, rulebook.reader, rulebook.lanes, rulebook.version, None, False)
    rows: list[Placed] = []
    for offset, record in enumerate(records):
        moment = given_moment(record)
        assert moment is not None
        read = classifier.read(Inbound(offset, moment.at, json.dumps(record).encode()), moment.at)
        assert isinstance(read, list)
        rows += [(lane, row) for lane, row in read if isinstance(row, HeadlineRow)]
    return rows


def _judged(rulebook: Rulebook, rows: list[Placed]) -> float:
    """Seconds of this process for all rows, from an empty memory."""
    lanes = [Deduplicator(rulebook.deduplicate) for _ in range(rulebook.lanes.count)]
    gc.collect()
    gc.disable()
    began = time.process_time()
    for lane, row in rows:
        lanes[lane].judge(row)
    seconds = time.process_time() - began
    gc.enable()
    return seconds


def _window(rulebook: Rulebook, vocabulary: list[str], size: int) -> Figure:
    """The cost of a headline while `size` texts are in one lane's window and as many leave it as come."""
    deduplicator = Deduplicator(rulebook.deduplicate)
    rows = _made(vocabulary, WINDOW / size)
    before = _memory()
    gc.disable()  # a worker's collector is as unhurried: streams/collector.py
    for _ in range(size):
        deduplicator.judge(next(rows))
    grown = _memory() - before
    best = float("inf")
    for _ in range(RUNS):
        further = [next(rows) for _ in range(_MEASURED)]
        compared = deduplicator.compared
        began = time.process_time()
        for row in further:
            deduplicator.judge(row)
        best = min(best, time.process_time() - began)
    gc.enable()
    each = (deduplicator.compared - compared) / _MEASURED
    return Figure(
        f"deduplicate, {len(deduplicator):,} texts in a lane's window",
        f"{best / _MEASURED * 1e6:.0f} µs a headline; {each:.1f} texts compared",
        "—",
        f"made of words as often as in the archive, best of {RUNS}; {grown / 1e6:,.0f} MB more than before",
    )


def _made(vocabulary: list[str], apart: float) -> Iterator[HeadlineRow]:
    """New texts without end, each in one country, some of them far more often than others; `apart` in ms."""
    draw = Random(1)
    number = 0
    while True:
        country = int(_COUNTRIES * draw.random() ** 3)
        code = chr(65 + country // 26) + chr(65 + country % 26)
        title = " ".join([code, *draw.choices(vocabulary, k=_WORDS)])
        arrival = _NOON + int(number * apart)
        proof = Evidence(words=code, start=0, end=2, rule="name")
        yield HeadlineRow(
            lane=0,
            primary=True,
            headline=Headline(
                id=f"{number:024x}",
                title=title,
                text_key=f"{number:024x}",
                arrival=arrival,
                event_time=arrival,
                timing="absent",
            ),
            places=(Place(code=code, subregion="001", evidence=(proof,)),),
            themes=(),
            rules="",
            digest="",
            source=Source(topic="bench", partition=0, offset=number),
        )
        number += 1


def _memory() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
