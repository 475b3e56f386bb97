"""The second generation: topics under its prefix, and a first record that lets it read the history of the first.

It reads the imported history of the first and the raw topic from its beginning. Where raw still holds everything since
the first began, the second begins with the same minute and the same cut, and under the same rules decides the same.
Where retention has taken the oldest, it begins with what is left, and says so. May be repeated.
"""

from typing import NamedTuple

from agents.rulebook import Rulebook
from schemas.base import iso
from schemas.generation import Generation
from streams import generation as generations
from streams import kafka, rights, topics
from streams.allowed import require_rights
from streams.bounds import down, edges, overtaken
from streams.errors import Refusal
from streams.handover.publishing import publishers, refuse_others
from streams.settings import IMPORT, PUBLISHED, Settings, variable

PASSED_ON = ("prefix", "tick", "import_topic", "import_partitions", "raw_partitions")
"""The settings of the second generation that its workers have to be told."""


class Second(NamedTuple):
    """A generation that can take over."""

    settings: Settings
    generation: Generation
    note: str | None
    """What it does not have of the first one's history."""

    @property
    def environment(self) -> dict[str, str]:
        """What its workers have to be told beside the settings that are the same."""
        return {
            variable(name): str(value).lower() if isinstance(value, bool) else str(value)
            for name in PASSED_ON
            if (value := getattr(self.settings, name)) is not None
        }


async def found(source: Settings, prefix: str, rulebook: Rulebook, now: int) -> Second:
    """The generation `prefix`, begun beside that of `source` if there is none. `now`: ms.

    Raises Refusal for a prefix that something else has or where a third generation publishes, TopicsError,
    GenerationMismatch or KafkaUnreachable.
    """
    async with kafka.admin(source) as client:
        await require_rights(source, client, "handover", rights.repeated(source))
    first = await generations.existing(source)
    settings = _settings(source, prefix, first)
    if settings.prefix == source.prefix:
        raise Refusal(f"{prefix} is the generation that publishes; name another, which takes over")
    wanted_rights = rights.needed("handover", source, settings)
    async with kafka.admin(settings) as client:
        await require_rights(settings, client, "handover", wanted_rights)
        settings = generations.following(settings, await generations.existing(settings))
        # before a generation is begun that could not take over
        refuse_others(await publishers(source), source, settings.prefix)
        await topics.create(client, topics.plan(settings, rulebook.lanes.count))
        await require_rights(settings, client, "handover", wanted_rights)  # what has just been made could not be asked
        history = settings.topic(IMPORT)  # as it is, where the generation has been begun by somebody else
        partitions = (await topics.require(client, [history]))[history].partitions
        settings = settings.model_copy(update={"import_partitions": partitions})
    note = None
    if first is not None and await generations.existing(settings) is None:
        wanted, note = await _wanted(settings, first, rulebook, now)
        await generations.found(settings, wanted)
    made = await generations.establish(settings, rulebook.version, rulebook.lanes.count, now)
    if made.replay is not None:
        raise Refusal(f"{prefix} is a replay, which ends where it was told to and never publishes; name another prefix")
    return Second(settings, made, note)


def _settings(source: Settings, prefix: str, first: Generation | None) -> Settings:
    history = first is not None and first.import_partitions > 0
    return Settings(
        **{
            **source.model_dump(),
            "prefix": prefix,
            "tick": False,  # until it publishes
            "raw_partitions": first.raw_partitions if first is not None else source.raw_partitions,
            "import_topic": (first.import_topic or source.topic(IMPORT)) if first is not None and history else None,
            "import_partitions": first.import_partitions if first is not None and history else 1,
        }
    )


async def _wanted(settings: Settings, first: Generation, rulebook: Rulebook, now: int) -> tuple[Generation, str | None]:
    found = await edges(settings, first.raw_topic, first.raw_partitions)
    start, cut, note = first.start, first.cut, None
    if overtaken(found, first):
        # no later than any record that is left, or older ones would seem to arrive then, all at once
        start = cut = down(min((edge.earliest for edge in found if edge.earliest is not None), default=now))
        note = (
            f"the raw topic begins at {iso(start)} by now, and the first generation began at {iso(first.start)}: what "
            "came between its import and that is gone, and the second has not learnt from it"
        )
    async with kafka.admin(settings) as client:
        published = settings.topic(PUBLISHED)
        partitions = (await topics.require(client, [published]))[published].partitions
    import_begins = await _import_begins(settings, first)
    return (
        Generation(
            start=start,
            cut=cut,
            raw_topic=first.raw_topic,
            raw_partitions=first.raw_partitions,
            import_partitions=first.import_partitions,
            lanes=rulebook.lanes.count,
            rules=rulebook.version,
            import_topic=settings.topic(IMPORT),
            alerts_topic=published,
            alerts_partitions=partitions,
            raw_begins=tuple(edge.begin for edge in found),
            import_begins=import_begins,
        ),
        note,
    )


async def _import_begins(settings: Settings, first: Generation) -> tuple[int, ...]:
    """Where the first one's history began: what of it has gone since is missed, not left out."""
    if first.import_begins:
        return first.import_begins
    async with kafka.running(settings, kafka.consumer(settings)) as reader:
        return await generations.begins(reader, settings.topic(IMPORT), first.import_partitions)
