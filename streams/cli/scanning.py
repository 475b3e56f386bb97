"""A log through the pipeline in memory, with what there is to say about it afterwards."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from agents.classify.times import BEYOND
from agents.pipeline import Input, Pipeline
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.alert import Alert
from schemas.count import SeriesCount, VolumeCount
from streams.collector import unhurried_for_now
from streams.settings import IMPORT
from streams.sources.dump import Dump
from streams.sources.errors import InputError
from streams.sources.log import Log

CHUNK = 500
"""Records between two looks at the lanes: few enough to stay in the cache of a core."""

Placed = tuple[str, int, Inbound]
Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Given a total, something to tell how many records more are done."""


@dataclass
class Scanned:
    """What a scan came to."""

    pipeline: Pipeline
    read: int
    """Records, refused ones included."""
    refused: Counter[str]
    """By code: rows that did not enter the log."""
    first: int | None = None
    last: int | None = None
    """Span of log time, ms."""
    alerts: list[Alert] = field(default_factory=list)
    """All revisions, by (id, revision)."""
    counts: list[SeriesCount | VolumeCount] = field(default_factory=list)
    """What the topic `counts` would hold, by bucket."""
    seconds: float = 0.0


def scan_log(rulebook: Rulebook, log: Log, read: int, progress: Progress) -> Scanned:
    """The alerts of a file's log."""
    pipeline = Pipeline(rulebook, [Input(IMPORT, partition, None, ends=True) for partition in range(log.partitions)])
    refused = Counter[str](refusal.code for refusal in log.refused)
    scanned = Scanned(pipeline, read, refused, log.first, log.last)
    if len(log):
        _run(scanned, _numbered(log), len(log), progress)
    return scanned


def scan_dump(rulebook: Rulebook, dump: Dump, progress: Progress) -> Scanned:
    """The alerts of a dump's log: the arrivals are those that it has. Raises InputError."""
    generation = dump.generation
    if generation is not None and generation.lanes != rulebook.lanes.count:
        raise InputError(
            f"the dump is of a generation with {generation.lanes} lanes, and the rules have {rulebook.lanes.count}: "
            "name that generation's rules with --rules"
        )
    start, cut = (None, None) if generation is None else (generation.start, generation.cut)
    inputs = [
        Input(topic, partition, None if topic == IMPORT else start, ends=topic == IMPORT)
        for topic, partition in dump.partitions()
    ]
    if not inputs:
        raise InputError("the dump holds no records: dump the raw topic from its beginning")
    scanned = Scanned(Pipeline(rulebook, inputs, cut), len(dump), Counter())
    _run(scanned, _spanned(scanned, dump), len(dump), progress)
    return scanned


def other_rules(rulebook: Rulebook, dump: Dump) -> str | None:
    """A warning that the dump was made under other rules than it is read by, where it says so."""
    if dump.generation is None or dump.generation.rules == rulebook.version:
        return None
    return (
        f"the dump is of a generation with rules {dump.generation.rules}, and is read by rules {rulebook.version}: "
        "alerts may differ; name that generation's rules with --rules and its overrides with --set"
    )


def _run(scanned: Scanned, records: Iterable[Placed], total: int, progress: Progress) -> None:
    began = time.perf_counter()
    with unhurried_for_now(), progress(total) as advance:
        for chunks, size in _chunks(records):
            for (topic, partition), chunk in chunks.items():
                fed = scanned.pipeline.feed(topic, partition, chunk)
                scanned.alerts.extend(fed.alerts)
                scanned.counts.extend(fed.counts)
            advance(size)
    scanned.alerts.sort(key=lambda alert: (alert.id, alert.revision))
    scanned.counts.sort(key=lambda count: count.bucket)
    scanned.seconds = time.perf_counter() - began


def _chunks(records: Iterable[Placed]) -> Iterator[tuple[dict[tuple[str, int], list[Inbound]], int]]:
    """Stretches of the log, each sorted out by partition: all partitions move on together, so that little waits."""
    chunks: dict[tuple[str, int], list[Inbound]] = {}
    size = 0
    for topic, partition, record in records:
        chunks.setdefault((topic, partition), []).append(record)
        size += 1
        if size == CHUNK:
            yield chunks, size
            chunks, size = {}, 0
    if chunks:
        yield chunks, size


def _numbered(log: Log) -> Iterator[Placed]:
    """Offsets as the topic would give them."""
    offsets = [0] * log.partitions
    for partition, timestamp, value in log:
        yield IMPORT, partition, Inbound(offsets[partition], timestamp, value)
        offsets[partition] += 1


def _spanned(scanned: Scanned, dump: Dump) -> Iterator[Placed]:
    for placed in dump:
        at = placed.record.timestamp
        if 0 <= at < BEYOND:
            scanned.first = at if scanned.first is None else min(scanned.first, at)
            scanned.last = at if scanned.last is None else max(scanned.last, at)
        yield placed
