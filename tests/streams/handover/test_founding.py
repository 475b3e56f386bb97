"""A second generation is begun with what the first one had, or with what is left of it, and says which."""

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from agents.rulebook import Rulebook
from schemas.base import HOUR, MINUTE
from schemas.generation import Generation
from streams import generation as generations
from streams import kafka as clients
from streams.handover.founding import Second, found
from streams.settings import IMPORT, RAW, Settings
from streams.topics import create, plan
from tests.streams.deployment import put, settings_of

NOW = 4_000_000_000_000
"""Of the machine that asks: later than any record."""


async def first(kafka: str, prefix: str) -> tuple[Settings, Generation]:
    """Three headlines in each of two raw partitions, stamped when they come, and a generation from an hour before."""
    settings = settings_of(kafka, prefix)
    rules = Rulebook.load()
    async with clients.admin(settings) as client:
        await create(client, plan(settings, rules.lanes.count))
    for number in range(6):
        await put(settings, RAW, b'{"title": "Ministers of Kenya meet"}', partition=number % 2)
    await put(settings, IMPORT, b"{}")
    as_it_is = await generations.establish(settings, rules.version, rules.lanes.count, NOW)
    earlier = {"start": as_it_is.start - HOUR, "cut": as_it_is.cut - HOUR, "prefix": "", "founded": 0}
    before = settings_of(kafka, f"{prefix}1.").model_copy(
        update={"raw_topic": settings.raw_topic, "alerts_topic": settings.alerts_topic}
    )
    async with clients.admin(before) as client:
        await create(client, plan(before, rules.lanes.count))
    wanted = as_it_is.model_copy(update={**earlier, "import_topic": settings.topic(IMPORT), "import_begins": ()})
    return before, await generations.found(before, wanted)


async def overtake(settings: Settings, before: dict[int, int]) -> None:
    """Raw retention takes what is before these offsets."""
    async with clients.admin(settings) as client:
        await client.delete_records(
            {TopicPartition(settings.raw_topic, p): RecordsToDelete(before_offset=at) for p, at in before.items()}
        )


async def second(settings: Settings, prefix: str) -> Second:
    return await found(settings, f"{prefix}2", Rulebook.load(), NOW)


async def test_it_begins_where_the_first_one_began(kafka: str, prefix: str) -> None:
    settings, former = await first(kafka, prefix)
    made = await second(settings, prefix)
    assert made.note is None
    assert (made.generation.start, made.generation.cut) == (former.start, former.cut)
    assert (made.generation.raw_begins, made.generation.import_begins) == ((0, 0), (0, 0))
    again = await second(settings, prefix)
    assert again.generation == made.generation


async def test_the_first_one_to_publish_is_told_with_the_partitions_that_it_has(kafka: str, prefix: str) -> None:
    nothing, rules = settings_of(kafka, f"{prefix}0."), Rulebook.load()
    own = nothing.model_copy(update={"prefix": f"{prefix}1", "import_partitions": 3})
    async with clients.admin(own) as client:
        await create(client, plan(own, rules.lanes.count))
    await generations.establish(own, rules.version, rules.lanes.count, NOW)
    made = await found(nothing, own.prefix, rules, NOW)
    assert made.environment["TOCSIN_IMPORT_PARTITIONS"] == "3"
    assert "TOCSIN_IMPORT_TOPIC" not in made.environment


async def test_where_retention_has_overtaken_it_begins_with_what_is_left(kafka: str, prefix: str) -> None:
    """The first minute that is left in any partition: or older records would seem to arrive then, all at once."""
    settings, former = await first(kafka, prefix)
    await overtake(settings, {0: 2, 1: 1})
    made = await second(settings, prefix)
    assert made.note is not None
    assert "gone" in made.note
    assert made.generation.start == made.generation.cut > former.start
    assert made.generation.start % MINUTE == 0
    assert made.generation.raw_begins == (2, 1)


async def test_where_nothing_is_left_it_begins_now(kafka: str, prefix: str) -> None:
    settings, former = await first(kafka, prefix)
    await overtake(settings, {0: -1, 1: -1})
    made = await second(settings, prefix)
    assert made.note is not None
    # whatever a fast clock says, never later than the broker's stamp on the first record
    assert made.generation.start == made.generation.founded // MINUTE * MINUTE
    assert made.generation.start > former.start
    assert made.generation.raw_begins == (3, 3)
