"""Generations that a user sees and may not read: passed over, and named where it matters."""

import asyncio

from streams.generation import every
from streams.handover.publishing import Publishers, publishers
from streams.replay.listing import replays
from streams.rights import Right
from tests.security.secured import Secured, User


def test_what_a_user_may_not_read_is_passed_over(secured: Secured, made: User, user: User) -> None:
    """First it sees the other generation, then reads what that is, then all: only then it knows."""
    other = made.settings
    looking = user.settings.model_copy(update={"raw_topic": other.raw_topic, "alerts_topic": other.alerts_topic})
    with_a_generation = made.run("worker", "--processes", "1", "--drain")
    assert with_a_generation == b""

    def known() -> Publishers:
        return asyncio.run(publishers(looking))

    def allow(operation: str, plain: str) -> None:
        secured.acls.allow(user.name, [Right(operation, "topic", other.topic(plain))])

    assert known() == Publishers([], []), "what is not seen is not asked"
    allow("DESCRIBE", "generation")
    assert other.prefix in [own.prefix for own in asyncio.run(every(looking))]
    assert known() == Publishers([], [other.prefix])
    assert asyncio.run(replays(looking)) == []
    allow("READ", "generation")
    assert known() == Publishers([], [other.prefix])
    allow("DESCRIBE", "state.detect")
    assert known() == Publishers([], [other.prefix])
    allow("READ", "state.detect")
    assert known() == Publishers([], []), "it has published nothing"
