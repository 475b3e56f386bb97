"""The list of least rights is enough and no more than enough: each command with it, and without each one of it."""

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

from schemas.base import HOUR, iso
from streams import kafka, rights
from streams.allowed import missing
from streams.cli import COMMANDS
from streams.demo.wire import Item
from streams.rights import Right, another, granted, needed
from streams.settings import Settings
from tests.integration.deployment import until
from tests.integration.past import arrived
from tests.security.secured import Secured, User

ROWS = b"""{"title": "Kenya deploys troops to Somalia"}
{"tocsin": "tick"}
not json
"""
CALLS = {
    "topics create": (("topics", "create"), b""),
    "topics check": (("topics", "check"), b""),
    "feed --import": (("feed", "--import", "-"), ROWS),
    "feed": (("feed", "-"), ROWS),
    "worker": (("worker", "--processes", "1", "--drain"), b""),
    "topics dump": (("topics", "dump"), b""),
    "alerts": (("alerts",), b""),
    "alerts --current": (("alerts", "--current"), b""),
}
"""In an order in which each finds what it needs."""


def test_every_command_is_in_the_list() -> None:
    listed = {command.split()[0] for command in rights.COMMANDS}
    assert set(COMMANDS) <= listed | set(rights.WITHOUT_KAFKA)
    assert set(CALLS) == set(rights.COMMANDS) - {"demo"} - set(rights.OF_TWO)


def test_each_command_succeeds_with_its_rights_alone(secured: Secured, name: str) -> None:
    for command, (arguments, rows) in CALLS.items():
        user = secured.by_certificate(f"{name}-{command.replace(' ', '-')}", name)
        secured.acls.allow(user.name, needed(command, user.settings))
        user.run(*arguments, stdin=rows)


def test_commands_of_two_generations_succeed_with_their_rights_alone(
    secured: Secured, administrator: User, name: str, tmp_path: Path
) -> None:
    """A replay, compared and deleted, and a handover: each by a user of its own, while the first generation works."""
    hour_ago = int(time.time() * 1000) - HOUR
    arrived(administrator, [Item(hour_ago, f"Kenya deploys {n}00 troops", "Wire", f"https://x.org/{n}") for n in "12"])
    administrator.run("topics", "create", status=1)  # raw is kept for ever here, to hold the past
    history = json.dumps({"title": "Peru and Chile sign a treaty", "published_at": iso(hour_ago - HOUR)})
    administrator.run("feed", "--import", "-", stdin=history.encode())
    again, second = f"{name}-again", f"{name}-second"

    def allowed(command: str, prefix: str) -> User:
        user = secured.by_certificate(f"{name}-{command.replace(' ', '-')}", name)
        secured.acls.allow(user.name, needed(command, user.settings, another(user.settings, prefix)))
        return user

    with running(allowed("worker", ""), tmp_path / "log"):
        replayed = allowed("replay", again).run("replay", "--prefix", again, "--json", "--processes", "1")
        assert json.loads(replayed)["headlines"] == 3
        compared = json.loads(allowed("diff", again).run("diff", name, again, "--json"))
        assert compared["until"] == json.loads(replayed)["until"]
        handing = allowed("handover", second)
        handed = handing.run("handover", second, "--yes", "--leave", "--json")
        assert json.loads(handed)["prefix"] == second
    deleting = allowed("replay --delete", again)

    def deleted() -> bool:
        done = deleting.done("replay", "--delete", again)
        assert done.returncode == 0 or b"still run" in done.stderr, done.stderr.decode()
        return done.returncode == 0

    until(deleted, "its workers have left the group")


@pytest.fixture(scope="module")
def made(secured: Secured) -> User:
    """The administrator of topics that are there, also under the prefix of a second generation."""
    prefix = f"t{uuid.uuid4().hex[:8]}"
    administrator = secured.by_certificate("administrator", prefix)
    administrator.run("topics", "create")
    administrator.run("topics", "create", TOCSIN_PREFIX=f"{prefix}-second")
    return administrator


@pytest.mark.parametrize("command", [c for c in rights.COMMANDS if c not in ("topics create", "demo")])
def test_without_any_one_right_it_is_named(secured: Secured, made: User, name: str, command: str) -> None:
    """What a refused command tells, asked for directly: there are too many rights to run a command for each."""
    user = secured.by_certificate(name, made.settings.prefix)
    wanted = needed(command, user.settings, another(user.settings, f"{user.settings.prefix}-second"))

    async def one_by_one() -> None:
        async with secured.acls.of(name) as acls, kafka.admin(user.settings) as client:

            async def lacking(expected: list[Right]) -> None:
                # as commands ask: whether a topic may be made is told of one that may be seen
                asked = [each for each in wanted if each.operation != "CREATE" or each in expected]
                found = [Right("", "", "")]
                for _ in range(100):  # a change may take a moment to come to the broker
                    if (found := await missing(client, asked)) == expected:
                        return
                    await asyncio.sleep(0.02)
                assert found == expected

            await acls.allow(wanted)
            await lacking([])
            for right in wanted:
                await acls.deny([right])
                await lacking([right])
                await acls.allow([right])

    asyncio.run(one_by_one())


def topic(operation: str, name: str) -> tuple[str, str, str]:
    return operation, "topic", name


@pytest.mark.parametrize(
    ("command", "without"),
    [
        ("topics check", topic("DESCRIBE", "counts")),
        ("topics check", topic("DESCRIBE_CONFIGS", "counts")),
        ("topics dump", topic("READ", "headlines.raw")),
        ("topics dump", topic("READ", "generation")),
        ("feed", topic("WRITE", "headlines.raw")),
        ("feed", topic("WRITE", "headlines.rejected")),
        ("feed", topic("DESCRIBE_CONFIGS", "headlines.raw")),
        ("feed --import", topic("WRITE", "headlines.import")),
        ("feed --import", topic("READ", "generation")),
        ("worker", topic("READ", "headlines.raw")),
        ("worker", topic("WRITE", "headlines.raw")),
        ("worker", topic("WRITE", "alerts")),
        ("worker", topic("READ", "state.detect")),
        ("worker", topic("DESCRIBE_CONFIGS", "headlines.raw")),
        ("worker", ("READ", "group", "")),
        ("worker", ("WRITE", "transactional-id", "")),
        ("alerts", topic("READ", "alerts")),
        ("alerts --current", topic("READ", "alerts.current")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_a_command_without_a_right_says_which(
    secured: Secured, made: User, name: str, command: str, without: tuple[str, str, str]
) -> None:
    user = secured.by_certificate(name, made.settings.prefix)
    operation, resource, plain = without
    (right,) = [
        each
        for each in needed(command, user.settings)
        if (each.operation, each.resource) == (operation, resource)
        and (not plain or each.name == user.settings.topic(plain))
    ]
    secured.acls.allow(user.name, [each for each in needed(command, user.settings) if each != right])
    # `topics check` without a topic that may not be seen says that it differs: it may be missing
    status = 1 if (command, operation) == ("topics check", "DESCRIBE") else 2
    done = user.done(*CALLS[command][0], stdin=CALLS[command][1], status=status)
    said = done.stderr.decode() + done.stdout.decode()
    assert "Traceback" not in said
    assert operation in said
    assert right.name in said
    if status == 2:
        assert str(right) in said
        assert f"--operation {operation} {right.option()}" in said or "DESCRIBE_CONFIGS" in said


@pytest.mark.parametrize(
    ("command", "arguments", "plain"),
    [
        ("replay", ("replay", "--prefix", "{}"), "generation"),
        ("replay --delete", ("replay", "--delete", "{}"), "generation"),
        ("diff", ("diff", "{}", "-"), "alerts"),
        ("handover", ("handover", "{}", "--yes"), "generation"),
    ],
)
def test_a_command_of_two_generations_asks_before_it_writes(
    secured: Secured, made: User, name: str, command: str, arguments: tuple[str, ...], plain: str
) -> None:
    user = secured.by_certificate(name, made.settings.prefix)
    second = another(user.settings, f"{user.settings.prefix}-second")
    wanted = needed(command, user.settings, second)
    of = user.settings if command in ("replay", "handover") else second
    right = Right("READ", "topic", of.topic(plain))
    lacking = [each for each in wanted if each.name == right.name]
    assert right in lacking
    secured.acls.allow(name, [each for each in wanted if each not in lacking])
    said = user.complaint(*(argument.format(second.prefix) for argument in arguments))
    assert str(right) in said
    assert f"{right.option()}" in said
    assert f"tocsin {command}" in said


def test_topics_are_not_made_without_the_right_to(secured: Secured, user: User) -> None:
    said = user.complaint("topics", "create")
    assert f"--operation CREATE --operation DESCRIBE --topic {user.settings.raw_topic}" in said
    secured.acls.allow(user.name, [r for r in needed("topics create", user.settings) if r.operation != "CREATE"])
    assert "CREATE on the topic" in user.complaint("topics", "create")
    secured.acls.clear(user.name)
    alone = [right for right in needed("topics create", user.settings) if right.operation == "CREATE"]
    secured.acls.allow(user.name, alone)
    assert "DESCRIBE" in user.complaint("topics", "create")


def test_what_is_printed_for_an_administrator_is_what_is_needed(secured: Secured, name: str) -> None:
    user = secured.by_password("SASL_SSL", name)
    lines = user.run("rights", "feed", "--import").decode().splitlines()
    assert lines == [
        "kafka-acls.sh --add --allow-principal 'User:alice' --operation WRITE --operation DESCRIBE_CONFIGS "
        f"--topic {name}.headlines.import",
        f"kafka-acls.sh --add --allow-principal 'User:alice' --operation WRITE --topic {name}.headlines.rejected",
        f"kafka-acls.sh --add --allow-principal 'User:alice' --operation READ --topic {name}.generation",
    ]
    listed = json.loads(user.run("rights", "--json"))
    assert {command: [Right(**each) for each in of] for command, of in listed.items()} == {
        command: granted(command, user.settings) for command in rights.COMMANDS
    }
    of_another = user.run("rights", "replay", "--delete", "--prefix", "october").decode().splitlines()
    assert of_another[-1].endswith("--operation DELETE --group october.tocsin")
    assert "no command" in user.complaint("rights", "everything")


def test_a_subscriber_reads_alerts_and_nothing_else(secured: Secured, made: User, name: str) -> None:
    subscriber = secured.by_certificate(name, made.settings.prefix)
    settings = subscriber.settings
    secured.acls.allow(name, [*needed("alerts", settings), Right("READ", "group", name)])
    alerts = TopicPartition(settings.topic("alerts"), 0)

    async def read(partition: TopicPartition, group: str | None = None) -> None:
        reader = kafka.consumer(settings, group_id=group, auto_offset_reset="earliest")
        if group is not None:
            reader.subscribe([partition.topic])
        async with kafka.running(settings, reader):
            if group is None:
                reader.assign([partition])
            await reader.getmany(timeout_ms=2000)

    async def write() -> None:
        async with kafka.running(settings, kafka.producer(settings)) as writer:
            await writer.send_and_wait(alerts.topic, b"{}", partition=0)

    asyncio.run(read(alerts))
    asyncio.run(read(alerts, group=name))
    with pytest.raises((TopicAuthorizationFailedError, ClusterAuthorizationFailedError)):
        asyncio.run(write())
    # to a consumer, a topic that it may not see is one that says nothing: let it see this one
    secured.acls.allow(name, [Right("DESCRIBE", "topic", settings.raw_topic)])
    with pytest.raises(TopicAuthorizationFailedError):
        asyncio.run(read(TopicPartition(settings.raw_topic, 0)))
    with pytest.raises(GroupAuthorizationFailedError):
        asyncio.run(read(alerts, group=settings.group))
    assert "READ on topic" in subscriber.complaint("topics", "dump", "headlines.raw")


@contextmanager
def running(user: User, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of that user, with its lanes open."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker"],
            env=user.environment({}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: b"opened" in log.read_bytes(), "lanes are open")
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("operation", "resource", "plain"), [("READ", "group", ""), ("READ", "topic", "headlines.raw")]
)
def test_a_right_that_is_taken_away_ends_a_worker(
    secured: Secured, user: User, administrator: User, tmp_path: Path, operation: str, resource: str, plain: str
) -> None:
    administrator.run("topics", "create")
    secured.acls.allow(user.name, needed("worker", user.settings))
    name = user.settings.topic(plain) if plain else user.settings.group
    log = tmp_path / "log"
    with running(user, log) as worker:
        secured.acls.deny(user.name, [Right(operation, resource, name)])
        administrator.run("feed", "-", stdin=ROWS)
        assert worker.wait(30) == 2
    assert f"--operation {operation}" in log.read_text()
    assert f"--{resource} {name}" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_the_document_has_the_list_as_it_is() -> None:
    document = (Path(__file__).parents[2] / "docs" / "SECURITY.md").read_text(encoding="utf-8")
    plain = Settings(prefix="", raw_topic="headlines.raw")
    assert rights.markdown(plain) in document, "python -m streams.rights prints the table"
