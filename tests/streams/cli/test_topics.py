"""`tocsin topics` as a person or a script meets it."""

import asyncio
import base64
import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from schemas.generation import Generation
from streams.cli.topics import app
from streams.errors import Refusal
from streams.feeding import feed_rows, import_log
from streams.generation import establish
from streams.settings import NAMES, Settings
from streams.sources import read
from streams.sources.dump import Dump
from streams.topics import TopicsError
from tests.streams.deployment import environment, put

NOW = 1_795_000_000_000


@pytest.fixture
def settings(kafka: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in environment(kafka, prefix).items():
        monkeypatch.setenv(name, value)
    return Settings()


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_create_makes_them_once_and_check_is_content(settings: Settings) -> None:
    assert "topic is missing and should be there" in run("check", code=1)
    first = json.loads(run("create", "--json"))
    assert first["created"] == [settings.topic(name) for name in NAMES]
    assert first["existing"] == first["differences"] == []
    assert run("create").count("existed  ") == len(NAMES)
    assert run("check") == f"all {len(NAMES)} topics are as they should be\n"
    assert json.loads(run("check", "--json")) == []


def test_check_names_topic_setting_and_cure_and_ends_with_1(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("create")
    monkeypatch.setenv("TOCSIN_RAW_RETENTION_DAYS", "30")
    said = run("check", code=1)
    assert f"{settings.raw_topic}: retention.ms is 7776000000 and should be 2592000000" in said
    assert "--add-config retention.ms=2592000000" in said
    found = json.loads(run("check", "--json", code=1))
    assert {difference["setting"] for difference in found} == {"retention.ms"}
    assert json.loads(run("create", "--json", code=1))["differences"] == found


def test_a_dump_is_what_scan_reads(settings: Settings, tmp_path: pytest.TempPathFactory) -> None:
    run("create")
    rows = [b'{"title":"Storm closes port %d","published_at":%d}' % (n, NOW - n) for n in range(30)]

    async def filled() -> Generation:
        await import_log(settings, rows, now=NOW)
        await feed_rows(settings, rows[:5], now=NOW)
        return await establish(settings, "rules-1", 2, NOW)

    generation = asyncio.run(filled())
    file = tmp_path / "log.jsonl"  # type: ignore[operator]
    file.write_text(run("dump"))
    with read(file) as lines:
        found = Dump(lines, "log.jsonl")
        assert found.generation == generation
        records = list(found)
    assert sorted(record.value for topic, _, record in records if topic == "headlines.raw") == sorted(rows[:5])
    assert {record.value for topic, _, record in records if topic == "headlines.import"} >= set(rows)
    times = [record.timestamp for topic, _, record in records if topic == "headlines.import"]
    assert times == sorted(times)


def test_a_line_has_the_whole_record(settings: Settings) -> None:
    run("create")
    asyncio.run(put(settings, "alerts", b"\xff\x00", partition=1, key=b"k"))
    asyncio.run(put(settings, "alerts", None, partition=1, key=b"k"))
    first, second = (json.loads(line) for line in run("dump", "alerts").splitlines())
    assert first.pop("timestamp") <= second["timestamp"]
    assert first == {
        "topic": "alerts",
        "partition": 1,
        "offset": 0,
        "key": base64.b64encode(b"k").decode(),
        "headers": {},
        "value": base64.b64encode(b"\xff\x00").decode(),
    }
    assert second["value"] is None


def test_from_and_to_are_offsets_or_times(settings: Settings) -> None:
    run("create")
    for number in range(4):
        asyncio.run(put(settings, "counts", b"%d" % number))

    def offsets(*arguments: str) -> list[int]:
        return [json.loads(line)["offset"] for line in run("dump", "counts", *arguments).splitlines()]

    assert offsets("--from", "1", "--to", "3") == [1, 2]
    assert offsets("--from", "3", "--to", "1") == []
    assert offsets("--to", "9") == [0, 1, 2, 3]
    assert offsets("--from", "1h") == [0, 1, 2, 3]
    assert offsets("--to", "1h") == []
    assert offsets("--from", "2090-01-01") == []


def test_a_reader_that_goes_away_is_no_fault(settings: Settings) -> None:
    run("create")
    rows = [b'{"title":"Storm closes port %d"}' % n for n in range(20_000)]
    asyncio.run(feed_rows(settings, rows, now=NOW))
    command = [sys.executable, "-m", "streams.cli", "topics", "dump", "headlines.raw"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ.copy()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"topic":"headlines.raw"')
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_full_names_are_taken_too_and_others_are_refused(settings: Settings) -> None:
    run("create")
    assert run("dump", settings.topic("alerts")) == ""
    with pytest.raises(Refusal, match=r"alarms: no such topic; there are headlines\.raw"):
        run("dump", "alarms")


@pytest.mark.usefixtures("settings")
def test_without_topics_the_cure_is_named() -> None:
    with pytest.raises(TopicsError, match="tocsin topics create"):
        run("dump")
