"""Making the topics of the plan, and finding what differs from it.

`create` makes what is missing and changes nothing that exists; `check` tells what differs, and how to put it right.
"""

import asyncio
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, TopicAuthorizationFailedError, for_code

from streams.errors import Refusal
from streams.settings import IMPORT, PUBLISHED, RAW
from streams.topic_plan import TopicSpec, plan

__all__ = [
    "Difference",
    "Report",
    "Topic",
    "TopicsError",
    "check",
    "config_of",
    "create",
    "described",
    "plan",
    "require",
]


class TopicsError(Refusal):
    """A topic is missing or cannot be made."""


class Difference(NamedTuple):
    """Something about a topic that is not as it should be."""

    topic: str
    setting: str
    found: str
    wanted: str
    cure: str


class Report(NamedTuple):
    """What `create` did: full names, and what it found different and left alone."""

    created: tuple[str, ...]
    existing: tuple[str, ...]
    differences: tuple[Difference, ...]


class Topic(NamedTuple):
    """A topic as it is."""

    partitions: int
    replication_factor: int


async def described(client: AIOKafkaAdminClient) -> dict[str, Topic]:
    """All topics of the cluster. Asks for no name: a broker may make what it is asked for."""
    return {
        topic["topic"]: Topic(
            len(topic["partitions"]),
            min((len(partition["replicas"]) for partition in topic["partitions"]), default=0),
        )
        for topic in await client.describe_topics()
    }


async def create(client: AIOKafkaAdminClient, specs: Sequence[TopicSpec], seconds: float = 30.0) -> Report:
    """Make the topics that are missing, and wait until they are there. May be repeated; changes nothing that exists."""
    brokers = await _brokers(client)
    resolved = [spec.resolved(brokers) for spec in specs]
    before = await described(client)
    _same_raw(resolved, before)
    missing = [spec for spec in resolved if spec.name not in before]
    created = await _make(client, missing) if missing else ()
    await _seen(client, {spec.name for spec in specs}, seconds)
    existing = [spec for spec in resolved if spec.name not in created]
    return Report(created, tuple(spec.name for spec in existing), tuple(await check(client, existing)))


async def check(client: AIOKafkaAdminClient, specs: Sequence[TopicSpec]) -> list[Difference]:
    """What differs from the plan: topics that are missing, partitions, copies, and each setting that the plan names."""
    brokers = await _brokers(client)
    resolved = [spec.resolved(brokers) for spec in specs]
    there = await described(client)
    configs = await _configs(client, [spec.name for spec in resolved if spec.name in there])
    differences: list[Difference] = []
    for spec in resolved:
        if spec.name not in there:
            differences.append(Difference(spec.name, "topic", "missing", "there", _UNSEEN))
            continue
        differences += _shape(spec, there[spec.name])
        differences += _settings(spec, configs[spec.name])
    return differences


async def require(client: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, Topic]:
    """The topics with these full names, as they are; raises TopicsError when one is missing."""
    there = await described(client)
    missing = [name for name in names if name not in there]
    if missing:
        raise TopicsError(
            f"no such topic: {', '.join(missing)}. Make the topics with `tocsin topics create`; if they were made "
            "under another prefix, set TOCSIN_PREFIX (and TOCSIN_IMPORT_TOPIC, where the imported history is another "
            "generation's); where Kafka asks who may see them, allow this user DESCRIBE on "
            "each (READ and WRITE bring it; `tocsin rights` lists what a command needs)"
        )
    return {name: there[name] for name in names}


async def config_of(client: AIOKafkaAdminClient, name: str) -> dict[str, str]:
    """The settings of one topic that exists."""
    return (await _configs(client, [name]))[name]


async def _seen(client: AIOKafkaAdminClient, names: Set[str], seconds: float) -> None:
    """Return when all topics are there. Raises TopicsError when that will not come."""
    unseen = names
    try:
        async with asyncio.timeout(seconds):
            while unseen := names - (await described(client)).keys():  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise TopicsError(
            f"made, or there before, but not to be seen after {seconds:.0f} s: {', '.join(sorted(unseen))}. Allow this "
            "user DESCRIBE on each (`tocsin rights topics create` lists all that it needs); if it may, see that the "
            "brokers are well"
        ) from None


def _same_raw(specs: Sequence[TopicSpec], there: Mapping[str, Topic]) -> None:
    """Raw is shared by generations: one that is made for another number of partitions could never run."""
    for spec in specs:
        topic = there.get(spec.name)
        if spec.plain == RAW and topic and topic.partitions != spec.partitions:
            raise TopicsError(
                f"topic {spec.name} has {topic.partitions} partitions and TOCSIN_RAW_PARTITIONS is {spec.partitions}; "
                f"nothing was made. {_shape(spec, topic)[0].cure}"
            )


def _shape(spec: TopicSpec, topic: Topic) -> list[Difference]:
    differences = []
    # published alerts are of generations with other lanes too
    if topic.partitions != spec.partitions and not spec.plain.startswith(PUBLISHED):
        cure = "Partitions are fixed for a generation: start one under a new TOCSIN_PREFIX"
        if spec.plain == RAW:
            cure = f"Set TOCSIN_RAW_PARTITIONS={topic.partitions}, or begin a new raw topic with TOCSIN_RAW_TOPIC"
        elif spec.plain in (IMPORT, "state.classify-import"):
            cure = f"Set TOCSIN_IMPORT_PARTITIONS={topic.partitions}, or start under a new TOCSIN_PREFIX"
        differences.append(Difference(spec.name, "partitions", str(topic.partitions), str(spec.partitions), cure))
    if topic.replication_factor != spec.replication_factor:
        differences.append(
            Difference(
                spec.name,
                "replication.factor",
                str(topic.replication_factor),
                str(spec.replication_factor),
                f"Reassign its partitions (kafka-reassign-partitions.sh), or set "
                f"TOCSIN_REPLICATION_FACTOR={topic.replication_factor}",
            )
        )
    return differences


def _settings(spec: TopicSpec, config: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(
            spec.name,
            setting,
            config.get(setting, "unknown"),
            wanted,
            f"Run kafka-configs.sh --alter --topic {spec.name} --add-config {setting}={wanted}",
        )
        for setting, wanted in spec.config.items()
        if not _same(config.get(setting), wanted)
    ]


def _same(found: str | None, wanted: str) -> bool:
    if found is None:
        return False
    try:
        return float(found) == float(wanted)
    except ValueError:
        return found == wanted


async def _brokers(client: AIOKafkaAdminClient) -> int:
    return max(1, len((await client.describe_cluster())["brokers"]))


async def _make(client: AIOKafkaAdminClient, specs: Sequence[TopicSpec]) -> tuple[str, ...]:
    answer = await client.create_topics(
        [
            NewTopic(spec.name, spec.partitions, spec.replication_factor, topic_configs=dict(spec.config))
            for spec in specs
        ]
    )
    created = []
    for name, code, *message in answer.topic_errors:
        if code == 0:
            created.append(name)
        elif code != TopicAlreadyExistsError.errno:
            what = (message[0] if message else None) or for_code(code).__name__
            raise TopicsError(f"topic {name} cannot be made: {what}. {_CURES.get(code, _OTHER_CURE)}")
    return tuple(created)


_UNSEEN = "Run `tocsin topics create`; if it is there, allow this user DESCRIBE on it"
_CURES = {
    38: "Set TOCSIN_REPLICATION_FACTOR to at most the number of brokers",
    29: "Allow this user CREATE on the topic or the cluster (`tocsin rights topics create` lists what it needs), or "
    "have an administrator run `tocsin topics create`",
    31: "Allow this user CREATE on the cluster, or have an administrator run `tocsin topics create`",
}
_OTHER_CURE = "The broker's log has the details; `tocsin topics create` may be repeated"


async def _configs(client: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    answers: list[Any] = await client.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    )
    found: dict[str, dict[str, str]] = {}
    for answer in answers:
        for code, message, _, name, entries in answer.resources:
            if code == TopicAuthorizationFailedError.errno:
                raise TopicsError(
                    f"the settings of topic {name} may not be read: allow this user DESCRIBE_CONFIGS on topic {name} "
                    "(`tocsin rights` lists all that a command needs)"
                )
            if code:
                raise TopicsError(f"the settings of topic {name} cannot be read: {message or for_code(code).__name__}")
            found[name] = {entry[0]: entry[1] for entry in entries}
    return found
