"""What every test may ask for: a real Kafka, a generation of its own, and tools that the system brings."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from streams.broker.server import LocalKafka
from tests.alone import room

# Brokers of tests live for seconds: what the optimising compiler would do for them is done when they are gone.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

LONG = ("integration", "streams/handover", "security", "streams/broker", "determinism", "deploy")
"""Folders whose tests run processes. Side by side, they begin first, so that the rest fills what is left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first; last those that want the machine to themselves, so that nobody has to wait for them."""

    def rank(item: pytest.Item) -> int:
        if item.get_closest_marker("alone"):
            return 2
        return not item.path.relative_to(Path(__file__).parent).as_posix().startswith(LONG)

    items.sort(key=rank)


def need_tool(name: str) -> str:
    """The path of a program that the system brings. Without it the test is skipped; under TOCSIN_CI it fails."""
    found = shutil.which(name)
    if found:
        return found
    missing(f"{name} is not installed")


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where nothing may be missing."""
    if os.environ.get("TOCSIN_CI"):
        pytest.fail(f"{what}, and TOCSIN_CI asks for every test")
    pytest.skip(what)


@pytest.fixture(autouse=True)
def _room(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests marked `alone` run while no other does, in whichever process."""
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        yield
        return
    with room(tmp_path_factory.getbasetemp().parent, request.node.get_closest_marker("alone") is not None):
        yield


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of a Kafka: the one that TOCSIN_KAFKA_BOOTSTRAP_SERVERS names, or one for this session."""
    given = os.environ.get("TOCSIN_KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
        return
    with LocalKafka(tmp_path_factory.mktemp("kafka"), port=0) as local:
        yield local.bootstrap


@pytest.fixture
def prefix() -> str:
    """The prefix of a generation that no other test has."""
    return f"t{uuid.uuid4().hex[:8]}."
