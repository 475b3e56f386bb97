"""Live and over its counts the same: a lane of few headlines, one that falls silent, an outage, days of learning."""

import json
import random
from collections.abc import Iterable, Sequence

import pytest

from agents.detect.count_rows import read_row
from agents.detect.counts import CountRun, LaneCounts
from agents.detect.memory import Memory
from agents.detect.step import Detector
from agents.pipeline import Input, Pipeline
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.alert import Alert
from schemas.base import DAY, HOUR, MINUTE, QUARTER, iso, moment
from schemas.count import SeriesCount, VolumeCount
from schemas.row import HeadlineRow, MinuteRow
from tests.agents.detect.synthetic import days, headline

Count = SeriesCount | VolumeCount
ASIA = "030"
WORDS = ["river", "budget", "school", "music", "garden", "bridge", "harbour", "winter", "market", "museum", "teacher"]
TROOPS = (
    ("North Korea sends 2,000 soldiers to the border", "Kestrel Post"),
    ("Pyongyang deploys troops, Seoul's spy agency says", "Saffron Gate News"),
    ("More North Korean troops deployed along the river", "Halden Agency"),
    ("North Korea deploys special forces to a northern port", "Blackpine Review"),
    ("Hundreds of North Korean soldiers deployed, officials say", "Kestrel Post"),
)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Rulebook.load()


def over(rulebook: Rulebook, counts: Iterable[Count]) -> tuple[list[Alert], LaneCounts]:
    """The alerts of counts, and the lane of Asia behind them."""
    run = CountRun(rulebook)
    alerts = [alert for count in sorted(counts, key=_bucket) for alert in run.take(read_row(count.encode()))]
    alerts += run.end()
    return alerts, run.lanes[rulebook.lanes.lane_of(ASIA)]


def _bucket(count: Count) -> str:
    return count.bucket


def told(alerts: Iterable[Alert], until: int) -> list[dict[str, object]]:
    """What there is to be the same, up to a time."""
    fields = {"id", "revision", "status", "severity", "at", "horizon", "observed", "expected", "p", "exposure"}
    listed = [alert.model_dump(include=fields) for alert in alerts if moment(alert.at) <= until]
    return sorted(listed, key=lambda alert: (alert["id"], alert["revision"]))


def quiet_lane(seed: int, placeless: float) -> tuple[list[HeadlineRow], dict[int, int]]:
    """Three headlines a day for eleven days, then five about North Korea in 80 minutes; and how many of which minute.

    `placeless` is the share of minutes with one that is about no place, and so the volume of no subregion of the lane.
    """
    draw = random.Random(seed)
    rows = []
    for at in range(days(0), days(12), MINUTE):
        # Of a minute's headlines one that has no place comes first.
        if draw.random() < placeless:
            rows.append(headline(at + 10_000, f"n{at}", places=(), themes=()))
        if draw.random() < 3 / (DAY // MINUTE):
            rows.append(
                headline(at + 20_000, f"o{at}", places=("JP",), themes=("ceasefire",), family=f"F{len(rows) % 5}")
            )
    burst = days(11) + 10 * HOUR + 7 * MINUTE
    rows += [
        headline(burst + number * 20 * MINUTE + 30_000, f"b{number}", themes=("unrest",), family=f"F{number}")
        for number in range(5)
    ]
    own: dict[int, int] = {}
    for row in rows:
        minute = row.headline.arrival // MINUTE
        own[minute] = own.get(minute, 0) + bool(row.places)
    return sorted(rows, key=lambda row: row.headline.arrival), own


@pytest.mark.parametrize("placeless", [0.0, 0.9], ids=["all placed", "most without a place"])
def test_a_lane_of_few_headlines_in_a_busy_wire(rulebook: Rulebook, placeless: float) -> None:
    """What a headline is judged by is the volume so far, and not the volume that one headline more would speak for."""
    lane = rulebook.lanes.lane_of(ASIA)
    detector = Detector(
        lane, rulebook.lanes.subregions(lane), rulebook.detect, rulebook.reader.directions, rulebook.version
    )
    rows, own = quiet_lane(1, placeless)
    alerts: list[Alert] = []
    counts: list[Count] = []
    waiting = iter(rows)
    row = next(waiting, None)
    for at in range(days(0), days(12), MINUTE):
        while row is not None and row.headline.arrival < at + MINUTE:
            alerts += detector.step([row]).alerts
            row = next(waiting, None)
        bucket = at // QUARTER * QUARTER
        here = [(bucket, ASIA, own[at // MINUTE])] if own.get(at // MINUTE) else []
        decided = detector.step([MinuteRow(at=at + MINUTE, volume=(*here, (bucket, "154", 7)))])
        alerts += decided.alerts
        counts += decided.counts
    found, _ = over(rulebook, counts)
    assert any(alert.series == "KP/unrest" for alert in alerts)
    until = max(moment(count.bucket) for count in counts)
    assert told(found, until) == told(alerts, until)


def live(rulebook: Rulebook, headlines: Sequence[tuple[int, str, str]]) -> tuple[list[Alert], list[Count], Detector]:
    """Alerts and counts of headlines through the whole pipeline, and the detector of Asia behind them."""
    inbound = [
        Inbound(offset, at, json.dumps({"title": title, "source": source, "published_at": iso(at)}).encode())
        for offset, (at, title, source) in enumerate(sorted(headlines))
    ]
    pipeline = Pipeline(rulebook, [Input("headlines.import", 0, None, ends=True)])
    fed = pipeline.feed("headlines.import", 0, inbound)
    return fed.alerts, fed.counts, pipeline._lanes[rulebook.lanes.lane_of(ASIA)].detector


def chatter(first: int, last: int, every: int, about: Sequence[str]) -> list[tuple[int, str, str]]:
    draw = random.Random(first)
    return [
        (at, f"{about[number % len(about)]} {' '.join(draw.sample(WORDS, 5))} {at % 997}", f"Paper {number % 7}")
        for number, at in enumerate(range(first + 3 * MINUTE, last, every))
    ]


def test_an_alert_of_a_lane_that_falls_silent_resolves(rulebook: Rulebook) -> None:
    """France speaks on, every ten minutes and never in the last minute of a quarter."""
    burst = days(10) + 10 * HOUR
    wire = chatter(days(0), days(14), 10 * MINUTE, ["France"]) + chatter(days(0), days(10), DAY, ["Japan"])
    wire += [(burst + number * 10 * MINUTE, *told) for number, told in enumerate(TROOPS)]
    alerts, counts, detector = live(rulebook, wire)
    mine = [alert for alert in alerts if alert.series == "KP/troop-deployment"]
    assert [alert.status for alert in mine if alert.status != "escalated"] == ["opened", "resolved"]
    assert burst + DAY < moment(mine[-1].at) < burst + DAY + 8 * HOUR
    assert len(detector._memory.ledger.volume) <= 101
    found, _ = over(rulebook, counts)
    until = max(moment(count.bucket) for count in counts)
    again = [alert for alert in told(found, until) if str(alert["id"]).startswith("KP/troop-deployment")]
    assert again == told(mine, until)


def test_an_outage_of_days_is_taught_as_it_is_live(rulebook: Rulebook) -> None:
    """A day's silence is learnt from, and no more: else what is usual would be little, and nothing would be alive."""
    about = ["France", "Japan"]
    wire = chatter(days(0), days(10), 10 * MINUTE, about) + chatter(days(15), days(17), 10 * MINUTE, about)
    _, counts, detector = live(rulebook, wire)
    _, lane = over(rulebook, counts)
    # Live the last hour has closed, of which counts do not tell yet.
    expected = detector._memory.ledger.usual.sums()
    assert lane.memory.ledger.usual.sums() == pytest.approx(expected, rel=0.01)
    assert lane.memory.ledger._mean(ASIA) == pytest.approx(detector._memory.ledger._mean(ASIA), rel=0.01)


def test_a_bucket_of_long_after_is_not_waited_for(rulebook: Rulebook) -> None:
    run = CountRun(rulebook)
    closed = []

    def watch(_: Memory, bucket: int) -> None:
        closed.append(bucket)

    run.lanes[0].watch = watch
    for bucket in ("2026-01-01T00:00:00Z", "2098-01-01T00:00:00Z"):
        run.take(read_row(json.dumps({"bucket": bucket, "volume": {"030": 1}}).encode()))
    run.end()
    assert len(closed) == 1 + DAY // QUARTER + 1


def test_days_on_which_a_lane_saw_headlines(rulebook: Rulebook) -> None:
    """A headline without a place is a day of the one lane that it went to, not of all lanes that count its volume."""
    wire = [(days(day) + 9 * HOUR, f"{WORDS[day]} {WORDS[day + 1]} {WORDS[day + 2]}", "Paper") for day in range(9)]
    inbound = [
        Inbound(offset, at, json.dumps({"title": title, "source": source}).encode())
        for offset, (at, title, source) in enumerate(wire)
    ]
    pipeline = Pipeline(rulebook, [Input("headlines.import", 0, None, ends=True)])
    counts = pipeline.feed("headlines.import", 0, inbound).counts
    run = CountRun(rulebook)
    for count in sorted(counts, key=_bucket):
        run.take(read_row(count.encode()))
    run.end()
    lanes = [lane.detector.days_missing for lane in pipeline._lanes]
    assert len(set(lanes)) > 1
    assert run.learning() == pipeline.learning()
