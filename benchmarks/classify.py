"""How fast the classify stage decides, as a pure step: bytes of raw records in, rows out, on one core.

Processor time of this process, best of several runs, with the collector as a worker sets it. What it does not hold is
Kafka and the encoding of rows: `kafka` measures those.
"""

import gzip
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from agents.classify.step import Classifier, day_of
from agents.classify.times import given_moment
from agents.rulebook import Rulebook
from agents.stage import Inbound
from benchmarks.report import Figure
from schemas.base import SECOND
from streams.collector import unhurried_for_now
from streams.settings import RAW

CHUNK = 500
RUNS = 7
ARRIVAL = 1_756_000_000_000
"""Of the first record, ms; one follows another by a second, so that minutes close as they do live."""


def measure(path: Path, name: str, target: tuple[str, str], runs: int = RUNS) -> list[Figure]:
    """The step on the file's rows as they come and on its distinct titles only, and the reader alone on these.

    `target`: what is to be reached as they come, and on distinct titles.
    """
    rulebook = Rulebook.load()
    values = _values(path)
    distinct = list({orjson.loads(value)["title"]: value for value in reversed(values)}.values())[::-1]
    return [
        _figure("classify, rows as they come", _step(rulebook, values, runs), len(values), target[0], name, runs),
        _figure("classify, distinct titles", _step(rulebook, distinct, runs), len(distinct), target[1], name, runs),
        _figure("reader alone, distinct titles", _reader(rulebook, distinct, runs), len(distinct), "—", name, runs),
    ]


def _step(rulebook: Rulebook, values: Sequence[bytes], runs: int) -> float:
    records = [Inbound(index, ARRIVAL + index * SECOND, value) for index, value in enumerate(values)]
    chunks = [records[first : first + CHUNK] for first in range(0, len(records), CHUNK)]

    def run() -> None:
        # anew each time, so that nothing is remembered from the run before
        classifier = Classifier(RAW, 0, rulebook.reader, rulebook.lanes, rulebook.version, ARRIVAL, ends=False)
        clock = classifier.start
        for chunk in chunks:
            clock, _, _ = classifier.step(clock, chunk)

    return _best(run, runs)


def _reader(rulebook: Rulebook, values: Sequence[bytes], runs: int) -> float:
    titles = [(document["title"], _at(document)) for document in map(orjson.loads, values)]
    read = rulebook.reader.read

    def run() -> None:
        for title, at in titles:
            read(title, at)

    return _best(run, runs)


def _at(document: dict[str, object]) -> int:
    moment = given_moment(document)
    return day_of(ARRIVAL if moment is None else moment.at)


def _best(run: Callable[[], None], runs: int) -> float:
    best = float("inf")
    with unhurried_for_now():
        for _ in range(runs):
            began = time.process_time()
            run()
            best = min(best, time.process_time() - began)
    return best


def _figure(what: str, seconds: float, rows: int, to_reach: str, name: str, runs: int) -> Figure:
    rate = rows / seconds
    measured = f"{rate:,.0f}/s ({1e6 / rate:.1f} µs each)"
    return Figure(what, measured, to_reach, f"{name}, {rows:,} rows, best of {runs}, processor time of one core")


def _values(path: Path) -> list[bytes]:
    with gzip.open(path, "rb") as lines:
        return [line for line in lines.read().splitlines() if line.strip()]


if __name__ == "__main__":
    for figure in measure(Path(sys.argv[1]), Path(sys.argv[1]).name, ("≥ 20,000/s", "≥ 12,000/s")):
        print(f"{figure.what:32}{figure.measured:32}{figure.to_reach}")
