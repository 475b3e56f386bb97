"""Topics as JSON Lines: what `tocsin scan --raw` reads, so that a run can be repeated and argued about anywhere.

    {"generation":{...}}                          first, when a raw log is dumped and its generation has started
    {"topic":"headlines.raw","partition":0,"offset":12,"timestamp":1700000000000,"key":null,"headers":{},"value":"eyJ0..."}

Key and value are base64 or null; headers are text, or base64 in an object where they are none. A partition's records
stand in order of offset, partitions are merged by time: whoever reads the file as a log holds little of it back.
"""

import base64
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import orjson
from aiokafka import ConsumerRecord

from streams import generation, kafka
from streams.access import denied
from streams.allowed import missing
from streams.reading import At, merged, spans
from streams.rights import Right
from streams.settings import IMPORT, RAW, Settings
from streams.topics import TopicsError

log = logging.getLogger("tocsin.dump")

Progress = Callable[[int, int], None]
"""Told (offsets passed, offsets in all)."""


async def dump(
    settings: Settings, names: Sequence[str], first: At | None = None, last: At | None = None, *, progress: Progress
) -> AsyncGenerator[bytes, None]:
    """The lines of a dump, without their line ends. Close it where it may be left early. Raises TopicsError."""
    parts = await spans(settings, names, first, last)
    total = sum(max(0, part.end - part.start) for part in parts)
    if {RAW, IMPORT} & set(names) and (agreed := await _generation(settings)) is not None:
        yield agreed
    done = 0
    async with aclosing(merged(settings, parts)) as records:
        async for record in records:
            yield line(settings.plain(record.topic), record)
            done += 1
            if done % 1000 == 0:
                progress(done, total)
    progress(total, total)


def line(topic: str, record: ConsumerRecord) -> bytes:
    """One record, its topic by plain name."""
    return orjson.dumps(
        {
            "topic": topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": record.timestamp,
            "key": _base64(record.key),
            "headers": {name: _text(value) for name, value in record.headers},
            "value": _base64(record.value),
        }
    )


async def _generation(settings: Settings) -> bytes | None:
    try:
        agreed = await generation.read(settings)
    except TopicsError:
        read = Right("READ", "topic", settings.topic(generation.TOPIC))
        async with kafka.admin(settings) as client:
            if await missing(client, [read]):
                raise denied(settings, "topics dump", [read]) from None
        # the raw topic of another system, say
        log.warning("no topic %s is to be seen: the dump is without a generation", settings.topic(generation.TOPIC))
        return None
    return None if agreed is None else orjson.dumps({"generation": agreed.model_dump()})


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode("ascii")


def _text(value: bytes | None) -> str | dict[str, str] | None:
    if value is None:
        return None
    with contextlib.suppress(UnicodeDecodeError):
        text = value.decode("utf-8")
        if text.isprintable():  # what a terminal might obey is not
            return text
    return {"base64": base64.b64encode(value).decode("ascii")}
