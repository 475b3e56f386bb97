"""`tocsin kafka` as a person meets it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.broker import ports
from streams.broker.cli import app
from streams.broker.properties import HOST
from streams.broker.server import LocalKafka

RUN = CliRunner()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[list[str]]:
    port = ports.free_port()
    yield ["--port", str(port), "--directory", str(tmp_path)]
    LocalKafka(tmp_path, port).stop()


def test_start_status_stop(place: list[str]) -> None:
    address = f"{HOST}:{place[1]}"
    assert RUN.invoke(app, ["status", *place]).exit_code == 1

    started = RUN.invoke(app, ["start", *place])
    assert started.exit_code == 0, started.output
    assert started.stdout == f"{address}\n"

    again = RUN.invoke(app, ["start", *place, "--json"])
    assert json.loads(again.stdout)["bootstrap"] == address

    state = json.loads(RUN.invoke(app, ["status", *place, "--json"]).stdout)
    assert state["running"]
    assert state["answers"]
    assert address in RUN.invoke(app, ["status", *place]).stdout

    stopped = RUN.invoke(app, ["stop", *place, "--wipe"])
    assert stopped.exit_code == 0
    assert not (Path(place[3]) / "data").exists()
    assert RUN.invoke(app, ["status", *place, "--json"]).exit_code == 1


def test_a_port_in_use_ends_with_3_and_the_cure(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        result = RUN.invoke(app, ["start", "--port", str(other.getsockname()[1]), "--directory", str(tmp_path)])
    assert result.exit_code == 3
    assert "--port" in result.stderr


def test_a_port_that_is_none_is_wrong_usage() -> None:
    assert RUN.invoke(app, ["start", "--port", "70000"]).exit_code == 2


@pytest.mark.parametrize("command", ["start", "stop", "status"])
def test_help_teaches_with_examples(command: str) -> None:
    result = RUN.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"tocsin kafka {command}" in result.stdout
