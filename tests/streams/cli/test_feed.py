"""`tocsin feed` as a person or a script meets it."""

import asyncio
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from schemas.base import iso
from streams.cli import run as cli
from streams.cli.feed import feed
from streams.errors import Refusal
from streams.feeding import FeedRefused
from streams.kafka import KafkaUnreachable
from streams.settings import Settings
from streams.sources import END_TICK, TICK, InputError
from tests.streams.deployment import contents, environment, made

NOW = int(time.time() * 1000)


@pytest.fixture
def settings(kafka: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in environment(kafka, prefix).items():
        monkeypatch.setenv(name, value)
    return asyncio.run(made(kafka, prefix))


def run(*arguments: str, given: bytes | None = None, code: int = 0) -> str:
    app = typer.Typer()
    app.command()(feed)
    result = CliRunner().invoke(app, list(arguments), input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def values(settings: Settings, name: str) -> list[bytes]:
    return [record.value for record in asyncio.run(contents(settings, name))]


def test_live_from_a_gzipped_file(settings: Settings, tmp_path: Path) -> None:
    lines = [b'{"title":  "Storm closes port %d"}' % n for n in range(20)]
    file = tmp_path / "news.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join(lines)))
    assert f"20 of 20 rows sent to {settings.raw_topic}" in run(str(file))
    assert sorted(values(settings, "headlines.raw")) == sorted(lines)


def test_a_file_without_any_title_is_sent_with_a_word(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "README.md"
    file.write_text("# Storms\n\nAnd ports.\n")
    assert cli(["feed", str(file)]) == 0
    assert "none is a headline" in capsys.readouterr().err
    assert len(values(settings, "headlines.raw")) == 2


def test_a_table_on_standard_input_as_a_history(settings: Settings) -> None:
    table = b"title,date\nStorm closes port,2024-05-06\nPort opens again,2024-05-08\n"
    report = json.loads(run("-", "--import", "--json", given=table))
    assert (report["sent"], report["ended"]) == (2, True)
    assert report["first"] == "2024-05-06T12:00:00Z"
    found = [json.loads(value) for value in values(settings, "headlines.import") if value not in (TICK, END_TICK)]
    assert {row["title"] for row in found} == {"Storm closes port", "Port opens again"}


@pytest.mark.usefixtures("settings")
def test_refused_rows_are_said_with_their_reason(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text('{"title":"Storm"}\n{"tocsin":"tick"}\n')
    assert "refused: 1 control_unknown (in headlines.rejected)" in run(str(file))


def test_old_news_live_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text('{"title":"Storm","published_at":"2020-01-01T00:00:00Z"}\n')
    with pytest.raises(FeedRefused, match="tocsin feed --import"):
        run(str(file))
    assert values(settings, "headlines.raw") == []


@pytest.mark.usefixtures("settings")
def test_what_cannot_be_read_or_paced_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        run(str(tmp_path / "news.jsonl"))
    with pytest.raises(Refusal, match="6h/s"):
        run("-", "--pace", "quickly", given=b"")


def test_without_a_broker_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setattr("streams.kafka.REACH_SECONDS", 0.1)
    with pytest.raises(KafkaUnreachable, match=r"127\.0\.0\.1:1"):
        run("-", given=b'{"title":"Storm"}')


def test_ctrl_c_stops_an_import_in_order_and_says_what_now(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    rows = [
        b'{"title":"Storm closes port %d","published_at":"%s"}' % (n, iso(NOW - n * 60_000).encode()) for n in range(60)
    ]
    file.write_bytes(b"\n".join(rows))
    program = "import typer; from streams.cli.feed import feed; typer.run(feed)"
    command = [sys.executable, "-c", program, str(file), "--import", "--pace", "1m/s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ.copy()) as process:
        try:
            deadline = time.monotonic() + 20
            while len(values(settings, "headlines.import")) < 3:
                assert time.monotonic() < deadline
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130, err
    assert out.startswith(b"stopped: ")
    assert b"new TOCSIN_PREFIX" in out
    assert b"Traceback" not in err
    sent = [value for value in values(settings, "headlines.import") if value != TICK]
    assert out.startswith(b"stopped: %d of 60 rows" % len(sent))
    assert END_TICK not in sent
