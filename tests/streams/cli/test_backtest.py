"""`tocsin backtest`: figures, known events and other rules, as tables and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.rulebook import Rulebook
from schemas.base import DAY, HOUR, iso
from streams.cli import run
from streams.cli.known_events import read_events
from streams.errors import Refusal

START = 1_772_323_200_000
Capture = pytest.CaptureFixture[bytes]
BURSTS = {"KP/shelling": 9, "ML/coup": 12}
"""Series, and the day on which each has seven headlines in two hours."""


def counts() -> list[str]:
    """Two weeks by the hour, quiet but for the bursts."""
    told: list[dict[str, Any]] = []
    for at in range(START, START + 14 * DAY, HOUR):
        told.append({"bucket": iso(at), "volume": {"030": 40, "011": 20, "151": 200, "001": 60}})
        for series, day in BURSTS.items():
            place, theme = series.split("/")
            hour = (at - START - day * DAY) // HOUR
            if hour in (0, 1):
                told.append(
                    {"bucket": iso(at), "place": place, "theme": theme, "unique": 3 + hour, "publishers": ["a", "b"]}
                )
    return [json.dumps(row) for row in told]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hourly.jsonl"
    path.write_text("\n".join(counts()) + "\n")
    return path


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Rulebook.load()


def backtest(capsysbinary: Capture, *arguments: object) -> tuple[int, str, str]:
    status = run(["backtest", *map(str, arguments), "--bucket", "1h"])
    out, err = capsysbinary.readouterr()
    return status, out.decode(), err.decode()


def test_figures_for_people_and_programs(file: Path, capsysbinary: Capture) -> None:
    status, out, err = backtest(capsysbinary, file)
    assert status == 0
    assert "KP/shelling (North Korea)" in out
    assert "Alerts: 2" in out
    assert "read  340 rows" in err
    status, out, _ = backtest(capsysbinary, file, "--json")
    told = json.loads(out)
    assert [alert["series"] for alert in told["opened"]] == ["KP/shelling", "ML/coup"]
    assert sum(row["opened"] for row in told["severities"].values()) == told["alerts"] == 2
    # The lanes have learnt for seven days; seven are left.
    assert (told["days"], told["series"]) == (pytest.approx(7, abs=0.05), 2)
    assert told["alerts_a_day"] == pytest.approx(2 / told["days"], abs=1e-4)
    assert told["alerts_a_100_series_days"] == pytest.approx(100 * 2 / told["days"] / 2, abs=1e-3)
    assert (told["events"], told["against"]) == (None, None)
    assert backtest(capsysbinary, file, "--json")[1] == out


def test_only_a_stretch(file: Path, capsysbinary: Capture) -> None:
    _, out, _ = backtest(capsysbinary, file, "--json", "--from", iso(START + 10 * DAY))
    told = json.loads(out)
    assert [alert["series"] for alert in told["opened"]] == ["ML/coup"]
    assert told["days"] == 4
    _, out, _ = backtest(capsysbinary, file, "--json", "--to", iso(START + 10 * DAY))
    assert [alert["series"] for alert in json.loads(out)["opened"]] == ["KP/shelling"]


def test_a_chart_and_what_comes_later_change_no_figure(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    _, out, _ = backtest(capsysbinary, file, "--json")
    _, charted, _ = backtest(capsysbinary, file, "--json", "--chart", "KP/any", "--out", tmp_path / "x.svg")
    assert charted == out
    # Mali had its first headline after this.
    _, out, _ = backtest(capsysbinary, file, "--json", "--to", iso(START + 11 * DAY))
    assert json.loads(out)["series"] == 1


CSV = """date,place,theme,name
{day},KP,shelling,"guns, at the border"
{day},ML,,too early for Mali
2020-01-01,ML,any,long ago
"""


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_known_events(file: Path, tmp_path: Path, capsysbinary: Capture, kind: str) -> None:
    known = tmp_path / f"events.{kind}"
    day = iso(START + 9 * DAY)[:10]
    if kind == "csv":
        known.write_text(CSV.format(day=day))
    else:
        rows = [
            {"date": day, "place": "KP", "theme": "shelling", "name": "guns, at the border"},
            {"date": day, "place": ["ML"], "name": "too early for Mali"},
            {"date": "2020-01-01", "place": "ML", "theme": "any", "name": "long ago"},
        ]
        known.write_text("\n".join(map(json.dumps, rows)))
    status, out, _ = backtest(capsysbinary, file, "--events", known, "--json")
    told = json.loads(out)
    assert status == 0
    assert [(event["name"], event["found"], event["outside"], event["late"]) for event in told["events"]] == [
        ("long ago", False, True, None),
        ("guns, at the border", True, False, 2.0),
        ("too early for Mali", False, False, None),
    ]
    assert (told["found"], told["of"]) == (1, 2)
    assert [name.split("@")[0] for name in told["unexpected"]] == ["ML/coup"]
    _, out, _ = backtest(capsysbinary, file, "--events", known, "--around", 72)
    assert "Known events: 2 of 2 found" in out
    assert "+3 d 2 h" in out
    assert "outside what was watched" in out
    assert "Alerts of no known event: 0" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column date"),
        ("date,place,theme,name\n", "no event in it"),
        ("when,place,name\n2026-03-01,KP,x\n", ":1: no column date"),
        ("date,place,theme,name\n2026-03-01,XX,,x\n", ":2: place 'XX' is no country"),
        ("date,place,theme,name\n2026-03-01,KP,shellin,x\n", ":2: theme 'shellin' is none"),
        ("date,place,theme,name\nyesterday,KP,,x\n", ":2: date 'yesterday' is no time"),
        ("date,place,theme,name\n2026-03-01,,,x\n", ":2: no place"),
        ('{"date": "2026-03-01", "place": "KP"}\n{', ":2: not JSON"),
        ('{"date": "2026-03-01", "place": "KP"}\n[]', ":2: no JSON object"),
    ],
)
def test_events_that_cannot_be_read(rulebook: Rulebook, tmp_path: Path, text: str, said: str) -> None:
    known = tmp_path / "events"
    known.write_text(text)
    with pytest.raises(Refusal) as refusal:
        read_events(known, rulebook)
    assert said in str(refusal.value)


def test_events_that_are_not_there(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    status, out, err = backtest(capsysbinary, file, "--events", tmp_path / "nowhere")
    assert (status, out) == (2, "")
    assert "nowhere: cannot be read: No such file" in err


def test_against_other_rules(file: Path, capsysbinary: Capture) -> None:
    status, out, _ = backtest(capsysbinary, file, "--against", "-")
    assert status == 0
    assert "0 gained, 0 lost, 2 kept" in out
    status, out, _ = backtest(capsysbinary, file, "--set", "min_unique=8", "--against", "-")
    assert status == 1
    assert "0 gained, 2 lost, 0 kept" in out
    status, out, _ = backtest(capsysbinary, file, "--set", "min_unique=3", "--against", "-", "--json")
    told = json.loads(out)["against"]
    assert (status, told["same"], told["gained"], told["lost"]) == (0, True, [], [])
    assert [kept["later"] for kept in told["kept"]] == [-1.0, -1.0]
    status, out, err = backtest(capsysbinary, file, "--against", "nowhere")
    assert (status, out) == (2, "")
    assert "--against nowhere" in err


def test_what_both_raise_is_kept_in_any_stretch(file: Path, capsysbinary: Capture) -> None:
    """With three headlines an alert opens an hour sooner, before the stretch begins."""
    arguments = ("--set", "min_unique=3", "--against", "-", "--from", iso(START + 9 * DAY + 3 * HOUR // 2))
    status, out, _ = backtest(capsysbinary, file, *arguments)
    assert status == 0
    assert "0 gained, 0 lost, 2 kept" in out


def test_nothing_could_open(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "short.jsonl"
    path.write_text("\n".join(counts()[:48]))
    status, out, err = backtest(capsysbinary, path)
    assert status == 0
    assert "Watched nothing" in out
    assert "no alert can open there yet" in err
