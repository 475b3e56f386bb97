"""Counts from a file, from standard input or from Kafka, through the detector; what commands over counts share.

    pour     the rows of a file or topic, one after the other, to whoever takes them: a run, or several at once
    count    one run over all of them

A row that cannot be used ends the command: a backtest over half of the rows would be no backtest. The message names
the line of the file, or the offset in the topic, and the cure.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agents.detect.count_rows import CountError, SeriesRow, VolumeRow, read_row, start_of_bucket
from agents.detect.counts import CountRun
from agents.rulebook import Rulebook
from schemas.alert import Alert
from schemas.base import HOUR, QUARTER
from streams.collector import unhurried_for_now
from streams.errors import Refusal
from streams.sources import STDIN, InputError, read

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

TOPIC = "counts"
WIDTHS = {"15m": QUARTER, "1h": HOUR}
"""Of a bucket, ms, as `--bucket` takes them."""

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]
_STEP = 1000
"""Rows between two words of progress."""


class Enough(Exception):  # noqa: N818 - no error: who takes rows has what was wanted
    """Raised by a taker that needs no more rows."""


class Taker(Protocol):
    """Whoever takes rows of counts."""

    @property
    def lanes(self) -> int:
        """How many lanes its rules have: a topic of counts has a partition for each."""

    def take(self, value: bytes, where: str) -> None:
        """The next row, and where it stands. Raises InputError, or Enough."""

    def end(self, where: str) -> None:
        """No more rows. Raises InputError."""


@dataclass
class Counted:
    """Rows of counts through the detector."""

    run: CountRun
    rows: int = 0
    seconds: float = 0.0
    alerts: list[Alert] = field(default_factory=list)
    """All revisions, by (id, revision) when all is read."""
    ready: int | None = None
    """The bucket that ended, ms, when the first lane could open alerts."""
    buckets: int = 0
    """Buckets with rows."""
    on_the_hour: int = 0
    """Those of them that start at a full hour."""

    @property
    def lanes(self) -> int:
        """Of the rules."""
        return len(self.run.lanes)

    def take(self, value: bytes, where: str) -> None:
        """The next row. Raises InputError."""
        try:
            self.take_row(read_row(value))
        except CountError as error:
            raise InputError(f"{where}: {error}") from None

    def take_row(self, row: SeriesRow | VolumeRow) -> None:
        """The next row as it was read. Raises CountError."""
        before = self.run.last
        self.alerts += self.run.take(row)
        self.rows += 1
        if self.run.last is not None and before != self.run.last:
            self.buckets += 1
            self.on_the_hour += self.run.last % HOUR == 0
        if self.ready is None and before != self.run.last and len(self.run.learning()) < self.lanes:
            self.ready = self.run.last

    def end(self, where: str) -> None:
        """No more rows. Raises InputError."""
        try:
            self.alerts += self.run.end()
        except CountError as error:
            raise InputError(f"{where}: {error}") from None
        self.alerts.sort(key=lambda alert: (alert.id, alert.revision))


def rulebook(directory: Path | None, overrides: list[str] | None) -> Rulebook:
    """The rules of a run over counts: `alpha=1e-6` is short for `detect.alpha=1e-6`."""
    given = overrides or []
    return Rulebook.load(directory, [one if "." in one.partition("=")[0] else f"detect.{one}" for one in given])


def count(name: str, rules: Rulebook, width: int, progress: Progress) -> Counted:
    """Run over what is called `name`: a file, `-`, or a topic of counts. Raises Refusal."""
    counted = Counted(CountRun(rules, width))
    began = time.perf_counter()
    pour(name, counted, progress)
    counted.seconds = time.perf_counter() - began
    some(counted, name)
    return counted


def some(counted: Counted, name: str) -> None:
    """Of nothing nothing can be said: refuse a run that had no rows."""
    if not counted.rows:
        raise Refusal(f"{name}: holds no counts")


def pour(name: str, taker: Taker, progress: Progress) -> None:
    """Give all rows of what is called `name` to `taker`: of a file, `-`, or a topic of counts. Raises Refusal."""
    with unhurried_for_now(), contextlib.suppress(Enough):
        if is_topic(name):
            asyncio.run(_topic(taker, name))
        else:
            _file(taker, name, progress)


def is_topic(name: str) -> bool:
    """Whether a name is that of a topic of counts, and no file's."""
    if name == STDIN or "/" in name or Path(name).is_file():
        return False
    return name == TOPIC or name.endswith(f".{TOPIC}")


def _file(taker: Taker, name: str, progress: Progress) -> None:
    with read(name) as lines, progress(len(lines)) as advance:
        for done, (number, line) in enumerate(zip(lines.numbers, lines, strict=True), 1):
            taker.take(line, f"{name}:{number}")
            if done % _STEP == 0:
                advance(_STEP)
        taker.end(name)


async def _topic(taker: Taker, name: str) -> None:
    from streams import generation as generations
    from streams.reading import merged, spans
    from streams.settings import Settings

    prefix = name.removesuffix(TOPIC).removesuffix(".")
    settings = Settings()
    settings = settings if name == TOPIC else generations.beside(settings, prefix)
    parts = await spans(settings, [TOPIC])
    lanes = taker.lanes
    if len(parts) != lanes:
        raise Refusal(
            f"topic {settings.topic(TOPIC)} has {len(parts)} partitions, one a lane, and the rules have {lanes} lanes: "
            "name that generation's rules with --rules"
        )
    async with aclosing(merged(settings, parts, _start)) as records:
        async for record in records:
            if record.value is not None:
                taker.take(record.value, f"{record.topic}-{record.partition} offset {record.offset}")
    taker.end(settings.topic(TOPIC))


def _start(record: "ConsumerRecord") -> int:
    """Where the bucket of a record starts; what is no count comes first, and is refused when it is taken."""
    try:
        return start_of_bucket(read_row(record.value).bucket, QUARTER)
    except (CountError, TypeError):
        return 0
