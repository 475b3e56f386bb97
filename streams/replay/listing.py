"""Which replays there are, and away with one: its topics and its consumer group, and nothing else.

Only a prefix whose first record says that it is a replay is deleted, and only topics that begin with it and a dot and
that Tocsin makes. The topic of the first record goes last: broken off, the deletion can be done again.
"""

from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import DeleteGroupsRequest

from schemas.generation import Generation, Replay
from streams import generation as generations
from streams import kafka, rights, topics
from streams.allowed import require_rights
from streams.errors import Refusal
from streams.replay.founding import existing
from streams.settings import NAMES, Settings


@dataclass(frozen=True)
class Found:
    """A replay that was begun."""

    prefix: str
    generation: Generation
    replay: Replay


async def replays(settings: Settings) -> list[Found]:
    """All replays of this raw topic whose first record this user may read, by prefix."""
    found = []
    for own in await generations.every(settings):
        if not await generations.may_read(own, generations.TOPIC):
            continue
        generation = await generations.existing(own)
        if generation is not None and generation.replay is not None and generation.raw_topic == settings.raw_topic:
            found.append(Found(own.prefix, generation, generation.replay))
    return found


async def delete(settings: Settings, prefix: str) -> list[str]:
    """Delete the replay under `prefix`; returns the names of its topics. Raises Refusal for what is no replay."""
    async with kafka.admin(settings) as client:
        wanted = rights.needed("replay --delete", settings, rights.another(settings, prefix))
        await require_rights(settings, client, "replay --delete", wanted)
    generation = await existing(settings, prefix)
    if generation is None or generation.replay is None:
        raise Refusal(
            f"{prefix} is no replay, and only replays are deleted here. `tocsin replay --list` tells which there are"
        )
    async with kafka.admin(settings) as client:
        await _idle(client, f"{prefix}.tocsin", prefix)
        there = await topics.described(client)
        own = [name for plain in NAMES if (name := f"{prefix}.{plain}") in there and name != settings.raw_topic]
        own.sort(key=lambda name: name.endswith(f".{generations.TOPIC}"))
        for name in own:
            answer = await client.delete_topics([name])
            for _, code, *_more in answer.topic_error_codes:
                if code:
                    raise Refusal(f"topic {name} cannot be deleted: {for_code(code).__name__}. Run it again")
        await _forget(client, f"{prefix}.tocsin")
    return own


async def _idle(client: AIOKafkaAdminClient, group: str, prefix: str) -> None:
    """Refuse while workers are members of the group."""
    for answer in await client.describe_consumer_groups([group]):
        for _, _, _, _, _, members, *_ in answer.groups:
            if members:
                raise Refusal(
                    f"workers of {prefix} still run, or ended a moment ago. Stop them and run it again in a few seconds"
                )


async def _forget(client: AIOKafkaAdminClient, group: str) -> None:
    """Delete a consumer group; one that is not there is no fault."""
    answer: Any = await client._send_request(DeleteGroupsRequest([group]), await client.find_coordinator(group))
    for _, code in answer.results:
        if code and for_code(code).__name__ not in ("GroupIdNotFound", "InvalidGroupIdError"):
            raise Refusal(f"the consumer group {group} cannot be deleted: {for_code(code).__name__}. Run it again")
