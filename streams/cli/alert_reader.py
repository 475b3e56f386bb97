"""Reads alerts as a subscriber does, and prints those that are wanted: blocks for people, bytes for programs."""

import fnmatch
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson
from aiokafka import ConsumerRecord
from pydantic import ValidationError
from rich.console import Console

from agents.classify.times import read_moment
from schemas.alert import Alert
from streams import kafka
from streams.cli.alert_blocks import print_block
from streams.cli.output import country_names
from streams.cli.terminal import Interrupt
from streams.handover.publishing import not_published
from streams.reading import Span, merged, spans
from streams.settings import PUBLISHED, Settings


class Wanted(NamedTuple):
    """Which revisions are asked for."""

    series: str | None = None
    """A series, or a pattern with `*`."""
    since: int | None = None
    limit: int | None = None

    def of(self, records: Iterable[ConsumerRecord]) -> list[ConsumerRecord]:
        """Those of `records` that are wanted, the limit aside."""
        return [record for record in records if self._takes(record)]

    def latest(self, records: list[ConsumerRecord]) -> list[ConsumerRecord]:
        """The last ones, as many as the limit says."""
        return records if self.limit is None else records[-self.limit :]

    def _takes(self, record: ConsumerRecord) -> bool:
        if record.value is None:
            return False
        series, at = head(record)
        if self.series is not None and not fnmatch.fnmatchcase(series, self.series):
            return False
        return self.since is None or at >= self.since


def head(record: ConsumerRecord) -> tuple[str, int]:
    """Series and log time of a revision, whatever its version; of what is no revision, its key and Kafka's time."""
    try:
        document = orjson.loads(record.value)
        return str(document["series"]), read_moment(document["at"]).at
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        return (record.key or b"").decode("utf-8", "replace"), int(record.timestamp)


def log_time(record: ConsumerRecord) -> int:
    """What revisions are put in order by."""
    return head(record)[1] if record.value is not None else int(record.timestamp)


async def show(
    settings: Settings, wanted: Wanted, *, follow: bool, current: bool, published: bool = False, as_json: bool
) -> None:
    """Print what is there and, to follow, what comes until Ctrl-C. Raises TopicsError or KafkaUnreachable."""
    topic = (PUBLISHED if published else "alerts") + (".current" if current else "")
    parts = await spans(settings, [topic])
    # a partition of published alerts is not in order where a generation took over: it tells open ones anew
    found = sorted([record async for record in merged(settings, parts, log_time)], key=log_time)
    if current:
        found = sorted({record.key: record for record in found}.values(), key=log_time)
    chosen = wanted.latest(wanted.of(found))
    out = _Printer(as_json, {} if as_json else country_names(settings.rules))
    for record in chosen:
        out.print(record)
    if not chosen:
        some = any(record.value is not None for record in found)
        out.say(f"no alerts {'that match' if some else 'yet'} in {settings.topic(topic)}")
        if published and not found:
            out.say(not_published(settings))
    if follow:
        out.say("waiting for more; Ctrl-C ends")
        with Interrupt().watched() as interrupt:
            await _follow(settings, parts, wanted, out, interrupt)


async def _follow(settings: Settings, parts: list[Span], wanted: Wanted, out: "_Printer", interrupt: Interrupt) -> None:
    async with kafka.running(settings, kafka.consumer(settings)) as reader:
        reader.assign([part.partition for part in parts])
        for part in parts:
            reader.seek(part.partition, part.end)
        while not interrupt.pressed.is_set():
            for records in (await reader.getmany(timeout_ms=200)).values():
                for record in wanted.of(records):
                    out.print(record)


class _Printer:
    """Revisions on standard output; whatever else is said, on standard error, so that JSON stays JSON."""

    def __init__(self, as_json: bool, names: Mapping[str, str]) -> None:
        self._json = as_json
        self._names = names
        self._console = Console()

    def print(self, record: ConsumerRecord) -> None:
        if self._json:
            sys.stdout.buffer.write(record.value + b"\n")
            sys.stdout.buffer.flush()
            return
        try:
            print_block(self._console, Alert.decode(record.value), self._names)
        except ValidationError:
            self.say(
                f"{record.topic}-{record.partition} offset {record.offset}: not an alert of this version; "
                "`tocsin alerts --json` prints it as it is"
            )

    def say(self, text: str) -> None:
        if self._json:
            print(text, file=sys.stderr)
        else:
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)
