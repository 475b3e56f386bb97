"""Rights given and taken while Kafka runs, by its own protocol; aiokafka's administration client has no call for it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

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


class Open:
    """Rights changed over one connection."""

    def __init__(self, client: AIOKafkaAdminClient, user: str) -> None:
        self._client = client
        self._user = user

    async def allow(self, rights: Iterable[Right]) -> None:
        """Give rights to the user."""
        await self._change(rights, CreateAclsRequest)

    async def deny(self, rights: Iterable[Right]) -> None:
        """Take rights from the user."""
        await self._change(rights, DeleteAclsRequest)

    async def _change(
        self, rights: Iterable[Right], request: type[CreateAclsRequest] | type[DeleteAclsRequest]
    ) -> None:
        await asyncio.gather(*[self._one(right, request) for right in rights])

    async def _one(self, right: Right, request: type[CreateAclsRequest] | type[DeleteAclsRequest]) -> None:
        made = request(
            _RESOURCES[right.resource],
            right.name,
            _PREFIXED if right.prefixed else _LITERAL,
            f"User:{self._user}",
            _EVERYWHERE,
            _OPERATIONS[right.operation],
            _ALLOW,
        )
        _fine(await self._client._send_to_controller(made))


class Acls:
    """What users may do, changed by an administrator."""

    def __init__(self, administrator: Settings) -> None:
        self._settings = administrator

    @asynccontextmanager
    async def of(self, user: str) -> AsyncIterator[Open]:
        """To change a user's rights many times."""
        async with kafka.admin(self._settings) as client:
            yield Open(client, user)

    def allow(self, user: str, rights: Iterable[Right]) -> None:
        """Give rights to a user."""

        async def run() -> None:
            async with self.of(user) as opened:
                await opened.allow(rights)

        asyncio.run(run())

    def deny(self, user: str, rights: Iterable[Right]) -> None:
        """Take rights from a user."""

        async def run() -> None:
            async with self.of(user) as opened:
                await opened.deny(rights)

        asyncio.run(run())

    def clear(self, user: str) -> None:
        """Take all rights from a user."""

        async def run() -> None:
            async with kafka.admin(self._settings) as client:
                request = DeleteAclsRequest(_ANY, None, _ANY, f"User:{user}", None, _ANY, _ANY)
                _fine(await client._send_to_controller(request))

        asyncio.run(run())


def _fine(answer: object) -> None:
    for attribute in ("creation_responses", "filter_responses"):
        for code, message, *_ in getattr(answer, attribute, ()):
            assert code == 0, f"{code} {message}"
