"""When a silent partition is ticked: the rule, as a table."""

import pytest

from streams.engine.ticker import Awake, due

WAITING = {"arrival": 1000, "highest": 1000, "unread": False, "at_end": True, "since_tick": 5.0, "since_record": 5.0}


@pytest.mark.parametrize(
    ("change", "ticked"),
    [
        ({}, True),
        ({"highest": 999}, False),
        ({"highest": 5000}, True),
        ({"highest": None}, False),
        ({"unread": True}, False),
        ({"at_end": False}, False),
        ({"since_tick": 0.9}, False),
        ({"highest": None, "since_record": 60.0, "since_tick": 61.0}, True),
        ({"highest": None, "since_record": 60.0, "since_tick": 30.0}, False),
        ({"highest": None, "since_record": 61.0, "since_tick": 61.0, "unread": True}, False),
        ({"highest": None, "since_record": 59.0, "since_tick": 61.0}, False),
    ],
)
def test_due(change: dict[str, object], ticked: bool) -> None:
    assert due(**(WAITING | change)) is ticked  # type: ignore[arg-type]


def test_who_was_asleep_does_not_tick_before_it_has_heard_from_the_group() -> None:
    awake = Awake(6.0)
    assert [awake.look(now) for now in (0.0, 0.1, 5.9)] == [True, True, True]
    assert awake.look(11.8), "the group has waited for it"
    assert [awake.look(now) for now in (17.8, 17.9, 23.7)] == [False, False, False]
    assert [awake.look(now) for now in (23.8, 23.9)] == [True, True]


def test_an_idle_partition_costs_one_tick_a_minute() -> None:
    """Simulated seconds: with nothing but its own ticks in the partition it is ticked once a minute."""
    ticks, last_tick, last_record = [], -1000.0, -1000.0
    for now in range(600):
        if due(
            arrival=0,
            highest=None,
            unread=False,
            at_end=True,
            since_tick=now - last_tick,
            since_record=now - last_record,
        ):
            ticks.append(now)
            last_tick = last_record = now
    assert len(ticks) == 10
