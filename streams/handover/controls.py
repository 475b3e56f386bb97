"""Writing a handover's control records to the raw topic: acknowledged before anything rests on them."""

from schemas.handover import Adoption
from schemas.raw import RawHandover
from streams import kafka
from streams.errors import Refusal
from streams.settings import RAW, Settings
from streams.topic_plan import RAW_BYTES


class Controls:
    """The control records of one handover."""

    def __init__(self, settings: Settings, partitions: int, handover: str, to: str, since: int) -> None:
        self._settings = settings
        self._partitions = partitions
        self._switch = RawHandover(tocsin="handover", handover=handover, to=to, since=since)

    async def switch(self) -> None:
        """In every partition: who publishes, and from when. May be repeated, and then seals what has taken effect."""
        value = encoded(self._switch)
        await self._send(dict.fromkeys(range(self._partitions), value))

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
