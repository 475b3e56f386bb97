"""One generation publishes at a time: together two of them publish every revision once, whenever each gets there."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents.detect.publisher import HELD, KEY, Publisher
from schemas.alert import Alert, Baseline
from schemas.base import iso
from schemas.handover import Adoption, Numbered, Renamed
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
        lane=0,
        handover=handover,
        former=OLD,
        to=to,
        since=since,
        adoption=adoption,
        arrival=arrival,
        digest="d",
        source=source,
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
    adoption = Adoption(
        renamed=(Renamed(id="mine", published="theirs"),), numbered=(Numbered(id="theirs", revision=4),)
    )
    (first,) = told(new, 200, row=control(200, 0, adoption=adoption))
    (last,) = told(new, 300, alert(300, revision=3, status="resolved", id="mine"))
    assert [(one.id, one.revision, one.status) for one in (first, last)] == [
        ("theirs", 5, "escalated"),
        ("theirs", 6, "resolved"),
    ]
    later, theirs = told(new, 400, alert(400, id="mine"), alert(400, id="theirs"))
    assert (later.id, later.revision) == ("mine", 1)
    assert (theirs.id, theirs.revision) == ("theirs", 7)  # should it come to that id by itself


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


def test_what_was_held_is_not_told_after_another_one_took_over() -> None:
    new = publisher(NEW, False)
    for number, to in enumerate(("new@2", "third@3", "new@2")):
        for partition in range(PARTITIONS):
            time = 100 * number + partition
            told(new, time, row=control(time, partition, handover=f"h{number}", to=to))
        told(new, 100 * number + 50, alert(100 * number + 50))
    entries: dict[bytes, bytes | None] = dict(new.take(300).state)
    assert entries == {}
    (only,) = told(new, 300, row=control(300, 0, handover="h2", adoption=Adoption()))
    assert only == alert(250)


NAMES = (OLD, NEW, "third@3")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("alert"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("switch"), st.integers(0, PARTITIONS - 1), st.integers(0, 3)),
        st.tuples(st.just("adopt"), st.just(0), st.integers(0, 3)),
    ),
    max_size=60,
)
"""What, which series or partition, which handover: each handover is to one generation, in turn."""
Steps = list[tuple[str, int, int]]


def played(name: str, steps: Steps, crashes: set[int]) -> Iterator[Alert]:
    """What one generation publishes of a history, restored from its entries before each step in `crashes`."""
    one = publisher(name, name == OLD)
    entries: dict[bytes, bytes] = {}
    for number, (what, which, handover) in enumerate(steps):
        time = 100 + number
        if number in crashes:
            one = publisher(name, name == OLD)
            one.restore(entries)
        row, alerts = None, []
        if what == "alert":
            alerts = [alert(time, f"KP/theme-{which}")]
        else:
            adoption = Adoption() if what == "adopt" else None
            to = NAMES[(handover + 1) % len(NAMES)]
            row = control(time, which, handover=f"h{handover}", to=to, adoption=adoption)
        out = one.take(time, alerts, row)
        for key, value in out.state.items():
            if value is None:
                del entries[key]
            else:
                entries[key] = value
        yield from out.alerts
    assert set(entries) - {KEY} == {HELD + b"%08d" % at for at in range(one.state.held)}


@given(steps=STEPS, crashes=st.sets(st.integers(0, 59)))
def test_no_two_generations_publish_the_same_and_a_crash_changes_nothing(steps: Steps, crashes: set[int]) -> None:
    told = {name: list(played(name, steps, crashes)) for name in NAMES}
    assert told == {name: list(played(name, steps, set())) for name in NAMES}
    every = [each.id for alerts in told.values() for each in alerts]
    assert len(every) == len(set(every))


@given(steps=STEPS.map(lambda steps: [step for step in steps if step[2] == 0]), crashes=st.sets(st.integers(0, 59)))
def test_two_generations_publish_each_revision_once(steps: Steps, crashes: set[int]) -> None:
    """With one handover, however often its records are told, nothing is left out."""
    steps = [*steps, ("switch", 0, 0), ("switch", 1, 0), ("alert", 0, 0), ("adopt", 0, 0), ("alert", 1, 0)]
    every = [
        alert(100 + number, f"KP/theme-{which}") for number, (what, which, _) in enumerate(steps) if what == "alert"
    ]
    assert [*played(OLD, steps, crashes), *played(NEW, steps, crashes)] == every
