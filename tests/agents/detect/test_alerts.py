"""When an alert opens, and what becomes of it, on a lane that knows a quiet wire."""

import re
from collections.abc import Callable, Iterable, Sequence

import pytest

from agents.detect.rules import DetectRules
from agents.detect.step import Detector
from agents.detect.tail import chance
from schemas.alert import Alert
from schemas.base import DAY, HOUR, MINUTE, iso
from schemas.row import HeadlineRow, MinuteRow, ReleasedRow, Verdict
from tests.agents.detect.conftest import MEANS, WARM
from tests.agents.detect.synthetic import DIRECTIONS, SUBREGIONS, UNIQUE, Burst, Mean, Wire, days, headline, withdrawal

Build = Callable[[DetectRules], Detector]
NOW = days(WARM)


def several(
    count: int,
    *,
    at: int = NOW,
    every: int = MINUTE,
    name: str = "s",
    families: Sequence[str | None] = ("A", "B", "C"),
    places: Sequence[str] = ("VN",),
    themes: Sequence[str] = ("unrest",),
) -> list[ReleasedRow]:
    return [
        headline(at + i * every, f"{name}{i}", places=places, themes=themes, family=families[i % len(families)])
        for i in range(count)
    ]


def statuses(alerts: Iterable[Alert], series: str) -> list[str]:
    return [alert.status for alert in alerts if alert.series == series]


def statuses_all(alerts: Iterable[Alert]) -> set[str]:
    return {alert.series for alert in alerts if alert.status == "opened"}


def mixed(*streams: Iterable[ReleasedRow]) -> list[ReleasedRow]:
    """Rows of several streams in released order."""

    def key(row: ReleasedRow) -> tuple[int, int]:
        if isinstance(row, MinuteRow):
            return row.at, 0
        return (row.headline.arrival if isinstance(row, HeadlineRow) else row.arrival), 1

    return sorted((row for stream in streams for row in stream), key=key)


def test_five_headlines_by_three_publishers_in_a_quiet_series(warm: Build, rules: DetectRules) -> None:
    detector = warm(rules)
    assert detector.step(several(4)).alerts == []
    (alert,) = detector.step(several(5)[4:]).alerts
    assert (alert.series, alert.status, alert.revision) == ("VN/unrest", "opened", 1)
    assert alert.id == f"VN/unrest@{iso(NOW)}"
    assert (alert.observed, alert.publisher_count, alert.evidence_count) == (5, 3, 5)
    assert alert.publishers == ("A", "B", "C")
    assert [one.id for one in alert.evidence] == ["s4", "s3", "s2", "s1", "s0"]
    assert alert.p < alert.alpha
    assert alert.expected < 1
    assert alert.interval[0] <= alert.expected <= alert.interval[1] + 1
    assert alert.reason.startswith("5 unique headlines from 3 publishers in 2")
    assert alert.at == iso(NOW + 4 * MINUTE)
    assert 7 < alert.baseline.days < WARM


def test_one_publisher_is_not_enough(warm: Build, rules: DetectRules) -> None:
    assert warm(rules).step(several(12, families=("A",))).alerts == []


def test_unnamed_headlines_are_one_publisher(warm: Build, rules: DetectRules) -> None:
    rows = several(9, families=(None,)) + several(1, at=NOW + 10 * MINUTE, name="named", families=("A",))
    opened = warm(rules.model_copy(update={"min_publishers": 3})).step(rows).alerts
    # Waived while all are unnamed.
    assert opened[0].publishers == ()
    assert opened[0].publisher_count == 1
    assert "names its publisher" in opened[0].reason
    # Two publishers, one of them unnamed, are not three.
    rows = several(1, families=("A",)) + several(9, at=NOW + MINUTE, name="u", families=(None,))
    assert warm(rules.model_copy(update={"min_publishers": 3})).step(rows).alerts == []
    assert warm(rules).step(rows).alerts[0].publisher_count == 2


def test_fewer_are_enough_for_a_thin_stream(warm: Build, rules: DetectRules) -> None:
    assert warm(rules).step(several(3)).alerts == []
    assert warm(rules.model_copy(update={"min_unique": 3})).step(several(3)).alerts[0].observed == 3


@pytest.mark.parametrize(
    "row",
    [
        {"verdict": None},
        {"stale": True},
        {"counted": False},
    ],
)
def test_what_does_not_count(warm: Build, rules: DetectRules, row: dict[str, object]) -> None:
    rows = [headline(NOW + i, f"s{i}", places=("VN",), themes=("unrest",), family=f"{i}", **row) for i in range(20)]  # type: ignore[arg-type]
    assert warm(rules).step(rows).alerts == []


def test_the_same_headline_counts_once(warm: Build, rules: DetectRules) -> None:
    assert warm(rules).step(several(4) + several(4) + several(4)).alerts == []


def test_late_rows_count_where_they_happened(warm: Build, rules: DetectRules) -> None:
    rows = [
        headline(NOW + i, f"s{i}", places=("VN",), themes=("unrest",), family=f"{i}", event=NOW - 59 * MINUTE)
        for i in range(5)
    ]
    (alert,) = warm(rules).step(rows).alerts
    assert alert.onset == iso(NOW - HOUR)
    assert alert.at == iso(NOW + 4)


def test_narrow_before_wide(warm: Build, rules: DetectRules) -> None:
    """One crisis is told once: neither `VN/any` nor `035/unrest` opens on what `VN/unrest` tells."""
    alerts = warm(rules).step(several(40)).alerts
    assert {alert.series for alert in alerts} == {"VN/unrest"}


def test_many_themes_open_the_country(warm: Build, rules: DetectRules) -> None:
    themes = ("troop-deployment", "missile-launch", "air-strike", "unrest", "sanctions")
    rows = [
        headline(NOW + i * MINUTE, f"s{i}", places=("KP",), themes=(themes[i % 5],), family=f"{i % 4}")
        for i in range(20)
    ]
    first = warm(rules).step(rows).alerts[0]
    assert (first.series, first.theme, first.level) == ("KP/any", "any", "country")


def test_many_countries_open_the_subregion(warm: Build, rules: DetectRules) -> None:
    rows = [
        headline(NOW + i * MINUTE, f"s{i}", places=(("PH", "TH", "VN")[i % 3],), themes=("unrest",), family=f"{i % 4}")
        for i in range(12)
    ]
    first = warm(rules).step(rows).alerts[0]
    assert (first.series, first.level, first.place, first.subregion) == ("035/unrest", "subregion", "035", "035")


def test_a_wider_alert_needs_news_of_its_own(warm: Build, rules: DetectRules) -> None:
    """After a narrow alert has opened on twenty, four headlines about a neighbour do not open the subregion."""
    few = several(4, at=NOW + 30 * MINUTE, name="few", places=("PH",))
    assert statuses(warm(rules).step(several(20) + few).alerts, "035/unrest") == []


def test_neutral_themes_are_no_part_of_any(warm: Build, rules: DetectRules) -> None:
    rows = several(3, themes=("peacekeeping",)) + several(3, at=NOW + 5 * MINUTE, name="c", themes=("ceasefire",))
    assert warm(rules).step(rows).alerts == []


def test_severity_and_escalation(warm: Build, rules: DetectRules) -> None:
    rows = several(60, families=[f"W{i}" for i in range(9)], every=MINUTE // 2, places=("JP",), themes=("sanctions",))
    alerts = warm(rules).step(rows).alerts
    alerts = [alert for alert in alerts if alert.series == "JP/sanctions"]
    told = [(alert.status, alert.revision) for alert in alerts]
    assert told == [("opened", 1), ("escalated", 2), ("escalated", 3)][: len(told)]
    assert len(told) > 1
    assert len({alert.id for alert in alerts}) == 1
    order = {"moderate": 0, "high": 1, "critical": 2}
    rising = [order[alert.severity] for alert in alerts]
    assert rising == sorted(set(rising))


def risen(alerts: Iterable[Alert], series: str) -> list[tuple[str, str]]:
    return [(alert.status, alert.severity) for alert in alerts if alert.series == series]


def test_a_sustained_alert_rises_by_what_has_become_usual(warm: Build, rules: DetectRules) -> None:
    """Told by two publishers it is `high` at most. After days a flood from many is `critical`, once."""
    detector = warm(rules)
    begin = NOW + 6 * HOUR
    wire = Wire(MEANS, [Burst("PH", "unrest", begin, 20 * 24, 3.0, publishers=2)], seed=11, dispersion=0.1)
    end = begin + 75 * HOUR
    alerts = detector.step(list(wire.play(NOW, end))).alerts
    assert risen(alerts, "PH/unrest")[-1] == ("sustained", "high")
    usual = several(6, at=end, name="u", every=20 * MINUTE, places=("PH",), families="CDEFGH")
    assert risen(detector.step(usual).alerts, "PH/unrest") == []
    at = end + 2 * HOUR
    flood = several(200, at=at, every=MINUTE // 2, name="f", places=("PH",), families="CDEFGH")
    assert risen(detector.step(mixed(flood, filled(at, 100))).alerts, "PH/unrest") == [("escalated", "critical")]
    alerts = detector.step(list(wire.play(end + 4 * HOUR, end + 9 * DAY))).alerts
    assert risen(alerts, "PH/unrest")[:1] == [("resolved", "critical")]


def test_a_burst_opens_within_an_hour_and_resolves_a_day_later(warm: Build, rules: DetectRules) -> None:
    begin = NOW + 5 * HOUR
    wire = Wire(MEANS, [Burst("JP", "sanctions", begin, 4, 10.0)], seed=5)
    alerts = warm(rules).step(list(wire.play(NOW, NOW + 2 * DAY))).alerts
    told = [alert for alert in alerts if alert.series == "JP/sanctions"]
    assert [alert.status for alert in told] == ["opened", "escalated", "resolved"]
    assert told[0].at <= iso(begin + HOUR)
    assert iso(begin + 4 * HOUR) < told[-1].at < iso(begin + 36 * HOUR)
    assert {alert.place for alert in alerts} <= {"JP", "030"}


def test_a_silent_feed_resolves_nothing(warm: Build, rules: DetectRules) -> None:
    detector = warm(rules)
    begin = NOW + 5 * HOUR
    wire = Wire(MEANS, [Burst("JP", "sanctions", begin, 4, 10.0)], seed=5)
    alerts = detector.step(list(wire.play(NOW, begin + 6 * HOUR))).alerts
    assert statuses(alerts, "JP/sanctions")[0] == "opened"
    before = detector.open()
    silence = [MinuteRow(at=at, volume=()) for at in range(begin + 6 * HOUR, begin + 30 * HOUR, 15 * MINUTE)]
    # A trickle is no life either: less than a quarter of the usual volume.
    trickle = [
        MinuteRow(at=at, volume=((at - 15 * MINUTE, "021", 3),))
        for at in range(begin + 30 * HOUR, begin + 70 * HOUR, 15 * MINUTE)
    ]
    assert detector.step(silence + trickle).alerts == []
    assert detector.open() == before
    later = detector.step(list(Wire(MEANS, seed=6).play(begin + 70 * HOUR, begin + 80 * HOUR))).alerts
    assert statuses(later, "JP/sanctions") == ["resolved"]


def test_a_doubled_feed_alarms_nobody(warm: Build, rules: DetectRules) -> None:
    """Where a third more than two headlines come for each one, of everything, nobody is surprised."""
    rows = list(Wire(MEANS, seed=8, factor=2.5).play(NOW, NOW + 2 * DAY))
    assert warm(rules).step(rows).alerts == []
    # The same headlines with the rest of the world as it was.
    more = [mean._replace(hourly=mean.hourly * 2.5) for mean in MEANS]
    alone = list(Wire(more, seed=8).play(NOW, NOW + 2 * DAY))
    assert len(statuses_all(warm(rules).step(alone).alerts)) >= 3


def test_a_backlog_after_an_outage_alarms_nobody(warm: Build, rules: DetectRules) -> None:
    """Half a day's headlines come in one minute, before any minute row has told their volume."""
    detector = warm(rules)
    end = NOW + 12 * HOUR
    backlog = [row for row in Wire(MEANS, seed=9).play(NOW, end) if isinstance(row, HeadlineRow)]
    fields = [(row.headline.id, row.places[0].code, row.themes[0].theme, row.headline.family) for row in backlog]
    rows = [
        headline(end + i, f"{name}-{verdict.kind}", places=(place,), themes=(theme,), family=family, verdict=verdict)
        for i, (name, place, theme, family) in enumerate(fields)
        # As in all the days before, every other one is a repeat.
        for verdict in (UNIQUE, Verdict(kind="near", reason="similar-text"))
    ]
    assert len(rows) > 20
    assert detector.step(rows).alerts == []


def test_a_long_crisis_is_sustained_and_becomes_normal(warm: Build, rules: DetectRules) -> None:
    begin = NOW + 6 * HOUR
    wire = Wire(MEANS, [Burst("PH", "unrest", begin, 20 * 24, 3.0)], seed=11, dispersion=0.1)
    detector = warm(rules)
    alerts = [alert for row in wire.play(NOW, NOW + 18 * DAY) for alert in detector.step((row,)).alerts]
    told = [alert for alert in alerts if alert.series == "PH/unrest"]
    assert [alert.status for alert in told][:4] == ["opened", "escalated", "sustained", "resolved"]
    assert iso(begin + 72 * HOUR) <= told[2].at <= iso(begin + 75 * HOUR)
    assert told[3].at < iso(begin + 7 * DAY)
    # The level of the war is usual now, and stays so.
    assert len(told) == 4
    assert told[3].expected > 20 * told[0].expected


def test_withdrawn_by_id_and_by_url(warm: Build, rules: DetectRules) -> None:
    detector = warm(rules)
    linked = headline(
        NOW + 6 * MINUTE, "linked", places=("VN",), themes=("unrest",), family="D", url="https://example.org/a"
    )
    (opened,) = detector.step([*several(5), linked]).alerts
    assert detector.step([withdrawal(NOW + 7 * MINUTE, "https://example.org/a")]).alerts == []
    (retracted,) = detector.step([withdrawal(NOW + 8 * MINUTE, "s2")]).alerts
    assert (retracted.id, retracted.revision, retracted.status) == (opened.id, 2, "retracted")
    assert retracted.observed == 4
    assert retracted.reason.startswith("Evidence was withdrawn: 4 unique headlines from 2 publishers in 2")
    assert detector.open() == ()
    assert detector.step([withdrawal(NOW + 9 * MINUTE, "unheard of")]).alerts == []


def test_withdrawn_publishers_count(warm: Build, rules: DetectRules) -> None:
    rows = several(6, families=("A",)) + several(1, at=NOW + 7 * MINUTE, name="b", families=("B",))
    detector = warm(rules)
    assert len(detector.step(rows).alerts) == 1
    (retracted,) = detector.step([withdrawal(NOW + 8 * MINUTE, "b0")]).alerts
    assert retracted.status == "retracted"


SANCTIONS = {"places": ("JP",), "themes": ("sanctions",)}


def filled(at: int, minutes: int) -> list[ReleasedRow]:
    """Volume elsewhere from `at` on, as usual."""
    return [MinuteRow(at=at + (i + 1) * MINUTE, volume=((at + i * MINUTE, "154", 3),)) for i in range(minutes)]


LATER = days(12)
BUSY = Wire([Mean("KP", "unrest", 1.0)], outside=400.0, seed=3)
UNREST = {"places": ("KP",), "themes": ("unrest",)}


@pytest.fixture(scope="module")
def busy(rules: DetectRules) -> dict[bytes, bytes]:
    """A lane in which KP/unrest has a headline an hour, as ever."""
    detector = Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")
    decided = detector.step(list(BUSY.play(days(0), LATER)))
    assert detector.open() == ()
    return {key: value for key, value in detector.entries(decided.changed).items() if value is not None}


def burst_of_forty(entries: dict[bytes, bytes], rules: DetectRules) -> Detector:
    """In forty minutes; the alert opens on the first of them."""
    detector = Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")
    detector.restore(entries)
    burst = [*several(40, at=LATER, **UNREST), *filled(LATER, 40)]
    alerts = detector.step(mixed(burst)).alerts
    (opened,) = [alert for alert in alerts if alert.status == "opened"]
    assert (opened.series, opened.evidence[0].id) == ("KP/unrest", "s14")
    return detector


def test_each_rise_is_told_and_each_once(busy: dict[bytes, bytes], rules: DetectRules) -> None:
    detector = Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")
    detector.restore(busy)
    alerts = detector.step(mixed(several(50, at=LATER, families="AB", **UNREST), filled(LATER, 50))).alerts
    assert risen(alerts, "KP/unrest") == [("opened", "moderate"), ("escalated", "high")]
    # However many headlines by two publishers are not critical; by five they are. Then there is nothing above it.
    (rise,) = detector.step(several(9, at=LATER + HOUR, name="c", families="ABCDE", **UNREST)).alerts
    assert (rise.status, rise.severity, rise.revision, rise.publisher_count) == ("escalated", "critical", 3, 5)
    assert detector.step(several(50, at=LATER + 80 * MINUTE, name="d", families="ABCDEFG", **UNREST)).alerts == []


@pytest.mark.parametrize(
    ("taken", "open_"),
    [
        (range(3), True),
        (range(35), False),
        (range(5, 40), False),
        (range(20, 40), True),
        (range(12), True),
    ],
    ids=["a few", "all but the last", "all but the first", "the later half", "the first, and as many came since"],
)
def test_what_is_left_is_judged_again(busy: dict[bytes, bytes], rules: DetectRules, taken: range, open_: bool) -> None:
    """Five headlines from three publishers are enough by number, and no surprise in a series like this."""
    detector = burst_of_forty(busy, rules)
    alerts = detector.step([withdrawal(LATER + 50 * MINUTE + one, f"s{one}") for one in taken]).alerts
    assert [(alert.series, alert.status) for alert in alerts] == ([] if open_ else [("KP/unrest", "retracted")])
    assert ("KP/unrest" in detector.open()) == open_
    if not open_:
        assert alerts[0].observed >= rules.min_unique
        assert alerts[0].p > rules.alpha


@pytest.mark.parametrize(("number", "open_"), [(8, True), (30, False)])
def test_time_alone_retracts_nothing(busy: dict[bytes, bytes], rules: DetectRules, number: int, open_: bool) -> None:
    """Hours later fewer horizons are surprising; what counts is what would have been surprising then."""
    detector = burst_of_forty(busy, rules)
    quiet = BUSY.play(LATER + HOUR, LATER + 20 * HOUR)
    assert detector.step(list(quiet)).alerts == []
    rows = [withdrawal(LATER + 20 * HOUR + one, f"s{one}") for one in range(number)]
    detector.step(rows)
    assert ("KP/unrest" in detector.open()) == open_


def test_an_alert_of_days_ago_is_not_retracted(warm: Build, rules: DetectRules) -> None:
    """What it opened on stands: it has left the 24 h, and cannot be withdrawn."""
    detector = warm(rules)
    begin = NOW + 5 * HOUR
    wire = Wire(MEANS, [Burst("PH", "unrest", begin, 60, 3.0)], seed=11, dispersion=0.1)
    rows = list(wire.play(NOW, begin + 50 * HOUR))
    assert statuses(detector.step(rows).alerts, "PH/unrest")[0] == "opened"
    told = [row.headline.id for row in rows if isinstance(row, HeadlineRow) and row.places[0].code == "PH"]
    assert detector.step([withdrawal(begin + 50 * HOUR + n, id_) for n, id_ in enumerate(told)]).alerts == []
    assert "PH/unrest" in detector.open()
    later = Wire(MEANS, seed=12).play(begin + 50 * HOUR, begin + 70 * HOUR)
    assert statuses(detector.step(list(later)).alerts, "PH/unrest") == ["resolved"]


def test_withdrawn_before_it_could_open(warm: Build, rules: DetectRules) -> None:
    rows = [*several(4), withdrawal(NOW + 4 * MINUTE, "s1"), *several(1, at=NOW + 5 * MINUTE, name="last")]
    assert warm(rules).step(rows).alerts == []


def test_ids_are_never_given_twice(warm: Build, rules: DetectRules) -> None:
    detector = warm(rules)
    detector.step(several(5))
    detector.step([withdrawal(NOW + 5 * MINUTE, "s1")])
    (again,) = detector.step(several(2, at=NOW + 6 * MINUTE, name="more")).alerts[:1]
    assert again.id == f"VN/unrest@{iso(NOW)}#2"
    assert again.revision == 1


def test_nothing_opens_while_it_learns(rules: DetectRules) -> None:
    detector = Detector(3, frozenset({"030", "035"}), rules, {"unrest": "escalatory"}, "rules-1")
    assert detector.learning() == "0 of 7 days"
    burst = Burst("VN", "unrest", days(6.5), 6, 10.0)
    assert detector.step(list(Wire(MEANS, [burst]).play(days(0), days(7)))).alerts == []
    assert detector.learning() == "6 of 7 days"
    detector.step(list(Wire(MEANS, seed=2).play(days(7), days(7.5))))
    assert detector.learning() is None
    alerts = detector.step(several(12, at=days(7.5), places=("KP",))).alerts
    assert statuses(alerts, "KP/unrest")[:1] == ["opened"]


def test_a_feed_about_one_subregion_alone(rules: DetectRules) -> None:
    """No volume outside: its own volume stands in, so that a share is judged and a doubled feed alarms nobody."""
    countries = {"KP": "030", "KR": "030", "CN": "030", "JP": "030"}
    means = [mean for mean in MEANS if mean.place in countries]
    detector = Detector(3, frozenset({"030"}), rules, {"unrest": "escalatory"}, "rules-1")
    quiet = Wire(means, outside=0.0, repeats=8.0, countries=countries)
    detector.step(list(quiet.play(days(0), NOW)))
    doubled = Wire(means, outside=0.0, repeats=8.0, countries=countries, factor=2.0, seed=3)
    assert detector.step(list(doubled.play(NOW, NOW + DAY))).alerts == []
    rows = mixed(quiet.play(NOW + DAY, NOW + 26 * HOUR), several(10, at=NOW + DAY, every=9 * MINUTE, places=("KP",)))
    assert statuses(detector.step(rows).alerts, "KP/unrest")[:1] == ["opened"]


def test_evidence_is_bounded(warm: Build, rules: DetectRules) -> None:
    detector = warm(rules.model_copy(update={"evidence_kept": 20}))
    decided = detector.step(several(90, name="x", every=30_000, families=[f"W{i}" for i in range(30)]))
    entries = detector.entries(decided.changed)
    assert sum(key.startswith(b"headline/x") and value is not None for key, value in entries.items()) == 20
    closing = [MinuteRow(at=at, volume=()) for at in range(NOW, NOW + 2 * HOUR, 15 * MINUTE)]
    counts = [count for count in detector.step(closing).counts if getattr(count, "place", "") == "VN"]
    assert sum(getattr(count, "unique", 0) for count in counts if getattr(count, "theme", "") == "unrest") == 90


def test_an_alert_says_what_would_resolve_it(warm: Build, rules: DetectRules) -> None:
    (alert,) = warm(rules).step(several(5)).alerts
    assert alert.resolves is not None
    usual = [int(number) for number in re.findall(r"at most (\d+)", alert.resolves)]
    seen = [int(number) for number in re.findall(r"now (\d+)", alert.resolves)]
    assert len(usual) == 2
    assert seen == [5, 5]
    # With one headline more than that p is no longer above resolve_p, and with so many it is.
    dispersion, limit = alert.baseline.dispersion, rules.resolve_p
    most = usual[0 if alert.horizon == "2h" else 1]
    assert chance(most, alert.expected, dispersion) > limit >= chance(most + 1, alert.expected, dispersion)
    assert f"for {rules.resolve_after_hours} h" in alert.resolves


def test_an_alert_that_ended_says_nothing_of_it(warm: Build, rules: DetectRules) -> None:
    detector = warm(rules)
    detector.step(several(5))
    (alert,) = detector.step([withdrawal(NOW + HOUR, "s0")]).alerts
    assert (alert.status, alert.resolves) == ("retracted", None)


def test_publishers_under_several_names_are_told(warm: Build, rules: DetectRules) -> None:
    rows = several(5)
    first = rows[0]
    assert isinstance(first, HeadlineRow)
    renamed = first.model_copy(update={"headline": first.headline.model_copy(update={"publisher": "A, Hanoi bureau"})})
    (alert,) = warm(rules).step([renamed, *rows[1:]]).alerts
    assert alert.publisher_count == 3
    assert list(alert.merged) == ["A"]
    assert alert.merged["A"][0] == "A, Hanoi bureau"
    assert len(alert.merged["A"]) == 2
    (plain,) = warm(rules).step(rows).alerts
    assert plain.merged == {}
