"""Clients say in a few seconds that no broker answers, and read exactly what is committed."""

import logging
import socket
import time

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError

from streams import kafka as clients
from streams.kafka import KafkaUnreachable
from streams.quiet import RateLimit
from streams.settings import Settings
from streams.topics import create, plan


def test_a_broker_that_goes_away_is_unreachable_and_no_fault_of_ours() -> None:
    settings = Settings(kafka_bootstrap_servers="127.0.0.1:1")
    found = clients.gone_away(settings, KafkaTimeoutError())
    assert found is not None
    assert found.exit_code == 3
    assert "127.0.0.1:1" in str(found)
    assert clients.gone_away(settings, ValueError()) is None


async def test_a_refused_connection_is_told_with_address_setting_and_cure(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(kafka_bootstrap_servers="127.0.0.1:1")
    with pytest.raises(KafkaUnreachable) as caught:
        async with clients.admin(settings, seconds=0.5):
            pass
    said = str(caught.value)
    assert "127.0.0.1:1" in said
    assert "TOCSIN_KAFKA_BOOTSTRAP_SERVERS" in said
    assert "tocsin kafka start" in said
    assert "Connect call failed" in said
    assert caught.value.exit_code == 3
    assert not [record for record in caplog.records if "Unable connect" in record.getMessage()]


async def test_something_that_accepts_and_never_answers_is_given_up_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = Settings(kafka_bootstrap_servers=f"127.0.0.1:{silent.getsockname()[1]}")
        begun = time.monotonic()
        with pytest.raises(KafkaUnreachable):
            async with clients.running(settings, clients.producer(settings), seconds=0.5):
                pass
        assert time.monotonic() - begun < 5


def test_security_reaches_the_clients() -> None:
    settings = Settings(
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism="SCRAM-SHA-512",
        kafka_sasl_username="alice",
        kafka_sasl_password="sesame",
    )
    options = clients.client_options(settings)
    assert options["sasl_plain_password"] == "sesame"
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["ssl_context"].check_hostname


async def test_a_stretch_is_what_is_committed_between_two_offsets(kafka: str, prefix: str) -> None:
    settings = Settings(kafka_bootstrap_servers=kafka, prefix=prefix, raw_topic=f"{prefix}raw")
    async with clients.admin(settings) as client:
        await create(client, plan(settings, 1))
    partition = TopicPartition(settings.topic("alerts"), 0)
    async with clients.running(settings, clients.producer(settings, transactional_id=f"{prefix}x")) as writer:
        for number in range(3):
            async with writer.transaction():
                await writer.send_and_wait(partition.topic, b"%d" % number, partition=0)
        await writer.begin_transaction()
        await writer.send_and_wait(partition.topic, b"aborted", partition=0)
        await writer.abort_transaction()
    async with clients.running(settings, clients.consumer(settings)) as reader:
        end = (await reader.end_offsets([partition]))[partition]
        assert end == 8  # each transaction's marker takes an offset
        read = [record.value async for records in clients.stretch(reader, partition, 0, end) for record in records]
        assert read == [b"0", b"1", b"2"]
        part = [record.value async for records in clients.stretch(reader, partition, 2, 4) for record in records]
        assert part == [b"1"]
        assert [records async for records in clients.stretch(reader, partition, end, end)] == []


def test_one_of_a_kind_of_message_passes_and_the_rest_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.Logger("of this test")
    limited = RateLimit(every=60)
    logger.addHandler(limited)
    for number in range(5):
        logger.warning("no broker, attempt %d", number)
    logger.warning("something else")
    assert [record.getMessage() for record in caplog.records] == ["no broker, attempt 0", "something else"]
    limited._every = 0
    logger.warning("no broker, attempt %d", 5)
    assert caplog.records[-1].getMessage() == "no broker, attempt 5 (and 4 like it)"
