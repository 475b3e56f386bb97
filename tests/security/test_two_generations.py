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
from tests.security.asked import unused
from tests.security.secured import Secured, User, running

FIRST, SECOND = 0, 1
"""The generation that is there, and the one beside it."""
_WRITES = [("WRITE", SECOND, name) for name in ("headlines.rejected", "alerts", "alerts.current")]
NOT_COME_TO = {
    "replay": [*_WRITES, ("READ", SECOND, "alerts")],
    "diff": [("READ", FIRST, "alerts"), ("READ", SECOND, "alerts")],
    "handover": [
        *_WRITES,
        *[(operation, FIRST, name) for operation in ("READ", "WRITE") for name in ("published", "published.current")],
        ("READ", FIRST, "alerts"),
        ("READ", SECOND, "alerts"),
    ],
    "replay --delete": [("DELETE", SECOND, "headlines.import")],  # one of its own, which only some have
}
"""What is needed, and not made use of here, because no record is refused and no alert raised: the only rights that
these commands may have left over."""


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
    for command, prefix in (("replay", again), ("diff", again), ("handover", second), ("replay --delete", again)):
        both = deleting.settings, another(deleting.settings, prefix, history=command != "replay --delete")
        spare = unused(needed(command, *both), secured.log, f"{name}-{command.replace(' ', '-')}")
        assert {str(right) for right in spare} == {
            f"{operation} on topic {both[of].topic(plain)}" for operation, of, plain in NOT_COME_TO[command]
        }, command


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
