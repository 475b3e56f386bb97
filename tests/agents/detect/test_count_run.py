"""The detector over counts: the live alerts again, from what the live run counted; and files that others made."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.detect.count_rows import read_row
from agents.detect.counts import CountRun
from agents.pipeline import Input, Pipeline
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.alert import Alert
from schemas.base import DAY, HOUR, MINUTE, QUARTER, iso, moment
from schemas.count import SeriesCount, VolumeCount
from streams.sources import log, read

SAMPLE = Path(__file__).parents[3] / "streams" / "demo" / "sample.jsonl.gz"
START = 1_772_323_200_000
SAME = {"id", "revision", "status", "severity", "onset", "horizon", "observed", "publisher_count", "evidence_count"}
"""What is equal whenever an alert is; exposure, and what follows from it, is where volume did not jump."""


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Rulebook.load()


def live(rulebook: Rulebook, late: int) -> tuple[list[Alert], list[bytes]]:
    """Alerts and counts of the sample, each headline arriving up to `late` ms after it was published."""
    with read(SAMPLE) as rows:
        records = [(timestamp, value) for _, timestamp, value in log(rows, 1_900_000_000_000, 1)]
    delayed = [
        (at + (number * 7919 % 997) * late // 997 if late else at, value) for number, (at, value) in enumerate(records)
    ]
    inbound = [Inbound(offset, at, value) for offset, (at, value) in enumerate(sorted(delayed))]
    pipeline = Pipeline(rulebook, [Input("headlines.import", 0, None, ends=True)])
    alerts: list[Alert] = []
    counts: list[SeriesCount | VolumeCount] = []
    for first in range(0, len(inbound), 500):
        fed = pipeline.feed("headlines.import", 0, inbound[first : first + 500])
        alerts += fed.alerts
        counts += fed.counts
    return alerts, [count.encode() for count in sorted(counts, key=lambda count: count.bucket)]


def over(rulebook: Rulebook, values: Iterable[bytes], width: int = QUARTER) -> dict[tuple[str, int], Alert]:
    run = CountRun(rulebook, width)
    alerts = [alert for value in values for alert in run.take(read_row(value))]
    return {(alert.id, alert.revision): alert for alert in [*alerts, *run.end()]}


def plain(values: Iterable[bytes]) -> Iterator[bytes]:
    """What a file of others has: the required fields, volume once."""
    told = set()
    for value in values:
        row = json.loads(value)
        if "volume" in row:
            if row["bucket"] in told:
                continue
            told.add(row["bucket"])
        fields = ("bucket", "volume") if "volume" in row else ("bucket", "place", "theme", "unique", "publishers")
        yield json.dumps({field: row[field] for field in fields}).encode()


@pytest.mark.parametrize("late", [0, 55 * MINUTE], ids=["at once", "late"])
def test_counts_of_a_live_run_give_its_alerts(rulebook: Rulebook, late: int) -> None:
    alerts, counts = live(rulebook, late)
    told = max(moment(json.loads(value)["bucket"]) for value in counts) + QUARTER
    expected = {(alert.id, alert.revision): alert for alert in alerts if moment(alert.at) <= told}
    found = over(rulebook, counts)
    assert len(expected) >= 10
    assert found.keys() == expected.keys()
    for key, alert in found.items():
        assert alert.model_dump(include=SAME) == expected[key].model_dump(include=SAME)
        assert alert.at == expected[key].at
    exact = [
        key for key, alert in found.items() if (alert.p, alert.exposure) == (expected[key].p, expected[key].exposure)
    ]
    assert len(exact) >= 0.75 * len(expected)
    # Without what is optional `at` may differ by a bucket; and headlines cannot be late.
    again = over(rulebook, plain(counts))
    opened = [{key[0] for key in alerts if key[1] == 1} for alerts in (again, expected)]
    assert opened[0] == opened[1]
    if not late:
        assert again.keys() == expected.keys()
        for key, alert in again.items():
            assert alert.model_dump(include=SAME) == expected[key].model_dump(include=SAME)
            assert 0 <= moment(alert.at) - moment(expected[key].at) <= QUARTER


def rows(at: int, volume: int = 400, **series: Any) -> Iterator[bytes]:
    """One bucket: volume of several subregions, and at most one series."""
    shares = {"030": volume // 10, "151": volume // 2, "145": volume // 4, "001": volume // 8}
    yield json.dumps({"bucket": iso(at), "volume": shares}).encode()
    if series:
        given = {"place": "KP", "theme": "troop-deployment", "publishers": ["a", "b", "c"], **series}
        yield json.dumps({"bucket": iso(at), **given}).encode()


def quiet(first: int, days: int, width: int = HOUR, every: int = 20 * DAY) -> Iterator[bytes]:
    """One headline in 20 days."""
    for at in range(first, first + days * DAY, width):
        hit = {"unique": 1, "publishers": ["a"]} if (at - first) % every == 12 * HOUR else {}
        yield from rows(at, **hit)


@pytest.mark.parametrize("width", [QUARTER, HOUR])
@pytest.mark.parametrize("publishers", [(["a", "b"], ["a", "b", "c"]), (2, 3)], ids=["hashes", "numbers"])
def test_five_in_a_quiet_series(rulebook: Rulebook, width: int, publishers: tuple[list[str] | int, ...]) -> None:
    now = START + 30 * DAY
    burst = [*rows(now, unique=2, publishers=publishers[0]), *rows(now + HOUR, unique=3, publishers=publishers[1])]
    found = over(rulebook, [*quiet(START, 30, width), *burst], width)
    (alert,) = found.values()
    assert (alert.series, alert.status, alert.observed, alert.publisher_count) == (
        "KP/troop-deployment",
        "opened",
        5,
        3,
    )
    assert alert.at == iso(now + HOUR + width)
    assert alert.onset == iso(now + HOUR)
    assert alert.reason.startswith("5 unique headlines from 3 publishers in 2")


@pytest.mark.parametrize(
    ("publishers", "opens"), [(1, False), (["a"], False), (["a", ""], True), ([], True), (0, True)]
)
def test_publishers(rulebook: Rulebook, publishers: list[str] | int, opens: bool) -> None:
    """A number is the largest of the window, never a sum; where nobody is named independence is not asked for."""
    now = START + 30 * DAY
    burst = [value for i in range(8) for value in rows(now + i * QUARTER, unique=2, publishers=publishers)]
    found = over(rulebook, [*quiet(START, 30, every=90 * DAY), *burst])
    assert bool(found) == opens


def test_wide_series_are_rows_of_their_own(rulebook: Rulebook) -> None:
    now = START + 30 * DAY

    def burst(*told: tuple[str, str, int]) -> set[str]:
        values = [*rows(now, unique=6)]
        for place, theme, unique in told:
            values += [*rows(now, place=place, theme=theme, unique=unique)][1:]
        return {alert.series for alert in over(rulebook, [*quiet(START, 30), *values]).values()}

    assert burst() == {"KP/troop-deployment"}
    # what the narrow alert tells is told once; what is beyond it opens the wider series
    assert burst(("KP", "any", 6), ("030", "any", 6)) == {"KP/troop-deployment"}
    assert burst(("KP", "any", 14)) == {"KP/troop-deployment", "KP/any"}
    # a second theme of the same headlines
    assert burst(("KP", "missile-launch", 6), ("KP", "any", 6)) == {"KP/troop-deployment", "KP/missile-launch"}


def test_nothing_opens_before_seven_days_of_volume(rulebook: Rulebook) -> None:
    run = CountRun(rulebook, HOUR)
    alerts = [alert for value in quiet(START, 7, every=90 * DAY) for alert in run.take(read_row(value))]
    assert set(run.learning().values()) == {"5 of 7 days"} or set(run.learning().values()) == {"6 of 7 days"}
    for value in rows(START + 7 * DAY - HOUR, unique=9):
        if b"KP" in value:
            alerts += run.take(read_row(value))
    assert [*alerts, *run.end()] == []
    assert set(run.learning().values()) == {"6 of 7 days"}


def test_silence_resolves_nothing(rulebook: Rulebook) -> None:
    now = START + 30 * DAY
    burst = [*quiet(START, 30), *rows(now, unique=9)]
    found = over(rulebook, [*burst, *rows(now + 60 * HOUR)])
    assert [alert.status for alert in found.values()][-1] == "opened"
    calm = [value for hour in range(1, 60) for value in rows(now + hour * HOUR)]
    assert [alert.status for alert in over(rulebook, [*burst, *calm]).values()][-1] == "resolved"
