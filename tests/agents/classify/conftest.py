"""The reader of the package's rules, loaded once: it is immutable."""

from datetime import UTC, datetime
from functools import cache

import pytest

from agents.classify.reader import Reader


@cache
def loaded() -> Reader:
    return Reader.load()


@pytest.fixture(scope="session")
def reader() -> Reader:
    return loaded()


def ms(day: str) -> int:
    """Noon of a day, ms."""
    return int(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC).timestamp()) * 1000
