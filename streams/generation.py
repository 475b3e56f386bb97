"""The generation's first record: what all workers of a prefix agree on, for as long as it lives.

The first worker writes it; if several come at once, the first record in the topic is the one that holds, for all of
them. A crash between writing and reading changes nothing: the next start reads the same record. A worker that differs
refuses to start, because its order or its verdicts would differ.
"""

from contextlib import aclosing

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas.base import MINUTE
from schemas.generation import Generation
from streams import kafka, rights, topics
from streams.access import denied
from streams.allowed import missing
from streams.errors import Refusal
from streams.membership import taken_by_the_group
from streams.rights import Right
from streams.settings import IMPORT, PUBLISHED, Settings

TOPIC = "generation"


class GenerationMismatch(Refusal):
    """This worker is not of the generation that its prefix names."""


async def read(settings: Settings) -> Generation | None:
    """The generation of this prefix; `None` when none has started. Raises TopicsError without topics."""
    async with kafka.admin(settings) as client:
        await topics.require(client, [settings.topic(TOPIC)])
    async with kafka.running(settings, kafka.consumer(settings)) as reader:
        return await _first(settings, reader)


async def existing(settings: Settings) -> Generation | None:
    """The same, but `None` without topics, too."""
    try:
        return await read(settings)
    except topics.TopicsError:
        return None


def beside(settings: Settings, prefix: str) -> Settings:
    """The settings of another generation, with an import topic of its own."""
    return Settings(**{**settings.model_dump(), "prefix": prefix, "import_topic": None})


def following(settings: Settings, begun: Generation | None) -> Settings:
    """The settings with the imported history that a generation was begun with, where they name none.

    It may be that of the generation before it, and whoever starts a worker need not know.
    """
    if begun is None or settings.import_topic is not None or begun.import_topic in ("", settings.topic(IMPORT)):
        return settings
    partitions = settings.import_partitions
    if begun.import_partitions and "import_partitions" not in settings.model_fields_set:
        partitions = begun.import_partitions
    return settings.model_copy(update={"import_topic": begun.import_topic, "import_partitions": partitions})


async def as_begun(settings: Settings) -> Settings:
    """The same, asked of Kafka. Who may not read what the generation was begun with has to name its history."""
    if settings.import_topic is not None or not await may_read(settings, TOPIC):
        return settings
    return following(settings, await existing(settings))


async def every(settings: Settings) -> list[Settings]:
    """The settings of each generation in the cluster, by prefix."""
    async with kafka.admin(settings) as client:
        names = sorted(name for name in await topics.described(client) if name.split(".")[-1] == TOPIC)
    return [beside(settings, name.removesuffix(TOPIC).removesuffix(".")) for name in names]


async def may_read(settings: Settings, name: str) -> bool:
    """Whether this user may read a topic (plain name), as far as Kafka tells."""
    async with kafka.admin(settings) as client:
        return not await missing(client, [Right("READ", "topic", settings.topic(name))])


async def establish(settings: Settings, rulebook_version: str, lanes: int, now: int) -> Generation:
    """The generation of this prefix, started at `now` (ms) if there is none.

    Raises GenerationMismatch when raw topic, partitions, lanes or rules are not those that it was started with.
    """
    async with kafka.admin(settings) as client, kafka.running(settings, kafka.consumer(settings)) as reader:
        begun = await _begun(settings, client, reader)
        settings = following(settings, begun)
        ours = await _as_it_is(settings, client, reader, rulebook_version, lanes, now)
        if begun is None:
            await taken_by_the_group(settings, client)  # refused later, it would have used up the one import
        agreed = begun or await _written(settings, reader, ours)
    _compare(settings, agreed, ours)
    return agreed


async def found(settings: Settings, wanted: Generation) -> Generation:
    """The generation of this prefix, begun as `wanted` if there is none: for whoever begins one unlike a worker.

    The caller compares what it gets with what it wanted. Raises TopicsError without topics.
    """
    there = await read(settings)
    if there is not None:
        return there
    async with kafka.running(settings, kafka.consumer(settings)) as reader:
        return await _written(settings, reader, wanted)


async def _begun(settings: Settings, client: AIOKafkaAdminClient, reader: AIOKafkaConsumer) -> Generation | None:
    """The generation, if it has started, for a worker of it. One of a replay needs fewer rights.

    Raises AccessDenied with every right that it lacks.
    """
    lacking = await missing(client, rights.needed("worker", settings))
    if lacking and Right("READ", "topic", settings.topic(TOPIC)) in lacking:
        raise denied(settings, "worker", lacking)
    there = await _first(settings, reader) if settings.topic(TOPIC) in await topics.described(client) else None
    if lacking and there is not None:
        own = following(settings, there)
        wanted = rights.replaying(own) if there.replay is not None else rights.needed("worker", own)
        lacking = await missing(client, wanted)
    if lacking:
        raise denied(settings, "worker", lacking)
    return there


async def _written(settings: Settings, reader: AIOKafkaConsumer, wanted: Generation) -> Generation:
    """The first record, after ours was added: ours, or that of somebody who came before."""
    async with kafka.running(settings, kafka.producer(settings)) as writer:
        await writer.send_and_wait(settings.topic(TOPIC), wanted.encode(), partition=0)
    agreed = await _first(settings, reader)
    assert agreed is not None  # just written, and never expired
    return agreed


async def _as_it_is(
    settings: Settings,
    client: AIOKafkaAdminClient,
    reader: AIOKafkaConsumer,
    rules: str,
    lanes: int,
    now: int,
) -> Generation:
    """What this worker would write."""
    history = settings.topic(IMPORT)
    published = settings.topic(PUBLISHED)
    there = await topics.require(client, [settings.raw_topic, history, settings.topic(TOPIC), published])
    await _stamped_by_the_broker(client, settings.raw_topic)
    start = await _start(reader, settings.raw_topic, there[settings.raw_topic].partitions, now)
    imported = await reader.end_offsets(_all(history, there[history].partitions))
    import_partitions = there[history].partitions if any(imported.values()) else 0
    return Generation(
        start=start,
        cut=start,
        raw_topic=settings.raw_topic,
        raw_partitions=there[settings.raw_topic].partitions,
        import_partitions=import_partitions,
        lanes=lanes,
        rules=rules,
        import_topic=history,
        alerts_topic=published,
        alerts_partitions=there[published].partitions,
        raw_begins=await begins(reader, settings.raw_topic, there[settings.raw_topic].partitions),
        import_begins=await begins(reader, history, import_partitions),
    )


async def begins(reader: AIOKafkaConsumer, topic: str, partitions: int) -> tuple[int, ...]:
    """The first offset that each partition of a topic (full name) has now."""
    found = await reader.beginning_offsets(_all(topic, partitions)) if partitions else {}
    return tuple(found[part] for part in _all(topic, partitions))


def _all(topic: str, partitions: int) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(partitions)]


async def _start(reader: AIOKafkaConsumer, raw: str, partitions: int, now: int) -> int:
    """The whole minute of the earliest record in raw, or of `now` when there is none before it."""
    found = await reader.offsets_for_times(dict.fromkeys(_all(raw, partitions), 0))
    earliest: int = min([now, *(at.timestamp for at in found.values() if at is not None)])
    return earliest // MINUTE * MINUTE


async def _first(settings: Settings, reader: AIOKafkaConsumer) -> Generation | None:
    partition = TopicPartition(settings.topic(TOPIC), 0)
    end = (await reader.end_offsets([partition]))[partition]
    begin = (await reader.beginning_offsets([partition]))[partition]
    async with aclosing(kafka.stretch(reader, partition, begin, end)) as stretch:
        async for records in stretch:
            return _as_stamped(settings, Generation.decode(records[0].value), records[0].timestamp)
    return None


def _as_stamped(settings: Settings, written: Generation, stamped: int) -> Generation:
    """Start and cut never lie after the broker's stamp on the record: a worker's fast clock decides nothing."""
    latest = stamped // MINUTE * MINUTE
    told = {"prefix": settings.prefix, "founded": stamped}
    return written.model_copy(update={"start": min(written.start, latest), "cut": min(written.cut, latest), **told})


async def _stamped_by_the_broker(client: AIOKafkaAdminClient, raw: str) -> None:
    """Arrival is the broker's clock, never a producer's. Raises TopicsError."""
    found = (await topics.config_of(client, raw)).get("message.timestamp.type")
    if found != "LogAppendTime":
        raise topics.TopicsError(
            f"topic {raw} has message.timestamp.type={found}: producers would decide when a headline arrived. Run "
            f"kafka-configs.sh --alter --topic {raw} --add-config message.timestamp.type=LogAppendTime, or name "
            "another topic in TOCSIN_RAW_TOPIC"
        )


def _compare(settings: Settings, agreed: Generation, ours: Generation) -> None:
    """Refuse what would change order or verdicts. Start, cut and where the topics began are the first worker's."""
    said = {
        "raw_topic": "the raw topic (TOCSIN_RAW_TOPIC)",
        "raw_partitions": "partitions of the raw topic",
        "import_partitions": "partitions of the import with something in them",
        "lanes": "lanes",
        "rules": "the rules' version",
        "import_topic": "the topic of imported history (TOCSIN_IMPORT_TOPIC)",
        "alerts_topic": "the topic of published alerts (TOCSIN_ALERTS_TOPIC)",
    }
    differing = [
        f"{text}: {getattr(agreed, field)} when it started, {getattr(ours, field)} now"
        for field, text in said.items()
        if getattr(agreed, field) != getattr(ours, field)
    ]
    if differing:
        raise GenerationMismatch(
            f"this worker is not of the generation {settings.prefix or '(no prefix)'}; {'; '.join(differing)}. "
            "A generation keeps what it was started with: put it back, or start another under a new TOCSIN_PREFIX "
            "(`tocsin topics create` first)"
        )
