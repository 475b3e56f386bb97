"""The stretch of a log that a replay reads: from where to where there is all of it, and what that is in offsets.

    raw      |xxxx|----------[----------------]-----|
              gone ^          since            until ^ complete up to here

What had gone before the repeated generation began was never a part of it, so its replay does not need it either.
"""

from dataclasses import dataclass

from aiokafka import TopicPartition

from agents.rulebook import Rulebook
from schemas.base import iso
from schemas.generation import Generation, Replay
from streams import kafka, topics
from streams.bounds import complete, edges, last_before, offsets_at, overtaken
from streams.errors import Refusal
from streams.settings import IMPORT, PUBLISHED, Settings
from streams.sources import END_TICK

CLOCKS = "clocks"


class ReplayRefused(Refusal):
    """This stretch cannot be replayed, or not under this prefix; nothing was begun."""


@dataclass(frozen=True)
class Asked:
    """What a replay was asked for: whole minutes, ms."""

    since: int | None = None
    until: int | None = None


async def wanted(
    source: Settings, settings: Settings, repeated: Generation, rulebook: Rulebook, asked: Asked
) -> tuple[Generation, tuple[str, ...]]:
    """The first record of the replay of `repeated` that was asked for, and what is to be known of it.

    `settings` are the replay's. Raises ReplayRefused for a stretch that there is not, or not any more.
    """
    found = await edges(settings, repeated.raw_topic, repeated.raw_partitions)
    now = await _now(settings)
    earliest, latest = complete(found, now)
    history = await _history_end(source, repeated)
    since, until = asked.since, latest if asked.until is None else asked.until
    if until > latest:
        raise ReplayRefused(
            f"--to {iso(until)}: the log is complete up to {iso(latest)} only. Leave --to out to replay all of it"
        )
    notes: tuple[str, ...] = ()
    if since is None:
        if overtaken(found, repeated):
            raise ReplayRefused(
                f"the raw topic no longer begins at {iso(repeated.start)}, where {_named(source)} began: its retention "
                f"has overtaken it. What is there is complete from {iso(earliest)} on: "
                f"`tocsin replay --from {iso(earliest)}`"
            )
        if history is not None and history > until:
            raise ReplayRefused(
                f"the imported history of {_named(source)} reaches to {iso(history)}, beyond {iso(until)}, where this "
                "replay would end. Set --to after it, or wait until the log has come so far"
            )
    else:
        if since < earliest:
            raise ReplayRefused(
                f"--from {iso(since)}: the raw topic is complete from {iso(earliest)} on only, what was before has "
                f"expired. `tocsin replay --from {iso(earliest)}`"
            )
        if history is not None and history > since:
            notes += (
                f"the imported history of {_named(source)} reaches to {iso(history)}, after --from: its rows are no "
                "part of this replay, so rows and minutes are those of the full run only after that",
            )
    begin = repeated.start if since is None else since
    if begin >= until:
        raise ReplayRefused(f"nothing lies between {iso(begin)} and {iso(until)}. Set --from before --to")
    stretch = await _stretch(settings, repeated, since, until)
    published = settings.topic(PUBLISHED)
    async with kafka.admin(settings) as client:
        there = await topics.require(client, [published])
    return (
        Generation(
            start=begin,
            cut=repeated.cut if since is None else since,
            raw_topic=repeated.raw_topic,
            raw_partitions=repeated.raw_partitions,
            import_partitions=repeated.import_partitions if since is None else 0,
            lanes=rulebook.lanes.count,
            rules=rulebook.version,
            import_topic=settings.topic(IMPORT),
            alerts_topic=published,
            alerts_partitions=there[published].partitions,
            import_begins=repeated.import_begins if since is None else (),
            replay=stretch,
        ),
        notes,
    )


async def _stretch(settings: Settings, repeated: Generation, since: int | None, until: int) -> Replay:
    """The offsets of the stretch, in each raw partition."""
    parts = [TopicPartition(repeated.raw_topic, number) for number in range(repeated.raw_partitions)]
    async with kafka.running(settings, kafka.consumer(settings)) as reader:
        ends = await reader.end_offsets(parts)
        first = await (reader.beginning_offsets(parts) if since is None else offsets_at(reader, ends, since))
        behind = await offsets_at(reader, ends, until)
        last = [await last_before(reader, part, first[part], behind[part]) for part in parts]
    return Replay(
        since=since,
        until=until,
        first=tuple(first[part] for part in parts),
        last=tuple(None if record is None else record.offset for record in last),
    )


async def _now(settings: Settings) -> int:
    """The broker's clock: its stamp on a record of ours that nobody reads, ms."""
    async with kafka.running(settings, kafka.producer(settings)) as writer:
        sent = await writer.send_and_wait(settings.topic(CLOCKS), None, key=b"now", partition=0)
    return int(sent.timestamp)


async def _history_end(source: Settings, repeated: Generation) -> int | None:
    """Where the source's imported history ends, ms; `None` where it has none. Raises ReplayRefused if it has no end."""
    if not repeated.import_partitions:
        return None
    topic = repeated.import_topic or source.topic(IMPORT)
    parts = [TopicPartition(topic, number) for number in range(repeated.import_partitions)]
    end = 0
    async with kafka.running(source, kafka.consumer(source)) as reader:
        ends = await reader.end_offsets(parts)
        for part in parts:
            last = await last_before(reader, part, 0, ends[part])
            if last is None or last.value != END_TICK:
                raise ReplayRefused(
                    f"the import in {topic} has not ended, and a replay would wait for it for ever. Wait until "
                    "`tocsin feed --import` is done"
                )
            end = max(end, last.timestamp)
    return end


def _named(source: Settings) -> str:
    return f"the generation {source.prefix or '(no prefix)'}"
