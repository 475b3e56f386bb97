"""`tocsin explain --series`: why there was no alert at a moment, on one screen and as JSON."""

import json
import re
from pathlib import Path

import pytest

from schemas.base import DAY, HOUR, iso
from schemas.standing import Standing
from streams.cli import run
from tests.streams.cli.test_backtest import START, Capture, counts


def explain(capsysbinary: Capture, *arguments: object) -> tuple[int, str, str]:
    status = run(["explain", *map(str, arguments)])
    out, err = capsysbinary.readouterr()
    return status, out.decode(), err.decode()


@pytest.fixture
def given(tmp_path: Path) -> tuple[object, ...]:
    path = tmp_path / "hourly.jsonl"
    path.write_text("\n".join(counts()) + "\n")
    return "--counts", path, "--bucket", "1h"


def test_why_there_was_none(given: tuple[object, ...], capsysbinary: Capture) -> None:
    at = iso(START + 9 * DAY + HOUR)
    status, out, err = explain(capsysbinary, "--series", "KP/shelling", "--at", at, *given)
    assert (status, err) == (0, "")
    assert f"KP/shelling  North Korea, as of the close at {at}" in out
    assert "No alert: 2 h: too few headlines; 24 h: too few headlines." in out
    assert "2 h: 2 more unique headlines (5 in all); or 24 h: 2 more unique headlines (5 in all)" in out
    assert len(out.splitlines()) <= 24
    # Within an hour the answer is about its whole bucket.
    _, within, _ = explain(capsysbinary, "--series", "KP/shelling", "--at", iso(START + 9 * DAY + HOUR // 2), *given)
    assert within == out


def test_an_open_alert_as_json(given: tuple[object, ...], capsysbinary: Capture) -> None:
    at = iso(START + 9 * DAY + 5 * HOUR)
    status, out, _ = explain(capsysbinary, "--series", "KP/shelling", "--at", at, *given, "--json")
    told = Standing.model_validate_json(out)
    assert status == 0
    assert told.known_until == told.at == iso(START + 9 * DAY + 5 * HOUR)
    assert told.alert is not None
    assert told.alert.headlines == 7
    assert [gate.name for gate in told.resolves if not gate.holds] == ["resolve_p", "resolve_after"]
    assert "24 h: no unique headline, now 7" in told.changes
    assert json.loads(out)["horizons"][1]["horizon"] == "24h"


def test_a_series_that_was_never_seen(given: tuple[object, ...], capsysbinary: Capture) -> None:
    status, out, err = explain(capsysbinary, "--series", "PE/coup", "--at", iso(START + 14 * DAY), *given)
    assert (status, err) == (0, "")
    # Beside the verdict, before any number.
    assert "Nothing was ever seen of the series" in out.partition("To open")[0]
    assert "Not known" not in out


@pytest.mark.parametrize("later", [HOUR, DAY])
def test_of_what_came_after_the_counts_nothing_is_known(
    given: tuple[object, ...], capsysbinary: Capture, later: int
) -> None:
    """Nobody may read that nothing came: it is in the verdict, in the gate and in the JSON."""
    asked = ("--series", "KP/shelling", "--at", iso(START + 14 * DAY + later), *given)
    status, out, _ = explain(capsysbinary, *asked, "--json")
    told = Standing.model_validate_json(out)
    assert status == 1
    assert (told.at, told.known_until) == (iso(START + 14 * DAY + later), iso(START + 14 * DAY))
    assert told.verdict.startswith("Not known from the counts of ")
    assert f"they end at {told.known_until}, before that. All else is as if nothing had come since. No alert: " in (
        told.verdict
    )
    headline = next(gate for gate in told.opens if gate.name == "headline")
    assert (headline.holds, headline.value) == (False, None)
    assert headline.told.startswith("not known")
    status, out, _ = explain(capsysbinary, *asked)
    assert (status, "Not known from the counts of " in out) == (1, True)
    assert re.search(r"headline +both +\? +1 +not known: they end at", out)


def test_a_bucket_without_a_row_is_known_when_rows_follow(tmp_path: Path, capsysbinary: Capture) -> None:
    """A silent night is no end of the counts; only where nothing follows is it one."""
    silent = {iso(START + 12 * DAY + hour * HOUR) for hour in range(6)}
    told = [line for line in counts() if json.loads(line)["bucket"] not in silent]
    before = sum(json.loads(line)["bucket"] < min(silent) for line in told)
    for rows, known in ((len(told), True), (before + 1, True), (before, False)):
        path = tmp_path / "gap.jsonl"
        path.write_text("\n".join(told[:rows]) + "\n")
        at = iso(START + 12 * DAY + 3 * HOUR)
        status, out, _ = explain(
            capsysbinary, "--series", "KP/shelling", "--at", at, "--counts", path, "--bucket", "1h", "--json"
        )
        stood = Standing.model_validate_json(out)
        assert (status, stood.at) == (0 if known else 1, at)
        assert stood.known_until == (at if known else min(silent))
        headline = next(gate for gate in stood.opens if gate.name == "headline")
        assert headline.value == (0 if known else None)
        assert stood.verdict.startswith("No alert: " if known else "Not known")


def test_of_an_alert_that_is_open_at_the_end_the_silence_of_the_feed_is_not_known(
    tmp_path: Path, capsysbinary: Capture
) -> None:
    """What looks like a feed that is silent is only the end of the counts."""
    ends = iso(START + 9 * DAY + 3 * HOUR)
    path = tmp_path / "short.jsonl"
    path.write_text("\n".join(line for line in counts() if json.loads(line)["bucket"] < ends) + "\n")
    asked = ("--series", "KP/shelling", "--at", iso(START + 13 * DAY), "--counts", path, "--bucket", "1h")
    status, out, _ = explain(capsysbinary, *asked, "--json")
    told = Standing.model_validate_json(out)
    assert status == 1
    assert told.alert is not None
    assert told.verdict.endswith(
        f"The alert {told.alert.id} is open (opened, high); whether it resolved since they do not tell."
    )
    assert next(gate for gate in told.resolves if gate.name == "alive").told.startswith("not known")
    assert "silent" not in explain(capsysbinary, *asked)[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--series", "KP/shelling"), "--at TIME is missing"),
        (("--series", "KP/shelling", "--at", "2026-01-01"), f"begin with {iso(START)}, after that"),
        (("--series", "KP", "--at", "2026-03-05"), "--series KP: no series; write PLACE/THEME"),
        (("--series", "XX/any", "--at", "2026-03-05"), "place 'XX' is no country"),
        (("--series", "KP/shellin", "--at", "2026-03-05"), "no theme 'shellin'"),
        (("--series", "KP/any", "A headline"), "leave them out"),
    ],
)
def test_what_cannot_be_answered(
    given: tuple[object, ...], capsysbinary: Capture, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = explain(capsysbinary, *arguments, *given)
    assert (status, out) == (2, "")
    assert said in err


def test_no_counts_at_all(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text("")
    status, out, err = explain(capsysbinary, "--series", "KP/any", "--at", "2026-03-05", "--counts", path)
    assert (status, err) == (1, "")
    assert f"Not known from the counts of {path}: there are none" in out
    assert "No alert: the lane is learning" in out
