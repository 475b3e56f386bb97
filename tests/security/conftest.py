"""One secured Kafka for all of these tests, and users of it that no other test has."""

import uuid
from collections.abc import Iterator

import pytest

from tests.security.secured import Secured, User


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """It refuses whatever was not allowed."""
    with Secured(tmp_path_factory.mktemp("secured")).running() as broker:
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
