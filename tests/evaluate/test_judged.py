"""A verdict holds for the alert that was judged, as far as it still tells the same, and for no other."""

from typing import Any

import pytest

from schemas.alert import Alert, AlertHeadline
from schemas.base import HOUR
from tests.agents.backtest.make import revision
from tests.evaluate.judged import stands
from tests.evaluate.labels import key


def told(series: str, *titles: str) -> Alert:
    evidence = tuple(
        AlertHeadline(id=title, title=title, publisher=None, url=None, event_time="2026-03-01T00:00:00Z", words=())
        for title in titles
    )
    return revision(series, HOUR).model_copy(update={"evidence": evidence})


def verdict(series: str, *titles: str, fault: str | None = None) -> dict[str, Any]:
    given = {"series": key(series), "evidence": [key(title) for title in titles], "real": fault is None}
    return given if fault is None else {**given, "fault": fault}


@pytest.mark.parametrize(
    ("alert", "still"),
    [
        (told("KP/nuclear", "a", "b", "c"), True),
        (told("KP/nuclear", "a", "b", "d"), True),
        (told("KP/nuclear", "a", "d", "e"), False),
        (told("KP/nuclear", "a", "b", "c", "d", "e", "f", "g"), False),
        (told("KP/any", "a", "b", "c"), False),
    ],
)
def test_judged_is_what_tells_half_of_the_same(alert: Alert, still: bool) -> None:
    found = stands([alert], [verdict("KP/nuclear", "a", "b", "c")])
    assert (found.real, found.still, found.gone_real) == (int(still), int(still), int(not still))


def test_faults_are_told_of_those_that_still_open() -> None:
    verdicts = [
        verdict("KP/nuclear", "a", fault="theme"),
        verdict("US/unrest", "b", fault="place"),
        verdict("US/unrest", "c"),
    ]
    found = stands([told("US/unrest", "b"), told("US/unrest", "c")], verdicts)
    assert (found.real, found.still, found.gone_real, found.gone_false) == (1, 2, 0, 1)
    assert found.faults == {"place": 1}
