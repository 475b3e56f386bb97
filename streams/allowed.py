"""Asks Kafka which rights are missing, before something fails for want of one: weeks later, at the first alert, say.

Kafka tells a user what it may do with a topic (KIP-430). Of groups and transactional ids it is asked whether they may
be looked up, which every right on them brings; what is missing beyond that shows when they are first used, at the
start too. A broker that cannot answer is taken for one that allows: then the refusal comes where the right is used.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import CoordinationType
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    IncompatibleBrokerVersion,
    KafkaError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Schema, String

from streams import kafka, rights
from streams.access import AccessDenied, denied
from streams.errors import Refusal
from streams.rights import Right
from streams.settings import Settings

_BITS = {"READ": 3, "WRITE": 4, "CREATE": 5, "DELETE": 6, "DESCRIBE": 8, "DESCRIBE_CONFIGS": 10}
"""Kafka's numbers of operations: bits in what it answers."""
_UNSEEN = ("READ", "WRITE", "DELETE", "DESCRIBE", "CREATE")
"""Operations that nobody has on a topic that he may not see, and the one by which it would come to be."""


class _Answer(Response):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", Array(("node_id", Int32), ("host", String("utf-8")), ("port", Int32), ("rack", String("utf-8")))),
        ("cluster_id", String("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", String("utf-8")),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("operations", Int32),
            ),
        ),
        ("cluster_operations", Int32),
    )


class _Question(RequestStruct):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        ("topics", Array(String("utf-8"))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_operations", Boolean),
        ("include_topic_operations", Boolean),
    )


class _Metadata(Request[_Question]):  # type: ignore[misc]
    """aiokafka's own stops at version 5, and operations came with 8."""

    API_KEY = 3

    def __init__(self, topics: list[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_Question]) -> _Question:
        """No topic is made by being asked for."""
        return request_struct_class(self._topics, False, False, True)


async def require_rights(
    settings: Settings, client: AIOKafkaAdminClient, command: str, wanted: Iterable[Right]
) -> None:
    """Raises AccessDenied with every right that `command` needs of those that are `wanted`, and this user has not.

    CREATE is left to who makes topics: what is there already need not be made.
    """
    if lacking := await missing(client, [right for right in wanted if right.operation != "CREATE"]):
        raise denied(settings, command, lacking)


def why_not(settings: Settings, command: str) -> AccessDenied | None:
    """After something was refused: the rights that `command` lacks, if Kafka can say so."""

    async def ask() -> list[Right]:
        async with kafka.admin(settings) as client:
            return await missing(client, rights.needed(command, settings))

    if command not in rights.COMMANDS or command in rights.OF_TWO:
        return None  # those ask before they do anything, for they know the other generation
    try:
        lacking = asyncio.run(ask())
    except (Refusal, KafkaError, OSError):
        return None  # what was refused before is the better answer
    return denied(settings, command, lacking) if lacking else None


async def missing(client: AIOKafkaAdminClient, needed: Sequence[Right]) -> list[Right]:
    """What is needed and this user may not do, as far as Kafka tells."""
    topics = sorted({right.name for right in needed if right.resource == "topic"})
    try:
        operations = await _operations(client, topics)
    except (IncompatibleBrokerVersion, NotImplementedError):
        operations = {}
    return [right for right in needed if right.resource == "topic" and not _has(right, operations)] + [
        right for right in needed if right.resource != "topic" and not await _found(client, right)
    ]


async def _operations(client: AIOKafkaAdminClient, topics: Iterable[str]) -> Mapping[str, int | None]:
    """Of each topic that is there what may be done with it, as bits; `None` where it may not even be seen."""
    answer: Any = await client._send_request(_Metadata(list(topics)))
    found: dict[str, int | None] = {}
    for code, topic, _, _, operations in answer.topics:
        if code == TopicAuthorizationFailedError.errno:
            found[topic] = None
        elif code == 0:
            found[topic] = operations
    return found


def _has(right: Right, operations: Mapping[str, int | None]) -> bool:
    bits = operations.get(right.name, -1)
    if bits is None:
        return right.operation not in _UNSEEN
    return bool(bits >> _BITS[right.operation] & 1)


async def _found(client: AIOKafkaAdminClient, right: Right) -> bool:
    kind = {"group": CoordinationType.GROUP, "transactional-id": CoordinationType.TRANSACTION}[right.resource]
    try:
        await client._client.coordinator_lookup(kind, right.name)
    except (GroupAuthorizationFailedError, TransactionalIdAuthorizationFailed):
        return False
    except KafkaError:  # a new cluster has no coordinators yet
        return True
    return True
