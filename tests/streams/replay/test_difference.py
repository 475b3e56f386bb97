"""What is told of two sets of alerts, as a table of cases."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.replay.difference import Changed, Document, Key, compare, within

Side = dict[Key, Document]


def revision(id: str = "KP/nuclear@2026-11-20T14:15:00Z", number: int = 1, **changed: Any) -> Document:
    series, _, onset = id.partition("@")
    at = {"at": "2026-11-20T14:20:00Z", "observed": 5, "evidence": [{"title": "a"}, {"title": "b"}], "rules": "r1"}
    return {"id": id, "revision": number, "series": series, "onset": onset, **at, **changed}


def held(*documents: Document) -> Side:
    return {(document["id"], document["revision"]): document for document in documents}


def test_nothing_differs_from_itself() -> None:
    found = compare(held(revision(), revision(number=2)), held(revision(), revision(number=2)))
    assert found.same
    assert (found.identical, found.rules) == (2, (("r1",), ("r1",)))


def test_what_one_side_has_alone() -> None:
    found = compare(held(revision(), revision(number=2)), held(revision(), revision(number=3)))
    assert not found.same
    assert found.identical == 1
    assert [document["revision"] for document in found.missing] == [2]
    assert [document["revision"] for document in found.extra] == [3]
    assert found.shifted == {}, "revisions of an alert that both sides have"


@pytest.mark.parametrize(
    ("changed", "field", "first", "second"),
    [
        ({"observed": 6}, "observed", 5, 6),
        ({"observed": 6, "at": "2026-11-20T14:20:01Z"}, "at", "2026-11-20T14:20:00Z", "2026-11-20T14:20:01Z"),
        ({"observed": 5.0}, "observed", 5, 5.0),
        ({"observed": True}, "observed", 5, True),
        ({"observed": None}, "observed", 5, None),
        ({"evidence": [{"title": "a"}, {"title": "c"}]}, "evidence[1].title", "b", "c"),
        ({"evidence": [{"title": "a"}]}, "evidence[1]", [{"title": "b"}], None),
        ({"evidence": [{"title": "a"}, {"title": "b", "url": "u"}]}, "evidence[1].url", None, "u"),
        ({"more": 1}, "more", None, 1),
        ({"rules": "r2", "observed": 6}, "observed", 5, 6),
    ],
)
def test_the_first_field_that_differs(changed: Mapping[str, Any], field: str, first: Any, second: Any) -> None:
    ours, theirs = revision(), revision(**changed)
    assert compare(held(ours), held(theirs)).changed == (Changed((ours["id"], 1), field, first, second),)


def test_rules_differ_by_design_between_versions_and_count_within_one() -> None:
    apart = compare(held(revision(rules="r1")), held(revision(rules="r2")))
    assert apart.same
    assert apart.rules == (("r1",), ("r2",))
    both = held(revision(rules="r1"), revision(number=2, rules="r2"))
    crossed = held(revision(rules="r2"), revision(number=2, rules="r1"))
    assert [change.field for change in compare(both, crossed).changed] == ["rules", "rules"]


def test_an_alert_with_another_onset_is_named() -> None:
    ours = revision("KP/nuclear@2026-11-20T14:15:00Z", at="2026-11-20T18:00:00Z")
    theirs = revision("KP/nuclear@2026-11-20T17:45:00Z", at="2026-11-20T19:00:00Z")
    later = revision("KP/nuclear@2026-11-21T17:45:00Z", at="2026-11-21T19:00:00Z")
    other = revision("KP/cbrn@2026-11-20T14:15:00Z", at="2026-11-20T18:00:00Z")
    found = compare(held(ours), held(theirs, later, other))
    assert found.shifted == {ours["id"]: theirs["id"], theirs["id"]: ours["id"]}


def test_a_window_goes_by_time_not_by_text() -> None:
    half = revision(at="2026-11-20T14:20:00.5Z")
    whole = revision(number=2, at="2026-11-20T14:20:00Z")
    at = 1_795_184_400_000
    assert within(held(half, whole), None, at) == {}
    assert within(held(half, whole), at, at + 1) == held(whole)
    assert within(held(half, whole), at, at + 501) == held(half, whole)


SIDES = st.dictionaries(st.integers(1, 6), st.integers(0, 2), max_size=6).map(
    lambda made: held(*(revision(number=number, observed=observed) for number, observed in made.items()))
)


@given(one=SIDES, other=SIDES)
def test_every_revision_is_told_once_and_sides_may_be_swapped(one: Side, other: Side) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.identical + len(there.changed) + len(there.missing) == len(one)
    assert there.identical + len(there.changed) + len(there.extra) == len(other)
    assert (there.missing, there.extra, there.identical) == (back.extra, back.missing, back.identical)
    assert there.same == (one == other)
