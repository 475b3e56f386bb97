"""`tocsin calibrate`: alpha by backtest, and where it came from, in the rules."""

import json
import shutil
from pathlib import Path

import pytest

from agents.detect.rules import PATH, load_rules
from schemas.base import DAY, HOUR, iso
from streams.cli import run
from tests.streams.cli.test_backtest import START, Capture

DAYS = 11


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Eleven days by the hour, and bursts of five, six, seven ... in as many series from the eighth on."""
    rows = []
    places = ("KP", "ML", "CO", "KE")
    for at in range(START, START + DAYS * DAY, HOUR):
        rows.append({"bucket": iso(at), "volume": {"030": 40, "011": 20, "005": 20, "014": 20, "001": 60}})
        hour = (at - START) // HOUR
        for number, place in enumerate(places):
            if hour % 24 == 5 + number:
                rows.append({"bucket": iso(at), "place": place, "theme": "coup", "unique": 1, "publishers": ["a"]})
            if hour == 8 * 24 + 12 + 6 * number:
                names = ["a", "b", "c"]
                burst = {"place": place, "theme": "coup", "unique": 5 + 3 * number, "publishers": names}
                rows.append({"bucket": iso(at), **burst})
    path = tmp_path / "hourly.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    return path


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PATH.parent, tmp_path / "rules"))


def calibrate(capsysbinary: Capture, *arguments: object) -> tuple[int, str, str]:
    status = run(["calibrate", *map(str, arguments), "--bucket", "1h"])
    out, err = capsysbinary.readouterr()
    return status, out.decode(), err.decode()


def test_alpha_is_written_with_where_it_came_from(file: Path, rules: Path, capsysbinary: Capture) -> None:
    before = (rules / "detect.yaml").read_text()
    status, out, err = calibrate(capsysbinary, file, "--budget", "0.8/day", "--rules", rules, "--write", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["written"]
    chosen = next(one for one in told["tried"] if one["alpha"] == told["alpha"])
    assert chosen["a_day"] <= 0.8
    assert all(one["allowed"] for one in told["tried"] if one["alpha"] <= told["alpha"])
    assert any(not one["allowed"] for one in told["tried"])
    assert f"alpha {told['alpha']:.1e}: {chosen['false']} false alarms" in err
    after = (rules / "detect.yaml").read_text()
    assert load_rules(rules / "detect.yaml").alpha == told["alpha"]
    assert told["sha256"] in after
    assert "for a budget of 0.8/day, by tocsin " in after
    assert [line for line in before.splitlines() if not line.startswith("alpha")] == [
        line for line in after.splitlines() if not line.startswith(("alpha", "# calibrated: "))
    ]
    assert sorted(path.name for path in rules.iterdir()) == sorted(path.name for path in PATH.parent.iterdir())


def test_the_packaged_rules_are_not_changed(file: Path, capsysbinary: Capture) -> None:
    before = PATH.read_bytes()
    status, out, err = calibrate(capsysbinary, file, "--budget", "100/week", "--write")
    assert status == 1
    assert "in detect.yaml:" in out
    assert "alpha: 1.0e-02" in out
    assert "not written: the package's own rules" in err
    assert PATH.read_bytes() == before


def test_known_events_are_not_false(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    known = tmp_path / "events.csv"
    day = iso(START + 8 * DAY)[:10]
    known.write_text("date,place,theme,name\n" + "".join(f"{day},{place},,x\n" for place in ("KP", "ML", "CO", "KE")))
    status, out, _ = calibrate(capsysbinary, file, "--budget", "0/day", "--events", known, "--json")
    told = json.loads(out)
    assert status == 0
    assert max(one["alerts"] for one in told["tried"]) >= 4
    assert any("known events, whose alerts are not false: 4, sha256" in line for line in told["provenance"])
    # Without them nothing keeps such a budget: alpha has a floor.
    status, out, _ = calibrate(capsysbinary, file, "--budget", "0/day", "--set", "min_unique=1", "--json")
    assert (status, json.loads(out)["alpha"]) == (1, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--budget", "3"), "not a budget; write 3/day"), (("--budget", "3/day", "--to", "2026-03-03"), "nothing to")],
)
def test_what_cannot_be_done(file: Path, capsysbinary: Capture, arguments: tuple[str, ...], said: str) -> None:
    status, out, err = calibrate(capsysbinary, file, *arguments)
    assert (status, out) == (2, "")
    assert said in err
