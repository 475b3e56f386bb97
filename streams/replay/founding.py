"""A replay's first record: which stretch of which log, under which rules, and that it will touch nothing else.

    source generation ──▶ its raw topic, its rules or others ──▶ a generation under a prefix of its own
                      └─▶ its imported history, where the replay begins with it

Nothing is written but topics of the replay's own prefix. Founding may be broken off anywhere and done again: the first
record is the last thing that is written, and what it says holds from then on.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from agents.rulebook import Rulebook
from schemas.base import iso
from schemas.generation import Generation, Replay
from streams import generation as generations
from streams import kafka, rights, topics
from streams.allowed import require_rights
from streams.replay.stretch import Asked, ReplayRefused, wanted
from streams.settings import IMPORT, PUBLISHED, Settings, variable

PASSED_ON = ("prefix", "tick", "import_topic", "raw_partitions", "import_partitions", "http_port")
"""The settings of a replay that its workers have to be told."""


@dataclass(frozen=True)
class Founded:
    """A replay that can be run."""

    settings: Settings
    """Its own."""
    generation: Generation
    replay: Replay
    resumed: bool
    """Whether it had been begun before."""
    notes: tuple[str, ...] = field(default=())
    """What whoever compares it with its source has to know."""

    @property
    def environment(self) -> dict[str, str]:
        """What its workers are to be told beside the settings that the source has too."""
        return {variable(name): str(getattr(self.settings, name) or "") for name in PASSED_ON} | {
            variable("http_port"): "0",
            variable("tick"): "false",
            # what a worker tells in passing would tear the bar
            variable("log_level"): "WARNING" if self.settings.log_level == "INFO" else self.settings.log_level,
        }


async def found(source: Settings, prefix: str, rulebook: Rulebook, asked: Asked) -> Founded:
    """The replay under `prefix` of the generation that `source` names: begun now, or as it was begun.

    Raises ReplayRefused, TopicsError or KafkaUnreachable.
    """
    async with kafka.admin(source) as client:
        await require_rights(source, client, "replay", rights.repeated(source))
    repeated = await _source(source, prefix)
    own = _settings(source, prefix, repeated, asked.since is None)
    await _allowed(source, own)
    there = await existing(source, prefix)
    if there is None:
        await _make_topics(own, rulebook.lanes.count)
        await _allowed(source, own)  # only now can be told what may be done with them
        begun, notes = await wanted(source, own, repeated, rulebook, asked)
        made = await generations.found(own, begun)
    else:
        made, notes = there, ()
    if made.replay is None:
        raise ReplayRefused(
            f"{prefix} is the prefix of a generation that is no replay. Choose another --prefix, or leave it out"
        )
    _same(prefix, made, made.replay, asked, repeated, rulebook)
    settings = _settings(source, prefix, repeated, made.replay.since is None)
    notes += _rules_note(repeated, rulebook)
    return Founded(settings, made, made.replay, there is not None, notes)


async def _allowed(source: Settings, own: Settings) -> None:
    """Raises AccessDenied before a worker would end for it."""
    async with kafka.admin(own) as client:
        await require_rights(own, client, "replay", rights.needed("replay", source, own))


async def existing(source: Settings, prefix: str) -> Generation | None:
    """What has been begun under `prefix`, if anything."""
    return await generations.existing(generations.beside(source, prefix))


async def _source(source: Settings, prefix: str) -> Generation:
    name = source.prefix or "(no prefix)"
    if prefix == source.prefix:
        raise ReplayRefused(f"--prefix {prefix} is the generation to be repeated; choose another, or leave it out")
    repeated = await generations.read(source)
    if repeated is None:
        raise ReplayRefused(
            f"the generation {name} has not started, so there is nothing to repeat. Start `tocsin worker`, or set "
            "TOCSIN_PREFIX to the generation that is meant"
        )
    if repeated.replay is not None:
        raise ReplayRefused(f"{name} is a replay itself. Set TOCSIN_PREFIX to the generation that it repeats")
    if repeated.raw_topic != source.raw_topic:
        raise ReplayRefused(
            f"TOCSIN_RAW_TOPIC={source.raw_topic}, but the generation {name} reads {repeated.raw_topic}; set that"
        )
    return repeated


def _settings(source: Settings, prefix: str, repeated: Generation, whole: bool) -> Settings:
    """Those of the source, but that nothing of it is written to. `whole`: with the history that the source imported."""
    history = repeated.import_topic or source.topic(IMPORT)
    shared = whole and repeated.import_partitions > 0
    return Settings(
        **{
            **source.model_dump(),
            "prefix": prefix,
            "tick": False,
            "raw_partitions": repeated.raw_partitions,
            "import_topic": history if shared else None,
            "import_partitions": repeated.import_partitions if shared else 1,
            "alerts_topic": repeated.alerts_topic or source.topic(PUBLISHED),
            "http_port": 0,
        }
    )


async def _make_topics(settings: Settings, lanes: int) -> None:
    """Those of the prefix alone."""
    own = [spec for spec in topics.plan(settings, lanes) if spec.name.startswith(f"{settings.prefix}.")]
    async with kafka.admin(settings) as client:
        left = await _left(client, settings.group)
        if any(at.offset >= 0 for at in left.values()):
            raise ReplayRefused(
                f"the consumer group {settings.group} still has the offsets of an earlier generation, which would be "
                "taken for ours. Choose another --prefix, or delete the group (kafka-consumer-groups.sh --delete)"
            )
        await topics.create(client, own)


async def _left(client: AIOKafkaAdminClient, group: str) -> Mapping[TopicPartition, Any]:
    """The offsets of a consumer group. A broker that has just started has no coordinator for it yet."""
    deadline = time.monotonic() + kafka.REACH_SECONDS
    while True:
        try:
            found: Mapping[TopicPartition, Any] = await client.list_consumer_group_offsets(group)
            return found
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)


def _same(
    prefix: str, made: Generation, replay: Replay, asked: Asked, repeated: Generation, rulebook: Rulebook
) -> None:
    """Refuse to go on with a replay as something that it is not."""
    differing = [
        f"{name}: {said(theirs)} when it was begun, {said(ours)} now"
        for name, theirs, ours in (
            ("--from", replay.since, asked.since if asked.since is not None else replay.since),
            ("--to", replay.until, asked.until if asked.until is not None else replay.until),
        )
        if theirs != ours
    ]
    differing += [
        f"{name}: {theirs} when it was begun, {ours} now"
        for name, theirs, ours in (
            ("rules", made.rules, rulebook.version),
            ("lanes", made.lanes, rulebook.lanes.count),
            ("raw topic", made.raw_topic, repeated.raw_topic),
        )
        if theirs != ours
    ]
    if replay.since is None and made.start != repeated.start:
        differing.append(f"start of the generation repeated: {iso(made.start)} when it was begun, now other")
    if differing:
        raise ReplayRefused(
            f"the replay {prefix} has been begun as another; {'; '.join(differing)}. Give what it was begun with, or "
            "leave --from and --to out, to go on with it; choose another --prefix to begin anew"
        )


def said(at: int | None) -> str:
    """A time for people."""
    return "the beginning" if at is None else iso(at)


def _rules_note(repeated: Generation, rulebook: Rulebook) -> tuple[str, ...]:
    if repeated.rules == rulebook.version:
        return ()
    return (
        f"rules {rulebook.version} here, {repeated.rules} in the generation that is repeated: alerts may differ for "
        "that alone",
    )
