"""The list of least rights is enough and no more than enough: each command with it, and without each one of it; and by
the notes of the broker's authorizer each command makes use of all that it is given.
"""

import asyncio
import base64
import json
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

from streams import kafka, rights, topics
from streams.allowed import missing, why_not
from streams.cli import COMMANDS
from streams.rights import Right, another, granted, needed
from streams.settings import Settings
from tests.integration.deployment import until
from tests.security.asked import unused
from tests.security.secured import Secured, User, running, titles

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
    "detect": (("detect", "counts"), b""),
    "backtest": (("backtest", "counts"), b""),
    "calibrate": (("calibrate", "counts", "--budget", "3/day"), b""),
    "explain --series": (("explain", "--series", "KP/any", "--at", "0s"), b""),
}
"""In an order in which each finds what it needs."""
NOT_COME_TO = {
    "feed --import": [("READ", "generation")],  # none has begun
    "worker": [
        ("WRITE", name) for name in ("counts", "alerts", "alerts.current", "published", "published.current")
    ],  # two headlines raise no alert
    "alerts": [("READ", "alerts")],
    "alerts --current": [("READ", "alerts.current")],
    "detect": [("READ", "counts")],
    "backtest": [("READ", "counts")],
    "calibrate": [("READ", "counts")],
    "explain --series": [("READ", "counts")],
}
"""What is needed, and not made use of by these calls, because there is nothing yet: the only rights that they may have
left over."""

ENDS = {"backtest": 2, "explain --series": 1, "calibrate": 2, "detect": 2}
"""What ends otherwise than with 0, because there is nothing yet: of no counts nothing can be said."""


def test_every_command_is_in_the_list() -> None:
    listed = {command.split()[0] for command in rights.COMMANDS}
    assert set(COMMANDS) <= listed | set(rights.WITHOUT_KAFKA)
    assert set(CALLS) == set(rights.COMMANDS) - {"demo"} - set(rights.OF_TWO)


def test_each_command_succeeds_with_its_rights_alone(secured: Secured, name: str) -> None:
    told = {}
    for command, (arguments, rows) in CALLS.items():
        user = secured.by_certificate(f"{name}-{command.replace(' ', '-')}", name)
        secured.acls.allow(user.name, needed(command, user.settings))
        told[command] = user.run(*arguments, stdin=rows, status=ENDS.get(command, 0))
        spare = unused(needed(command, user.settings), secured.log, user.name)
        assert {str(right) for right in spare} == {
            f"{operation} on topic {user.settings.topic(plain)}" for operation, plain in NOT_COME_TO.get(command, ())
        }, command
    # and what has to come of it came
    everything = secured.by_certificate("administrator", name)
    assert titles(everything.run("topics", "dump", "headlines.deduplicated")) == ["Kenya deploys troops to Somalia"] * 2
    log = told["topics dump"].splitlines()
    assert "generation" in json.loads(log[0])
    assert {base64.b64decode(json.loads(row)["value"]) for row in log[1:]} > {ROWS.splitlines()[0]}
    assert b"no alerts yet" in told["alerts"]
    assert b"no alerts yet" in told["alerts --current"]


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
            before: list[Right] = []
            for right in wanted:
                await asyncio.gather(acls.allow(before), acls.deny([right]))
                await lacking([right])
                before = [right]

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


def test_topics_are_not_made_without_the_right_to(secured: Secured, user: User) -> None:
    said = user.complaint("topics", "create")
    assert f"--operation CREATE --operation DESCRIBE --topic {user.settings.raw_topic}" in said
    secured.acls.allow(user.name, [r for r in needed("topics create", user.settings) if r.operation != "CREATE"])
    assert "CREATE on the topic" in user.complaint("topics", "create")
    secured.acls.clear(user.name)
    alone = [right for right in needed("topics create", user.settings) if right.operation == "CREATE"]
    secured.acls.allow(user.name, alone)

    async def create() -> None:
        async with kafka.admin(user.settings) as client:
            await topics.create(client, topics.plan(user.settings, 1), seconds=1)

    with pytest.raises(topics.TopicsError, match="DESCRIBE"):  # the command would wait for half a minute
        asyncio.run(create())
    assert "DESCRIBE" in str(why_not(user.settings, "topics create"))


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

    async def both() -> None:
        await asyncio.gather(read(alerts), read(alerts, group=name))

    asyncio.run(both())
    with pytest.raises((TopicAuthorizationFailedError, ClusterAuthorizationFailedError)):
        asyncio.run(write())
    # to a consumer, a topic that it may not see is one that says nothing: let it see this one
    secured.acls.allow(name, [Right("DESCRIBE", "topic", settings.raw_topic)])
    with pytest.raises(TopicAuthorizationFailedError):
        asyncio.run(read(TopicPartition(settings.raw_topic, 0)))
    with pytest.raises(GroupAuthorizationFailedError):
        asyncio.run(read(alerts, group=settings.group))
    assert "READ on topic" in subscriber.complaint("topics", "dump", "headlines.raw")


def test_a_group_that_is_taken_away_ends_a_worker(
    secured: Secured, administrator: User, name: str, tmp_path: Path
) -> None:
    """One that logs in by password, in the clear. Of a topic that is taken away, `test_secrets` tells."""
    user = secured.by_password("SASL_PLAINTEXT", name)
    administrator.run("topics", "create")
    secured.acls.allow(user.name, [right for command in ("feed", "worker") for right in needed(command, user.settings)])
    log = tmp_path / "log"
    with running(user, log) as worker:
        assert json.loads(user.run("feed", "--json", "-", stdin=ROWS))["sent"] == 2
        # as on a plain broker
        until(
            lambda: titles(administrator.run("topics", "dump", "headlines.deduplicated")),
            "the headline has come through",
        )
        secured.acls.deny(user.name, [Right("READ", "group", user.settings.group)])
        administrator.run("feed", "-", stdin=ROWS)
        assert worker.wait(30) == 2
    assert "--operation READ" in log.read_text()
    assert f"--group {user.settings.group}" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_the_document_has_the_list_as_it_is() -> None:
    document = (Path(__file__).parents[2] / "docs" / "SECURITY.md").read_text(encoding="utf-8")
    plain = Settings(prefix="", raw_topic="headlines.raw")
    assert rights.markdown(plain) in document, "python -m streams.rights prints the table"
