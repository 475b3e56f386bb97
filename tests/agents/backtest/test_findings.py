"""What alerts come to: as wholes, against known events, against other alerts, and in figures."""

import pytest

from agents.backtest.against import compare
from agents.backtest.events import Known, find
from agents.backtest.figures import Watched, tallies
from agents.backtest.raised import Raised, between, raised
from schemas.base import DAY, HOUR
from tests.agents.backtest.make import START, SUBREGIONS, life, revision

ALL = (START, START + 30 * DAY)


def day(number: int, place: str = "KP", theme: str | None = None) -> Known:
    """An event that is known by its day."""
    begins = START + number * DAY
    return Known("it", begins, begins + DAY, tuple(place.split()), theme)


def test_an_alert_as_a_whole() -> None:
    told = [
        revision("KP/shelling", HOUR),
        revision("CN/shelling", 0),
        revision("KP/shelling", 3 * HOUR, "escalated", "critical", 2, HOUR),
        revision("KP/shelling", 9 * HOUR, "resolved", "critical", 3, HOUR),
    ]
    other, alert = raised(reversed(told))
    assert (other.series, other.ended, other.status) == ("CN/shelling", None, "opened")
    assert (alert.severity, alert.peak, alert.status) == ("moderate", "critical", "resolved")
    assert alert.ended == START + 9 * HOUR
    assert alert.moments == (START + HOUR, START + 3 * HOUR)
    assert between([other, alert], START + HOUR, None) == [alert]
    assert between([other, alert], None, START + HOUR) == [other]


@pytest.mark.parametrize(
    ("event", "alert", "late"),
    [
        (day(5), life("KP/shelling", 5 * 24 + 3), 3),
        (day(5), life("KP/shelling", 4 * 24), -24),
        (day(5), life("KP/shelling", 4 * 24 - 1), None),
        (day(5), life("KP/shelling", 7 * 24), 48),
        (day(5), life("KP/shelling", 7 * 24 + 1), None),
        (day(5), life("KP/shelling", 24, escalated=5 * 24), 0),
        (day(5, theme="shelling"), life("KP/shelling", 5 * 24), 0),
        (day(5, theme="shelling"), life("KP/any", 5 * 24), 0),
        (day(5, theme="shelling"), life("KP/coup", 5 * 24), None),
        (day(5), life("030/shelling", 5 * 24), 0),
        (day(5), life("CN/shelling", 5 * 24), None),
        (day(5, "030"), life("CN/shelling", 5 * 24), 0),
        (day(5, "030"), life("US/shelling", 5 * 24), None),
        (day(5, "US CN"), life("CN/shelling", 5 * 24), 0),
        (Known("it", START + DAY, START + DAY, ("KP",)), life("KP/coup", 48), 24),
        (Known("it", START + DAY, START + DAY, ("KP",)), life("KP/coup", 48.1), None),
    ],
)
def test_an_event_and_an_alert(event: Known, alert: Raised, late: int | None) -> None:
    findings = find([event], [alert], SUBREGIONS, ALL)
    (found,) = findings.events
    assert found.late == (None if late is None else late * HOUR)
    assert findings.unexpected == (() if late is not None else (alert,))


def test_the_first_alert_found_it_and_the_others_are_no_surprise() -> None:
    wide, late, own = life("030/any", 5 * 24), life("KP/any", 5 * 24 + 2), life("KP/coup", 5 * 24)
    other = life("MX/coup", 5 * 24)
    findings = find([day(5)], [wide, own, late, other], SUBREGIONS, ALL)
    (found,) = findings.events
    assert found.alert == own
    assert found.others == (wide, late)
    assert findings.unexpected == (other,)


def test_an_event_that_could_not_be_found() -> None:
    open_long, over = life("KP/any", 24), life("KP/shelling", 24, 36)
    findings = find([day(9), day(40)], [open_long, over], SUBREGIONS, ALL)
    assert [found.before for found in findings.events] == [open_long, open_long]
    assert [found.outside for found in findings.events] == [False, True]
    assert len(findings.inside) == 1


def test_alerts_are_the_same_when_they_overlap() -> None:
    theirs = [life("KP/coup", 10, 20), life("KP/coup", 40, 50), life("CN/coup", 10, 20), life("MX/coup", 10)]
    ours = [life("KP/coup", 12, 41), life("KP/coup", 60, 70), life("US/coup", 10, 20), life("MX/coup", 900)]
    found = compare(ours, theirs)
    assert found.gained == (ours[1], ours[2])
    assert found.lost == (theirs[2],)
    assert [(kept.ours, kept.theirs) for kept in found.kept] == [(ours[0], theirs[0]), (ours[3], theirs[3])]
    assert found.kept[0].later == 2 * HOUR
    assert not found.same
    assert compare(ours, ours).same


def test_alerts_are_paired_before_a_stretch_is_cut_out() -> None:
    """Theirs opened at 9, ours at 10; neither is gained or lost, whatever the hour from which one looks."""
    ours, theirs = [life("KP/coup", 10, 20), life("MX/coup", 30, 31)], [life("KP/coup", 9, 20), life("CN/coup", 5, 6)]
    found = compare(ours, theirs)
    since = START + 9 * HOUR + HOUR // 2
    late = found.between(since, None)
    assert (late.gained, late.lost, late.kept) == ((ours[1],), (), found.kept)
    early = found.between(None, since)
    assert (early.gained, early.lost, early.kept) == ((), (theirs[1],), found.kept)
    assert found.between(START + 40 * HOUR, None).same
    assert found.between(None, None) == found


def test_figures() -> None:
    alerts = [life("KP/coup", 1, escalated=2), life("CN/coup", 1), life("US/coup", 1)]
    assert [tuple(tally) for tally in tallies(alerts)] == [("moderate", 3, 2), ("high", 0, 1), ("critical", 0, 0)]
    watched = Watched(START, START + 10 * DAY, 20)
    assert watched.a_day(3) == pytest.approx(0.3)
    assert watched.a_hundred(3) == pytest.approx(1.5)
    assert Watched(START, START, 20).a_day(3) is None
