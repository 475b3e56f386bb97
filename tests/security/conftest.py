"""One secured Kafka for all of these tests, and users of it that no other test has."""

import uuid
from collections.abc import Iterator

import pytest

from tests.security.forks import Forks
from tests.security.secured import Secured, User


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """What runs commands."""
    with Forks() as process:
        yield process


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Iterator[Secured]:
    """It refuses whatever was not allowed."""
    with Secured(tmp_path_factory.mktemp("secured"), forks).running() as broker:
        yield broker


@pytest.fixture
def name() -> str:
    """A user and a generation that no other test has."""
    return f"t{uuid.uuid4().hex[:8]}"


@pytest.fixture
def user(secured: Secured, name: str) -> User:
    """Logs in by certificate, under its own prefix; may do nothing as yet."""
    return secured.by_certificate(name, prefix=name)


@pytest.fixture
def administrator(secured: Secured, name: str) -> User:
    """Of the same prefix; may do everything."""
    return secured.by_certificate("administrator", prefix=name)


@pytest.fixture(scope="module")
def made(secured: Secured) -> User:
    """The administrator of topics that are there, also under the prefix of a second generation."""
    prefix = f"t{uuid.uuid4().hex[:8]}"
    administrator = secured.by_certificate("administrator", prefix)
    administrator.run("topics", "create")
    administrator.run("topics", "create", TOCSIN_PREFIX=f"{prefix}-second")
    return administrator
