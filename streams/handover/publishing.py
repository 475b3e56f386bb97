"""Which generations publish now: what the state of their lanes says, and nothing that could have expired."""

from streams import generation as generations
from streams.handover.lanes import LaneStates
from streams.settings import Settings


async def publishers(settings: Settings) -> list[str]:
    """The prefixes of all generations that publish where `settings` says: one, or none before the first handover."""
    found = []
    for own in await generations.every(settings):
        generation = await generations.read(own)
        if (
            generation is None
            or generation.replay is not None
            or (generation.raw_topic, generation.alerts_topic) != (settings.raw_topic, settings.alerts_topic)
        ):
            continue
        async with LaneStates(own, generation.lanes) as lanes:
            modes = {state.mode for state in (await lanes.now()).values()}
        # before any handover a lane has nothing to write down
        if "publishes" in modes or (not modes and own.publishes):
            found.append(own.prefix)
    return found
