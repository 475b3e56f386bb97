"""Rights given and taken while Kafka runs, by its own protocol; aiokafka's administration client has no call for it."""

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest

from streams import kafka
from streams.rights import Right
from streams.settings import Settings

# Kafka's numbers.
_RESOURCES = {"topic": 2, "group": 3, "cluster": 4, "transactional-id": 5}
_OPERATIONS = {
    "ALL": 2,
    "READ": 3,
    "WRITE": 4,
    "CREATE": 5,
    "DELETE": 6,
    "ALTER": 7,
    "DESCRIBE": 8,
    "DESCRIBE_CONFIGS": 10,
    "IDEMPOTENT_WRITE": 12,
}
_ANY, _LITERAL, _PREFIXED, _ALLOW = 1, 3, 4, 3
_EVERYWHERE = "*"


class Acls:
    """What users may do, changed by an administrator."""

    def __init__(self, administrator: Settings) -> None:
        self._settings = administrator

    def allow(self, user: str, rights: Iterable[Right]) -> None:
        """Give rights to a user."""
        asyncio.run(self._change(user, list(rights), CreateAclsRequest))

    def deny(self, user: str, rights: Iterable[Right]) -> None:
        """Take rights from a user."""
        asyncio.run(self._change(user, list(rights), DeleteAclsRequest))

    def clear(self, user: str) -> None:
        """Take all rights from a user."""

        async def run() -> None:
            async with kafka.admin(self._settings) as client:
                request = DeleteAclsRequest(_ANY, None, _ANY, f"User:{user}", None, _ANY, _ANY)
                _fine(await client._send_to_controller(request))

        asyncio.run(run())

    async def _change(
        self, user: str, rights: list[Right], request: type[CreateAclsRequest] | type[DeleteAclsRequest]
    ) -> None:
        async with kafka.admin(self._settings) as client:
            await asyncio.gather(*[self._one(client, user, right, request) for right in rights])

    async def _one(
        self,
        client: AIOKafkaAdminClient,
        user: str,
        right: Right,
        request: type[CreateAclsRequest] | type[DeleteAclsRequest],
    ) -> None:
        made = request(
            _RESOURCES[right.resource],
            right.name,
            _PREFIXED if right.prefixed else _LITERAL,
            f"User:{user}",
            _EVERYWHERE,
            _OPERATIONS[right.operation],
            _ALLOW,
        )
        _fine(await client._send_to_controller(made))


def _fine(answer: object) -> None:
    for attribute in ("creation_responses", "filter_responses"):
        for code, message, *_ in getattr(answer, attribute, ()):
            assert code == 0, f"{code} {message}"
