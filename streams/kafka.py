"""Clients of Kafka, made from the settings alone: secured as they say, bounded in how long they wait for a broker.

Producers are idempotent and wait for all replicas; consumers read what is committed and never jump: where an offset
is gone they raise instead of going elsewhere in silence. A broker that does not answer is `KafkaUnreachable` after a
few seconds, with the address, the setting and the cure; one that refuses the login is `AccessDenied` at once.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Protocol, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError, NodeNotReadyError, RequestTimedOutError
from aiokafka.helpers import create_ssl_context

from streams.access import is_denied, login_refused
from streams.errors import Refusal, causes
from streams.quiet import quiet, unreachable_causes
from streams.settings import Settings, SettingsError

_AWAY = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, RequestTimedOutError)
"""What aiokafka raises for a broker that is away, or does not answer in time."""
REACH_SECONDS = 5.0
"""How long a command waits for a broker before it gives up."""
STOP_SECONDS = 10.0
MEBIBYTE = 1024 * 1024


class KafkaUnreachable(Refusal):
    """No broker answers."""

    exit_code: ClassVar[int] = 3


class Client(Protocol):
    """What all of aiokafka's clients have in common."""

    async def start(self) -> None:
        """Connect."""


Started = TypeVar("Started", bound=Client)


def client_options(settings: Settings) -> dict[str, Any]:
    """What every client is given: addresses and security."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.endswith("SSL"):
        options["ssl_context"] = _ssl_context(settings)
    if settings.kafka_security_protocol.startswith("SASL"):
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_sasl_username
        options["sasl_plain_password"] = settings.password()
    return options


def _ssl_context(settings: Settings) -> ssl.SSLContext:
    """Raises SettingsError when a file is no PEM file of what it should be."""
    quiet()
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=_text(settings.kafka_ssl_cafile),
            certfile=_text(settings.kafka_ssl_certfile),
            keyfile=_text(settings.kafka_ssl_keyfile),
            password="",  # or the library would ask at the terminal
        )
    except OSError as error:
        given = {
            "TOCSIN_KAFKA_SSL_CAFILE": settings.kafka_ssl_cafile,
            "TOCSIN_KAFKA_SSL_CERTFILE": settings.kafka_ssl_certfile,
            "TOCSIN_KAFKA_SSL_KEYFILE": settings.kafka_ssl_keyfile,
        }
        named = ", ".join(f"{name}={path}" for name, path in given.items() if path)
        raise SettingsError(
            [
                f"{named}: cannot be used ({getattr(error, 'reason', None) or error}); they take PEM files: of "
                "authorities, of this client's certificate, and of the key that belongs to it, without a pass phrase"
            ]
        ) from error
    return context


def consumer(settings: Settings, **options: Any) -> AIOKafkaConsumer:
    """A consumer that is not yet started: committed records only, no group, offsets by hand."""
    chosen: dict[str, Any] = {
        **client_options(settings),
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "fetch_max_wait_ms": 100,
        "fetch_max_bytes": 32 * MEBIBYTE,
        "max_partition_fetch_bytes": 8 * MEBIBYTE,
    }
    return AIOKafkaConsumer(**{**chosen, **options})


def producer(settings: Settings, **options: Any) -> AIOKafkaProducer:
    """A producer that is not yet started: idempotent, acknowledged by all replicas, large enough for every record."""
    chosen: dict[str, Any] = {
        **client_options(settings),
        "enable_idempotence": True,
        "acks": "all",
        "max_request_size": 64 * MEBIBYTE,
        "max_batch_size": 256 * 1024,
        "linger_ms": 5,
    }
    return AIOKafkaProducer(**{**chosen, **options})


@asynccontextmanager
async def running(settings: Settings, client: Started, seconds: float | None = None) -> AsyncIterator[Started]:
    """`client`, started; stopped again at the end. Raises KafkaUnreachable when no broker answers in time."""
    try:
        await _start(settings, client, REACH_SECONDS if seconds is None else seconds)
        yield client
    finally:
        with contextlib.suppress(TimeoutError):  # a producer would wait for ever for a broker that is away
            await asyncio.wait_for(_stopped(client), STOP_SECONDS)


@asynccontextmanager
async def admin(settings: Settings, seconds: float | None = None) -> AsyncIterator[AIOKafkaAdminClient]:
    """An administration client, started; closed at the end. Raises KafkaUnreachable."""
    client = AIOKafkaAdminClient(**client_options(settings), request_timeout_ms=30_000)
    async with running(settings, client, seconds):
        yield client


async def stretch(
    reader: AIOKafkaConsumer, partition: TopicPartition, start: int, end: int
) -> AsyncGenerator[list[ConsumerRecord], None]:
    """The committed records of `partition` in `[start, end)`, in order, as they are fetched.

    Takes over the consumer's assignment. `end` may be the last stable offset: control records are passed.
    """
    if start >= end:
        return
    reader.assign([partition])
    reader.seek(partition, start)
    while await reader.position(partition) < end:
        fetched = await reader.getmany(partition, timeout_ms=200, max_records=5000)
        records = [record for record in fetched.get(partition, ()) if record.offset < end]
        if records:
            yield records


async def _stopped(client: Client) -> None:
    await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())  # type: ignore[attr-defined]


async def _start(settings: Settings, client: Client, seconds: float) -> None:
    quiet()
    deadline = time.monotonic() + seconds
    with unreachable_causes() as seen:
        while True:
            try:
                await asyncio.wait_for(client.start(), max(0.1, deadline - time.monotonic()))
                return
            except (KafkaError, OSError, TimeoutError) as error:
                if is_denied(error):
                    raise
                for cause in (error, *seen.values()):
                    if isinstance(cause, BaseException) and (refused := login_refused(settings, cause)):
                        raise refused from error
                if time.monotonic() + 0.25 > deadline:
                    raise KafkaUnreachable(_unreachable(settings, seen or {"": str(error)}, seconds)) from error
                await asyncio.sleep(0.25)


def gone_away(settings: Settings, error: BaseException) -> KafkaUnreachable | None:
    """What is said of a broker that was there when a command began, if that is what `error` comes from."""
    if not any(isinstance(each, _AWAY) for each in causes(error)):
        return None
    return KafkaUnreachable(
        f"Kafka at {settings.kafka_bootstrap_servers} (TOCSIN_KAFKA_BOOTSTRAP_SERVERS) went away in between: "
        f"{error or type(error).__name__}. Run this again when it is back (`tocsin kafka status`)"
    )


def _unreachable(settings: Settings, seen: Mapping[str, object], seconds: float) -> str:
    why = "; ".join(sorted(set(filter(None, map(str, seen.values()))))) or "no answer"
    return (
        f"Kafka does not answer at {settings.kafka_bootstrap_servers} (TOCSIN_KAFKA_BOOTSTRAP_SERVERS) "
        f"after {seconds:g} s: {why}. Start the broker (`tocsin kafka start` starts a local one), or set "
        f"TOCSIN_KAFKA_BOOTSTRAP_SERVERS, and TOCSIN_KAFKA_SECURITY_PROTOCOL={settings.kafka_security_protocol} to "
        "what the broker speaks there: one that speaks another does not answer."
    )


def _text(path: object) -> str | None:
    return None if path is None else str(path)
