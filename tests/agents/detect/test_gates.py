"""A series explained at each close, on the detector's own run: what the gates say is what it does."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from agents.backtest.course import COLUMNS, Course
from agents.detect.bounds import most_usual, needed
from agents.detect.buckets import bucket_of
from agents.detect.count_rows import read_row
from agents.detect.counts import CountRun
from agents.detect.gates import passes, standing
from agents.detect.lifecycle import Judged
from agents.detect.memory import Memory
from agents.detect.tail import chance
from agents.rulebook import Rulebook
from schemas.alert import Alert
from schemas.base import DAY, HOUR, QUARTER, iso, moment
from schemas.standing import Standing

START = 1_772_323_200_000
SERIES = [("KP", "shelling"), ("KP", "any"), ("030", "shelling"), ("030", "any"), ("CN", "shelling")]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Rulebook.load(overrides=("detect.min_unique=3", "detect.alpha=1e-3"))


def rows(days: int = 16, silent: int | None = None) -> Iterator[dict[str, Any]]:
    """By the hour: some noise, a burst of KP/shelling on the tenth day, one of its neighbour after that."""
    dice = random.Random(5)
    for at in range(START, START + days * DAY, HOUR):
        hour = (at - START) // HOUR
        if silent is None or hour < silent:
            yield {"bucket": iso(at), "volume": {"030": 30, "151": 200, "001": 60}}
        kp, cn = int(dice.random() < 0.03), int(dice.random() < 0.05)
        kp += 2 * (10 * 24 <= hour < 10 * 24 + 6)
        cn += 3 * (12 * 24 <= hour < 12 * 24 + 2)
        for (place, theme), number in zip(SERIES, (kp, kp, kp + cn, kp + cn, cn), strict=True):
            if number:
                names = [f"p{dice.randrange(4)}" for _ in range(number)]
                yield {"bucket": iso(at), "place": place, "theme": theme, "unique": number, "publishers": names}


def run(rulebook: Rulebook, told: dict[tuple[str, int], Standing] | None = None, **given: Any) -> list[Alert]:
    """The alerts; `told` gets how each series stood at each close."""
    counts = CountRun(rulebook, HOUR)
    keys = [counts.key(*names) for names in SERIES]

    def watch(memory: Memory, bucket: int) -> None:
        for key in keys:
            if told is not None and memory.lane is not None:
                told[key.name, bucket] = standing(memory, key, bucket)

    if told is not None:
        counts.lane_of(keys[0]).watch = watch
    alerts = [alert for row in rows(**given) for alert in counts.take(read_row(json.dumps(row).encode()))]
    return alerts + counts.end()


@pytest.fixture(scope="module")
def told(rulebook: Rulebook) -> tuple[list[Alert], dict[tuple[str, int], Standing]]:
    stood: dict[tuple[str, int], Standing] = {}
    return run(rulebook, stood), stood


Told = tuple[list[Alert], dict[tuple[str, int], Standing]]


def test_who_asks_changes_nothing(rulebook: Rulebook, told: Told) -> None:
    assert run(rulebook) == told[0]
    assert {alert.status for alert in told[0]} >= {"opened", "resolved"}


def test_an_alert_is_open_when_all_gates_are_and_only_then(told: Told) -> None:
    alerts, stood = told
    asleep = [one for one in stood.values() if one.alert is None]
    assert len(asleep) > 1000
    assert not [one for one in asleep if passes(one.opens)]
    opened = [alert for alert in alerts if alert.revision == 1]
    assert len(opened) >= 2
    for alert in opened:
        one = stood[alert.series, bucket_of(moment(alert.at)) - 1]
        assert one.alert is not None
        assert one.alert.id == alert.id
        assert passes(one.opens)
        horizon = next(each for each in one.horizons if each.horizon == alert.horizon)
        assert horizon.observed >= alert.observed
        if horizon.observed == alert.observed:
            assert (horizon.p, horizon.expected, horizon.exposure) == (alert.p, alert.expected, alert.exposure)
            assert (horizon.interval, horizon.publishers) == (alert.interval, alert.publisher_count)
            assert one.baseline.since == alert.baseline.since


def test_an_alert_resolves_when_its_gates_hold(told: Told) -> None:
    alerts, stood = told
    resolved = {(alert.series, bucket_of(moment(alert.at)) - 1) for alert in alerts if alert.status == "resolved"}
    assert resolved
    for (series, bucket), one in stood.items():
        if one.alert is not None:
            assert not all(gate.holds for gate in one.resolves)
            assert one.changes
        elif (series, bucket) in resolved:
            before = stood[series, bucket - 4]
            assert all(gate.holds for gate in before.resolves if gate.name != "resolve_after")


def test_a_wide_series_says_who_tells_its_headlines(told: Told) -> None:
    _, stood = told
    during = [one for (series, _), one in stood.items() if series == "KP/any" and one.alert is None]
    silent = [one for one in during if not next(gate for gate in one.opens if gate.name == "narrower").holds]
    assert silent
    assert all("KP/shelling" in next(gate for gate in one.opens if gate.name == "narrower").told for one in silent)
    assert all(one.horizons[0].told > 0 for one in silent)
    assert any("a narrower alert tells what came" in one.verdict for one in silent)


def test_what_has_to_come_is_enough(told: Told, rulebook: Rulebook) -> None:
    """With as many headlines as are asked for p is under alpha, and with one less it is not."""
    for one in list(told[1].values())[::50]:
        for horizon in one.horizons:
            assert chance(horizon.needed, horizon.expected, horizon.dispersion) < rulebook.detect.alpha
            assert chance(horizon.needed - 1, horizon.expected, horizon.dispersion) >= rulebook.detect.alpha
            assert chance(horizon.usual, horizon.expected, horizon.dispersion) > rulebook.detect.resolve_p
            assert chance(horizon.usual + 1, horizon.expected, horizon.dispersion) <= rulebook.detect.resolve_p


def test_while_it_learns_it_says_what_is_missing(told: Told) -> None:
    early = told[1]["KP/shelling", bucket_of(START + 3 * DAY + HOUR) - 1]
    gate = early.opens[0]
    assert (gate.name, gate.holds, gate.value, gate.threshold) == ("learning", False, 3, 7)
    assert "the lane sees headlines on more days: 3 of 7 days" in early.changes
    assert early.verdict.startswith("No alert: the lane is learning")
    late = told[1]["KP/shelling", bucket_of(START + 15 * DAY + HOUR) - 1].opens[0]
    assert (late.name, late.holds, late.value, late.threshold) == ("learning", True, 15, 7)


def test_silence_is_no_calm(rulebook: Rulebook) -> None:
    stood: dict[tuple[str, int], Standing] = {}
    run(rulebook, stood, days=12, silent=10 * 24 + 6)
    one = stood["KP/shelling", bucket_of(START + 11 * DAY) - 1]
    assert one.alert is not None
    gates = {gate.name: gate for gate in one.resolves}
    assert not gates["alive"].holds
    assert any("volume" in change for change in one.changes)


@pytest.mark.parametrize("mean", [0.0, 0.001, 0.3, 7.0, 900.0])
def test_bounds(rulebook: Rulebook, mean: float) -> None:
    judged = Judged("2h", 0, 7, 0, mean, 1.0, 0.4, mean, 1.0, 1.0)
    count = needed(judged, 1e-5)
    assert chance(count, mean, 0.4) < 1e-5 <= chance(count - 1, mean, 0.4)
    usual = most_usual(judged, rulebook.detect)
    assert chance(usual, mean, 0.4) > 0.05 >= chance(usual + 1, mean, 0.4)


def test_a_long_course_keeps_its_peak(rulebook: Rulebook) -> None:
    counts = CountRun(rulebook, HOUR)
    key = counts.key("KP", "shelling")
    course = Course(key)
    counts.lane_of(key).watch = course.watch
    for row in rows(days=70):
        counts.take(read_row(json.dumps(row).encode()))
    counts.end()
    short, long = course.points()
    assert COLUMNS <= len(long) < 2 * COLUMNS
    assert [point.at for point in long] == sorted({point.at for point in long})
    assert max(point.observed for point in long) == max(
        sum(row["unique"] for row in rows(days=11) if row.get("place") == "KP" and row["theme"] == "shelling"
            and last - 24 * HOUR <= moment(row["bucket"]) < last)
        for last in (START + 10 * DAY + hour * HOUR for hour in range(24))
    )  # fmt: skip
    assert all(point.low <= point.high < point.enough for point in short)
    assert long[-1].at - long[0].at >= 69 * DAY - 2 * QUARTER
