"""One generation publishes at a time: together two of them publish every revision once, whenever each gets there."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents.detect.publisher import KEY, Publisher
from schemas.alert import Alert, Baseline
from schemas.base import iso
from schemas.handover import Adoption, Renamed
from schemas.row import HandoverRow, Source

PARTITIONS = 2
OLD, NEW = "old@1", "new@2"


def alert(
    at: int, series: str = "KP/nuclear", revision: int = 1, status: Any = "opened", id: str | None = None
) -> Alert:
    return Alert(
        id=id or f"{series}@{at}", revision=revision, status=status, series=series, place="KP", level="country",
        subregion="030", theme="nuclear", severity="high", onset=iso(at), at=iso(at), horizon="2h", observed=5,
        expected=0.1, interval=(0, 1), p=1e-9, alpha=1e-5, exposure=10.0, publishers=("a", "b"), publisher_count=2,
        evidence=(), evidence_count=5, baseline=Baseline(since=iso(0), days=1, samples=0, rate=0, dispersion=1),
        reason="because", rules="r",
    )  # fmt: skip


def control(
    arrival: int, partition: int, since: int = 0, handover: str = "h", to: str = NEW, adoption: Adoption | None = None
) -> HandoverRow:
    source = Source(topic="headlines.raw", partition=partition, offset=arrival)
    return HandoverRow(
        lane=0, handover=handover, to=to, since=since, adoption=adoption, arrival=arrival, digest="d", source=source
    )


def publisher(name: str, publishes: bool) -> Publisher:
    return Publisher(name, PARTITIONS, frozenset(["030"]), publishes)


def told(one: Publisher, time: int, *alerts: Alert, row: HandoverRow | None = None) -> list[Alert]:
    return one.take(time, alerts, row).alerts


def test_a_switch_takes_effect_behind_the_last_control_record() -> None:
    old, new = publisher(OLD, True), publisher(NEW, False)
    for one in (old, new):
        told(one, 100, row=control(100, 0))
        told(one, 105, row=control(105, 1))
    last, first = alert(105), alert(106)
    assert (told(old, 105, last), told(new, 105, last)) == ([last], [])
    assert (told(old, 106, first), told(new, 106, first)) == ([], [])  # held
    adopted = alert(50, "KP/coup")
    assert told(new, 200, row=control(200, 0, adoption=Adoption(alerts=(adopted,)))) == [adopted, first]
    assert told(old, 200, row=control(200, 0, adoption=Adoption(alerts=(adopted,)))) == []
    assert told(new, 201, later := alert(201)) == [later]


def test_a_named_arrival_ahead_is_waited_for() -> None:
    old = publisher(OLD, True)
    for partition in range(PARTITIONS):
        told(old, 100, row=control(100, partition, since=500))
    assert told(old, 499, one := alert(499)) == [one]
    assert told(old, 500, alert(500)) == []


def test_without_a_record_in_every_partition_nothing_changes() -> None:
    old, new = publisher(OLD, True), publisher(NEW, False)
    for one in (old, new):
        told(one, 100, row=control(100, 0))
        told(one, 101, row=control(101, 0))
    one = alert(10**6)
    assert told(old, 10**6, one) == [one]
    assert told(new, 10**6, alert(10**6)) == []


def test_told_again_it_is_one_handover() -> None:
    old = publisher(OLD, True)
    for time, partition in ((100, 0), (101, 1), (102, 0), (103, 1)):
        told(old, time, row=control(time, partition))
    state = old.state
    told(old, 104, row=control(104, 0))
    assert old.state == state
    assert (state.mode, state.since) == ("silent", 102)


def test_what_was_open_before_goes_on_under_the_id_that_subscribers_know() -> None:
    new = publisher(NEW, False)
    for partition in range(PARTITIONS):
        told(new, 100, row=control(100, partition))
    held = alert(150, revision=2, status="escalated", id="mine")
    told(new, 150, held)
    renamed = (Renamed(id="mine", published="theirs", plus=3),)
    (first,) = told(new, 200, row=control(200, 0, adoption=Adoption(renamed=renamed)))
    (last,) = told(new, 300, alert(300, revision=3, status="resolved", id="mine"))
    assert [(one.id, one.revision, one.status) for one in (first, last)] == [
        ("theirs", 5, "escalated"),
        ("theirs", 6, "resolved"),
    ]
    (again,) = told(new, 400, alert(400, id="mine"))
    assert again.id == "mine"


def test_an_adoption_is_only_of_this_lanes_places_and_of_this_handover() -> None:
    new = publisher(NEW, False)
    for partition in range(PARTITIONS):
        told(new, 100, row=control(100, partition))
    elsewhere = alert(50).model_copy(update={"subregion": "145"})
    told(new, 150)
    assert told(new, 160, row=control(160, 0, handover="other", adoption=Adoption(alerts=(alert(50),)))) == []
    assert new.state.mode == "holds"
    assert told(new, 170, row=control(170, 0, adoption=Adoption(alerts=(elsewhere,)))) == []
    assert new.state.mode == "publishes"


def test_a_handover_to_somebody_else_silences_whoever_publishes_now() -> None:
    new = publisher(NEW, True)
    for time, partition in ((100, 0), (101, 1)):
        told(new, time, row=control(time, partition, handover="h2", to="third@3"))
    assert told(new, 102, alert(102)) == []


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("alert"), st.integers(0, 3)),
        st.tuples(st.just("switch"), st.integers(0, PARTITIONS - 1)),
        st.tuples(st.just("adopt"), st.just(0)),
    ),
    max_size=40,
)


def played(name: str, publishes: bool, steps: list[tuple[str, int]], crashes: set[int]) -> Iterator[tuple[int, Alert]]:
    """What one generation publishes of a history, restored from its entries before each step in `crashes`."""
    one = publisher(name, publishes)
    entries: dict[bytes, bytes] = {}
    for number, (what, which) in enumerate(steps):
        time = 100 + number
        if number in crashes:
            one = publisher(name, publishes)
            one.restore(entries)
        row, alerts = None, []
        if what == "switch":
            row = control(time, which)
        elif what == "adopt":
            row = control(time, 0, adoption=Adoption())
        else:
            alerts = [alert(time, f"KP/theme-{which}")]
        out = one.take(time, alerts, row)
        for key, value in out.state.items():
            if value is None:
                del entries[key]
            else:
                entries[key] = value
        yield from ((time, each) for each in out.alerts)
    assert (one.state == publisher(name, publishes).state) or KEY in entries


@given(steps=STEPS, crashes=st.sets(st.integers(0, 39)))
def test_two_generations_publish_each_revision_once(steps: list[tuple[str, int]], crashes: set[int]) -> None:
    steps = [*steps, ("switch", 0), ("switch", 1), ("alert", 0), ("adopt", 0), ("alert", 1)]
    old = [each for _, each in played(OLD, True, steps, crashes)]
    new = [each for _, each in played(NEW, False, steps, crashes)]
    every = [alert(100 + number, f"KP/theme-{which}") for number, (what, which) in enumerate(steps) if what == "alert"]
    assert old + new == every
