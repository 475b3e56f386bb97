"""Writing a handover's control records to the raw topic: acknowledged before anything rests on them."""

from typing import NamedTuple

from schemas.handover import Adoption
from schemas.raw import RawHandover
from streams import kafka
from streams.errors import Refusal
from streams.settings import RAW, Settings
from streams.topic_plan import RAW_BYTES


class Terms(NamedTuple):
    """What all control records of one handover say."""

    handover: str
    former: str
    """Name of the generation that publishes before; empty where none does."""
    to: str
    since: int
    """T, ms, or earlier."""


class Controls:
    """The control records of one handover."""

    def __init__(self, settings: Settings, partitions: int, terms: Terms) -> None:
        self._settings = settings
        self._partitions = partitions
        self._switch = RawHandover(tocsin="handover", **terms._asdict())

    async def switch(self) -> None:
        """In every partition: who publishes, and from when. May be repeated, and then seals what has taken effect."""
        await self._send(dict.fromkeys(range(self._partitions), encoded(self._switch)))

    async def adopt(self, adoption: Adoption) -> None:
        """In one partition, for every lane. Raises Refusal for one that no topic could hold."""
        value = encoded(self._switch.model_copy(update={"adoption": adoption}))
        if len(value) > RAW_BYTES:
            raise Refusal(
                f"{len(adoption.alerts):,} open alerts have to be told at once, {len(value):,} bytes, and a raw record "
                "takes 16 MiB: wait until some have resolved, and run this again"
            )
        await self._send({0: value})

    async def _send(self, values: dict[int, bytes]) -> None:
        async with kafka.running(self._settings, kafka.producer(self._settings)) as writer:
            for partition, value in values.items():
                await writer.send_and_wait(self._settings.topic(RAW), value, partition=partition)


def encoded(control: RawHandover) -> bytes:
    """A control record as it stands in raw."""
    return control.model_dump_json(exclude={"adoption"} if control.adoption is None else None).encode()
