"""`tocsin detect`: alerts of counts on standard output, and what is wrong with a row by its line."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from schemas.alert import Alert
from schemas.base import DAY, HOUR, iso
from streams.cli import run

START = 1_772_323_200_000
Capture = pytest.CaptureFixture[bytes]


def counts() -> list[str]:
    """Nine quiet days by the hour, and a burst."""
    told = []
    for at in range(START, START + 9 * DAY + 2 * HOUR, HOUR):
        told.append({"bucket": iso(at), "volume": {"030": 40, "151": 200, "001": 60}})
        if at >= START + 9 * DAY:
            told.append({"bucket": iso(at), "place": "KP", "theme": "shelling", "unique": 4, "publishers": ["a", "b"]})
    return [json.dumps(row) for row in told]


def detect(capsysbinary: Capture, *arguments: object) -> tuple[int, bytes, str]:
    status = run(["detect", *map(str, arguments)])
    out, err = capsysbinary.readouterr()
    return status, out, err.decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hourly.jsonl"
    path.write_text("\n".join(counts()) + "\n")
    return path


def test_alerts_as_json_lines(file: Path, capsysbinary: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, err = detect(capsysbinary, file, "--bucket", "1h", "--json")
    assert status == 0
    (alert,) = [Alert.decode(line) for line in out.splitlines()]
    assert (alert.series, alert.status, alert.observed) == ("KP/shelling", "opened", 5)
    assert alert.at == iso(START + 9 * DAY + 2 * HOUR)
    assert alert.evidence == ()
    assert "1 in 1 revisions" in err
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(file.read_bytes())))
    assert detect(capsysbinary, "-", "--bucket", "1h", "--json")[:2] == (0, out)


def test_a_table_for_people_and_settings(file: Path, capsysbinary: Capture) -> None:
    status, out, _ = detect(capsysbinary, file, "--bucket", "1h", "--set", "min_unique=4", "--set", "detect.alpha=1e-4")
    assert status == 0
    text = out.decode()
    assert "North Korea" in text
    assert "4 unique headlines from 2" in text
    assert detect(capsysbinary, file, "--set", "min_uniqe=4")[0] == 2


def test_hours_that_are_read_as_quarters(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    said = "all 218 buckets start at a full hour: if they are hours, give --bucket 1h"
    assert said in detect(capsysbinary, file)[2]
    assert "full hour" not in detect(capsysbinary, file, "--bucket", "1h")[2]
    # Quarters are no hours, even where only one of them has a row; and a few rows tell nothing.
    quarter = json.dumps({"bucket": iso(START + 9 * DAY + 3 * HOUR + 15 * 60_000), "volume": {"030": 1}})
    quarters = tmp_path / "quarters.jsonl"
    quarters.write_text("\n".join([*counts(), quarter]) + "\n")
    assert "full hour" not in detect(capsysbinary, quarters)[2]
    quarters.write_text("\n".join(counts()[:3]) + "\n")
    assert "full hour" not in detect(capsysbinary, quarters)[2]


def test_a_row_of_the_table_tells_one_horizon(file: Path, capsysbinary: Capture) -> None:
    """The numbers of the column are those of the reason beside them; what it grew to is told as that."""
    at = START + 9 * DAY + 2 * HOUR
    burst = {"place": "KP", "theme": "shelling", "unique": 40, "publishers": ["a", "b", "c", "d", "e", "f"]}
    rows = [{"bucket": iso(at), "volume": {"030": 80}}, {"bucket": iso(at), **burst}]
    file.write_text(file.read_text() + "\n".join(map(json.dumps, rows)) + "\n")
    alerts = [Alert.decode(line) for line in detect(capsysbinary, file, "--bucket", "1h", "--json")[1].splitlines()]
    opened, worst = alerts[0], max(alerts, key=lambda alert: alert.observed)
    assert worst.observed > opened.observed
    text = detect(capsysbinary, file, "--bucket", "1h")[1].decode()
    first, then = text.find(f"{opened.observed} / "), text.find(f"then {worst.observed} / ")
    assert 0 <= first < then
    assert f"{opened.observed} unique headlines" in opened.reason


def test_a_row_that_cannot_be_used_is_named(file: Path, capsysbinary: Capture) -> None:
    lines = counts()
    file.write_text("\n".join([lines[1], lines[0]]))
    status, out, err = detect(capsysbinary, file)
    assert (status, out) == (2, b"")
    assert f"{file}:2: bucket_descending: bucket 2026-03-01T00:00:00Z after 2026-03-01T01:00:00Z (sort" in err
    assert "no such file" in detect(capsysbinary, "nowhere.jsonl")[2]


def test_no_rows_are_no_quiet_time(file: Path, capsysbinary: Capture) -> None:
    file.write_text("")
    status, out, err = detect(capsysbinary, file)
    assert (status, out) == (2, b"")
    assert f"{file}: holds no counts" in err


def test_a_theme_that_is_nearly_one_of_the_rules(file: Path, capsysbinary: Capture) -> None:
    file.write_text(file.read_text().replace("shelling", "shellling"))
    status, _, err = detect(capsysbinary, file, "--bucket", "1h")
    assert status == 0
    assert "unknown to the rules, so series of their own and no part of any: shellling (is shelling meant?)" in err
