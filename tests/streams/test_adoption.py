"""What subscribers are told when another generation takes over: each alert under one id, no revision twice."""

import pytest

from agents.classify.intake import Intake
from agents.classify.meant import Handover
from agents.rulebook import Rulebook
from schemas.alert import Alert, AlertHeadline, Status
from schemas.base import iso
from schemas.handover import Adoption
from schemas.raw import RawHandover
from streams.handover.adoption import adoption
from streams.handover.controls import encoded
from tests.agents.detect.test_publisher import alert

T = 1_795_000_000_000
SERIES = "KP/nuclear"


def known(id: str, revision: int, status: Status) -> dict[str, Alert]:
    return {SERIES: alert(T - 1000, SERIES, revision, status, id)}


@pytest.mark.parametrize(
    ("published", "own", "told", "renamed", "highest"),
    [
        pytest.param(known("a", 1, "opened"), known("a", 1, "opened"), [], [], {"a": 1}, id="the same"),
        pytest.param(known("a", 1, "opened"), known("b", 1, "opened"), [], [("b", "a")], {"a": 1}, id="another onset"),
        pytest.param(known("a", 3, "sustained"), known("a", 2, "sustained"), [], [], {"a": 3}, id="fewer revisions"),
        pytest.param(
            known("a", 1, "opened"),
            known("b", 2, "escalated"),
            [("a", 2, "escalated")],
            [("b", "a")],
            {"a": 2},
            id="further along",
        ),
        pytest.param(known("a", 2, "escalated"), known("b", 1, "opened"), [], [("b", "a")], {"a": 2}, id="behind"),
        pytest.param(known("a", 2, "escalated"), {}, [("a", 3, "resolved")], [], {"a": 3}, id="open before only"),
        pytest.param(
            known("a", 2, "escalated"), known("z", 4, "resolved"), [("a", 3, "resolved")], [], {"a": 3}, id="over"
        ),
        pytest.param({}, known("b", 2, "escalated"), [("b", 2, "escalated")], [], {"b": 2}, id="open now only"),
        pytest.param(
            known("a", 3, "resolved"),
            known("b", 1, "opened"),
            [("b", 1, "opened")],
            [],
            {"a": 3, "b": 1},
            id="another one, open now",
        ),
        pytest.param(
            known("a", 3, "resolved"), known("a", 1, "opened"), [("a", 4, "opened")], [], {"a": 4}, id="open again"
        ),
        pytest.param(known("a", 3, "resolved"), {}, [], [], {"a": 3}, id="over before"),
        pytest.param(known("a", 2, "resolved"), known("a", 2, "resolved"), [], [], {"a": 2}, id="over in both"),
    ],
)
def test_adoption(
    published: dict[str, Alert],
    own: dict[str, Alert],
    told: list[tuple[str, int, str]],
    renamed: list[tuple[str, str]],
    highest: dict[str, int],
) -> None:
    found = adoption(published, {one.id: one.revision for one in published.values()}, own, T, "rules-2")
    assert [(one.id, one.revision, one.status) for one in found.alerts] == told
    assert [(one.id, one.published) for one in found.renamed] == renamed
    assert {one.id: one.revision for one in found.numbered} == highest


def test_what_is_resolved_says_why_and_when() -> None:
    (resolved,) = adoption(known("a", 2, "escalated"), {}, {}, T, "rules-2").alerts
    assert "Another generation" in resolved.reason
    assert (resolved.at, resolved.rules) == ("2026-11-18T11:06:40Z", "rules-2")


def test_an_id_that_was_published_before_the_latest_one_gets_no_revision_twice() -> None:
    """Of the series two alerts were published and are over; the new generation still holds the first of them open."""
    found = adoption(known("b", 2, "resolved"), {"a": 3, "b": 2}, known("a", 1, "sustained"), T, "rules-2")
    assert [(one.id, one.revision, one.status) for one in found.alerts] == [("a", 4, "sustained")]
    assert {one.id: one.revision for one in found.numbered} == {"a": 4, "b": 2}


def test_an_alert_that_began_long_ago_gets_no_revision_twice() -> None:
    """It is over for subscribers and open still here, and too old to be among those published lately."""
    found = adoption(known("a", 4, "resolved"), {}, known("a", 3, "sustained"), T, "rules-2")
    assert [(one.id, one.revision, one.status) for one in found.alerts] == [("a", 5, "sustained")]
    assert {one.id: one.revision for one in found.numbered} == {"a": 5}


def test_what_is_adopted_arrives_as_it_was_sent() -> None:
    """With the fields that are null: a headline without a publisher."""
    headline = AlertHeadline(id="i", title="t", publisher=None, url=None, event_time=iso(T), words=())
    sent = Adoption(alerts=(alert(T).model_copy(update={"evidence": (headline,)}),))
    control = RawHandover(tocsin="handover", handover="h", former="f@0", to="g@1", since=0, adoption=sent)
    rules = Rulebook.load(None, ())
    for value, adopted in ((control, sent), (control.model_copy(update={"adoption": None}), None)):
        read = Intake(rules.reader.families).read(encoded(value))
        assert read == Handover("h", "f@0", "g@1", 0, adopted)


def test_several_series_stand_in_the_order_of_their_names() -> None:
    own = {name: alert(T, name) for name in ("UA/shelling", "KP/nuclear")}
    assert [one.series for one in adoption({}, {}, own, T, "r").alerts] == ["KP/nuclear", "UA/shelling"]
