"""The least rights of commands of two generations: enough for a replay, a comparison and a handover, and asked for."""

import json
import time
from pathlib import Path

import pytest

from schemas.base import HOUR, iso
from streams.demo.wire import Item
from streams.rights import Right, another, needed
from tests.integration.deployment import until
from tests.integration.past import arrived
from tests.security.secured import Secured, User, running


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
