"""What a user has really made use of, as the broker's authorizer notes it: every operation that it allowed.

Kafka notes no operation that somebody only asked about, as a worker does at its start for each of its rights; but
whoever looks at a topic for this has used DESCRIBE on it.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.rights import Right

_NOTED = re.compile(
    r"Principal = User:(\S+) is Allowed operation = (\w+) from host = \S+ on resource = (\w+):LITERAL:(.*?) for request"
)
_OPTIONS = "-Dorg.slf4j.simpleLogger.log.kafka.authorizer.logger=debug"


@contextmanager
def noted() -> Iterator[None]:
    """A broker that is started in here notes what it allows, in its log."""
    os.environ["JAVA_TOOL_OPTIONS"] = _OPTIONS
    try:
        yield
    finally:
        del os.environ["JAVA_TOOL_OPTIONS"]


def used(log: Path, user: str) -> set[tuple[str, str, str]]:
    """What a user was allowed: operation, kind of resource and name, as `Right` has them."""
    found = set()
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if (match := _NOTED.search(line)) and match[1] == user:
                found.add((_lower(match[2], "_").upper(), _lower(match[3], "-"), match[4]))
    return found


def unused(rights: Iterable[Right], log: Path, user: str) -> list[Right]:
    """Those of `rights` that the user had no use for."""
    did = used(log, user)
    return [
        right
        for right in rights
        if not any(
            (operation, resource) == (right.operation, right.resource)
            and (name.startswith(right.name) if right.prefixed else name == right.name)
            for operation, resource, name in did
        )
    ]


def _lower(pascal: str, between: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", between, pascal).lower()
