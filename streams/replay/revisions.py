"""The alerts of a generation or of a file, by (id, revision): what is compared."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from streams import generation as generations
from streams import kafka, rights, topics
from streams.allowed import require_rights
from streams.errors import Refusal
from streams.handover.lanes import silent_since
from streams.reading import merged, spans
from streams.replay.difference import Document, Doubled, Key, moment_of
from streams.settings import Settings
from streams.sources import InputError, read

NONE = "-"
"""How a generation without a prefix is named."""


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    name: str
    documents: dict[Key, Document] = field(repr=False)
    times: Counter[Key] = field(repr=False)
    """How often each of them stands there."""
    since: int | None = None
    """A replay has decided from here on, ms."""
    until: int | None = None
    """And up to here; or it has handed over to another here."""


def repeats(one: Side, other: Side) -> list[Doubled]:
    """What stands on either side more than once."""
    often = {key for each in (one, other) for key, times in each.times.items() if times > 1}
    return [Doubled(key, one.times[key], other.times[key]) for key in often]


def side(settings: Settings, name: str) -> Side:
    """The alerts of the file or of the generation (its prefix) called `name`. Raises Refusal."""
    if "/" in name or Path(name).is_file():
        return Side(name, *_of_file(name))
    return asyncio.run(of_generation(settings, "" if name == NONE else name.removesuffix(".")))


def keyed(values: Iterable[bytes]) -> tuple[dict[Key, Document], Counter[Key]]:
    """Revisions as they stand in a topic, and how often each of them does.

    Raises ValueError with what is wrong with the first that is none.
    """
    found: dict[Key, Document] = {}
    times: Counter[Key] = Counter()
    for value in values:
        document = orjson.loads(value)
        if not isinstance(document, dict) or not {"id", "revision", "series", "at", "onset"} <= document.keys():
            raise ValueError("not a revision of an alert")
        moment_of(document)
        key = str(document["id"]), int(document["revision"])
        found[key] = document
        times[key] += 1
    return found, times


def _of_file(name: str) -> tuple[dict[Key, Document], Counter[Key]]:
    found: dict[Key, Document] = {}
    times: Counter[Key] = Counter()
    with read(name) as lines:
        for number, line in zip(lines.numbers, lines, strict=True):
            try:
                document, once = keyed([line])
                found.update(document)
                times.update(once)
            except (ValueError, TypeError) as error:
                raise InputError(
                    f"{name}:{number}: {error}; expected is what `tocsin scan --json` or `tocsin alerts --json` prints"
                ) from None
    return found, times


async def of_generation(settings: Settings, prefix: str) -> Side:
    """The alerts of the generation under `prefix`. Raises Refusal where there is none, AccessDenied."""
    own = generations.beside(settings, prefix)
    async with kafka.admin(own) as client:
        # a topic that may not be seen looks like one that is not there, and the comparison would be another
        await require_rights(own, client, "diff", rights.compared(own))
        there = await topics.described(client)
    if own.topic("alerts") not in there:
        raise Refusal(
            f"{prefix or NONE}: neither a file nor the prefix of a generation with alerts (no topic "
            f"{own.topic('alerts')}). `tocsin replay --list` tells which replays there are; {NONE} stands for no prefix"
        )
    async with aclosing(merged(own, await spans(own, ["alerts"]))) as records:
        values = [record.value async for record in records if record.value is not None]
    try:
        documents, times = keyed(values)
    except ValueError as error:
        raise Refusal(f"topic {own.topic('alerts')}: {error}") from None
    agreed = await generations.read(own) if own.topic(generations.TOPIC) in there else None
    if agreed is None and own.publishes:
        raise Refusal(
            f"{prefix or NONE}: no such generation has started, and {own.topic('alerts')} holds what others publish. "
            "Name the prefix of one that has, or a file of what `tocsin alerts --published --json` prints"
        )
    replay = None if agreed is None else agreed.replay
    if replay is None:
        # what it writes is what is published: since it handed that over, the topic is its successor's
        handed = await silent_since(own, agreed) if agreed is not None and own.publishes else None
        return Side(prefix or NONE, documents, times, until=handed)
    return Side(prefix, documents, times, replay.since, replay.until)
