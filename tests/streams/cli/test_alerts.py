"""`tocsin alerts` as a person, a script or a hostile headline meets it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading

import pytest
import typer
from typer.testing import CliRunner

from schemas.alert import Alert, AlertHeadline, Baseline
from schemas.base import HOUR, iso
from streams.cli.alerts import alerts
from streams.cli.terminal import now, visible
from streams.errors import Refusal
from streams.settings import Settings
from streams.topics import TopicsError
from tests.streams.deployment import environment, made, put, settings_of

NOON = 1_795_003_200_000


def alert(series: str, revision: int, at: int, status: str = "opened", title: str = "Storm closes port") -> Alert:
    place, theme = series.split("/")
    return Alert.model_validate(
        {
            "id": f"{series}@{iso(NOON)}",
            "revision": revision,
            "status": status,
            "series": series,
            "place": place,
            "level": "country",
            "subregion": "030",
            "theme": theme,
            "severity": "high",
            "onset": iso(NOON),
            "at": iso(at),
            "horizon": "2h",
            "observed": 9,
            "expected": 0.4,
            "interval": (0, 3),
            "p": 2e-9,
            "alpha": 1e-5,
            "exposure": 100.0,
            "publishers": ("The Harbour Times",),
            "publisher_count": 4,
            "evidence": tuple(
                AlertHeadline(id=f"{n}", title=title, publisher=None, url=None, event_time=iso(at), words=("port",))
                for n in range(7)
            ),
            "evidence_count": 9,
            "baseline": Baseline(since=iso(0), days=30.0, samples=12.0, rate=0.004, dispersion=0.3),
            "reason": "9 headlines where 0.4 were expected.",
            "rules": "abc",
        }
    )


@pytest.fixture
def settings(kafka: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in environment(kafka, prefix).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "60")
    return asyncio.run(made(kafka, prefix))


FIRST = alert("KP/troop-deployment", 1, NOON)
OTHER = alert("FR/unrest", 1, NOON + 500)
SECOND = alert("KP/troop-deployment", 2, NOON + HOUR, "resolved")


@pytest.fixture
def filled(settings: Settings) -> Settings:
    async def fill() -> None:
        for partition, revision in ((0, FIRST), (0, SECOND), (1, OTHER)):
            await put(settings, "alerts", revision.encode(), partition, revision.id.encode())
            await put(settings, "alerts.current", revision.encode(), partition, revision.series.encode())

    asyncio.run(fill())
    return settings


def run(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(alerts)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def lines(*arguments: str) -> list[bytes]:
    return run("--json", *arguments).encode().splitlines()


def test_no_alerts_is_said_and_is_no_fault(settings: Settings) -> None:
    assert run() == f"no alerts yet in {settings.topic('alerts')}\n"
    assert lines() == []
    # of a generation that nobody has let publish
    assert f"`TOCSIN_PREFIX= tocsin handover {settings.prefix}`" in run("--published")


@pytest.mark.usefixtures("filled")
def test_json_is_every_revision_in_order_of_the_log_the_very_bytes() -> None:
    assert lines() == [FIRST.encode(), OTHER.encode(), SECOND.encode()]


@pytest.mark.usefixtures("filled")
def test_what_is_wanted() -> None:
    assert lines("--series", "FR/unrest") == [OTHER.encode()]
    assert lines("--series", "KP/*") == [FIRST.encode(), SECOND.encode()]
    assert lines("--since", iso(NOON + 500)) == [OTHER.encode(), SECOND.encode()]
    assert lines("--limit", "1") == [SECOND.encode()]
    assert lines("--series", "KP/*", "--limit", "5", "--since", iso(NOON + 1)) == [SECOND.encode()]
    assert run("--series", "DE/coup").startswith("no alerts that match in ")
    with pytest.raises(Refusal, match="--since soon"):
        run("--since", "soon")


def test_current_is_the_latest_of_each_series_and_no_withdrawn_one(filled: Settings) -> None:
    assert lines("--current") == [OTHER.encode(), SECOND.encode()]
    asyncio.run(put(filled, "alerts.current", None, 1, b"FR/unrest"))
    assert lines("--current") == [SECOND.encode()]


@pytest.mark.usefixtures("filled")
def test_a_block_for_people() -> None:
    said = run("--limit", "1")
    assert said.startswith("RESOLVED  North Korea: troop-deployment  high  2026-")
    assert "9 headlines where 0.4 were expected." in said
    assert said.count("- Storm closes port (publisher not named") == 5
    assert "and 4 more, 4 publishers in all" in said


def test_a_headline_cannot_reach_the_terminal(settings: Settings) -> None:
    hostile = "[red]Storm[/red] \x1b[2J\x9b31m\u202etrop\rFALSE ALARM"
    revision = alert("FR/unrest", 1, NOON, title=hostile)
    asyncio.run(put(settings, "alerts", revision.encode()))
    said = run()
    assert "[red]Storm[/red] \\x1b[2J\\x9b31m\\u202etrop\\rFALSE ALARM" in said
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(said)
    assert json.loads(lines()[0])["evidence"][0]["title"] == hostile


@pytest.mark.parametrize("text", ["Grève à Nice", "北朝鮮が部隊", "a\u00a0b", "“quoted” – dash"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert visible(text).replace(" ", "") == text.replace("\u00a0", "").replace(" ", "")


def test_what_is_no_alert_of_this_version_is_not_passed_over(settings: Settings) -> None:
    asyncio.run(put(settings, "alerts", b'{"series":"FR/unrest","at":"2090-01-01T00:00:00Z","new":1}'))
    asyncio.run(put(settings, "alerts", b"garbage", 1))
    assert run().count("not an alert of this version") == 2
    assert set(lines()) == {b'{"series":"FR/unrest","at":"2090-01-01T00:00:00Z","new":1}', b"garbage"}
    assert len(lines("--since", iso(now() + HOUR))) == 1


def test_follow_prints_what_comes_and_ctrl_c_ends_it_well(filled: Settings) -> None:
    program = "import typer; from streams.cli.alerts import alerts; typer.run(alerts)"
    command = [sys.executable, "-c", program, "--follow", "--json", "--series", "FR/*", "--limit", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ.copy()) as process:
        guard = threading.Timer(30, process.kill)
        guard.start()
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == OTHER.encode() + b"\n"
            later = alert("FR/unrest", 2, NOON + 2 * HOUR, "resolved")
            asyncio.run(put(filled, "alerts", alert("DE/coup", 1, NOON).encode(), 0))
            asyncio.run(put(filled, "alerts", later.encode(), 1))
            assert process.stdout.readline() == later.encode() + b"\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            guard.cancel()
            process.kill()
    assert (process.returncode, out) == (0, b""), err
    assert err == b"waiting for more; Ctrl-C ends\n"


def test_without_topics_the_cure_is_named(kafka: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(kafka, prefix).items():
        monkeypatch.setenv(name, value)
    assert settings_of(kafka, prefix).topic("alerts") == f"{prefix}alerts"
    with pytest.raises(TopicsError, match="tocsin topics create"):
        run()
