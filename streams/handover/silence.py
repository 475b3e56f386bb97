"""A former generation that does not run any more, and cannot: silenced where it stands.

Each of its detector lanes is fenced, like by a new owner, and told in its own state that it publishes nothing. So what
it committed last is its last word, and if its workers ever come back they go on silently. What it would still have
said before T it never says: the adoption brings subscribers to the new generation's state all the same.
"""

from aiokafka import TopicPartition

from agents.detect.publisher import HELD, KEY, KNOWN, PublisherState
from schemas.generation import Generation
from streams import kafka
from streams.engine.state import Reader, load_state
from streams.engine.transaction import Transactor
from streams.errors import Refusal
from streams.handover.lanes import STATE
from streams.settings import Settings


async def silence(settings: Settings, generation: Generation, handover: str, at: int) -> list[int]:
    """Silence the lanes that still publish; returns which. `at`: T, ms. Raises Refusal while workers run."""
    async with kafka.admin(settings) as client:
        for answer in await client.describe_consumer_groups([settings.group]):
            if any(members for _, _, _, _, _, members, *_ in answer.groups):
                raise Refusal(
                    f"workers of {settings.prefix or '(no prefix)'} run, or ran a few seconds ago: leave "
                    "--former-stopped out and let them come to the switch, or stop them first"
                )
    options = kafka.client_options(settings)
    silenced = []
    for lane in range(generation.lanes):
        transactor = Transactor(settings.transactional_id("detect", lane), options, settings.topic)
        await transactor.fence()
        try:
            partition = TopicPartition(settings.topic(STATE), lane)
            async with Reader(options) as reader:
                entries, position = (await load_state(reader, [partition]))[partition]
            state = PublisherState.decode(entries[KEY]) if KEY in entries else PublisherState(mode="publishes")
            if state.mode != "silent" or state.handover != handover:
                held: dict[bytes, bytes | None] = dict.fromkeys(key for key in entries if key.startswith(HELD))
                told = _silent(state, handover, at)
                await transactor.commit([], STATE, lane, {KEY: told.encode(), **held}, position or 0)
                silenced.append(lane)
        finally:
            await transactor.close()
    return silenced


def _silent(state: PublisherState, handover: str, at: int) -> PublisherState:
    """As if the lane had come to the switch itself."""
    nothing: dict[str, object] = {"switch": None, "renamed": (), "numbered": (), "held": 0}
    past = state.past if state.handover == handover else (*state.past, state.handover)[-KNOWN:]
    return state.model_copy(update={"mode": "silent", "handover": handover, "past": past, "since": at, **nothing})
