"""The stage in bytes: what it writes where, and that a restart goes on as if nothing had happened."""

from functools import cache
from typing import cast

from agents.classify.agent import ClassifyStage
from agents.classify.clock import Clock
from agents.classify.lanes import Lanes
from agents.classify.reader import RULES, Reader
from agents.deduplicate import rules as deduplicate_rules
from agents.detect import rules as detect_rules
from agents.rulebook import Rulebook
from agents.stage import Stage, Step
from schemas.base import MINUTE
from schemas.clock import PartitionClock
from schemas.rejected import Rejected
from schemas.row import HeadlineRow, decode_row
from tests.agents.classify.test_step import T0, TICK, StubReader, records, titled

HISTORY = records(
    (1, titled("US")), (2, titled("FR SY")), (3, b"?"), (MINUTE, TICK), (MINUTE + 5, titled("KP")), (3 * MINUTE, TICK)
)


@cache
def rulebook() -> Rulebook:
    return Rulebook(
        reader=cast(Reader, StubReader()),
        lanes=Lanes.load(RULES / "lanes.yaml"),
        deduplicate=deduplicate_rules.load_rules(),
        detect=detect_rules.load_rules(),
        version="0123456789ab",
    )


def stage() -> ClassifyStage:
    return ClassifyStage("headlines.raw", 0, rulebook(), start=T0)


def test_rows_go_to_their_lanes() -> None:
    made: Stage = stage()
    step = made.step(HISTORY)
    lanes = [out for out in step.outputs if out.topic == "headlines.classified"]
    for out in lanes:
        assert out.value is not None
        row = decode_row(out.value)
        assert row.encode() == out.value
        assert row.kind == out.kind
        assert out.key == str(out.partition).encode()
        if isinstance(row, HeadlineRow):
            assert row.lane == out.partition
    assert [out.kind for out in lanes if out.partition == 2] == ["headline", "minute", "minute", "tick"]
    assert step.position == 6


def test_rejected_keep_their_key_and_partition() -> None:
    made = stage()
    step = made.step([HISTORY[2]._replace(key=b"k")])
    (out,) = [out for out in step.outputs if out.topic == "headlines.rejected"]
    assert (out.key, out.partition, out.kind) == (b"k", 0, None)
    assert Rejected.decode(out.value or b"").code == "not_json"


def test_one_clock_a_step() -> None:
    step = stage().step(HISTORY)
    (out,) = [out for out in step.outputs if out.topic == "clocks"]
    clock = PartitionClock.decode(out.value or b"")
    assert (out.key, out.partition) == (b"headlines.raw/0", 0)
    assert (clock.arrival, clock.highest, clock.rows) == (T0 + 3 * MINUTE, T0 + MINUTE + 5, 3)
    assert clock.size == sum(len(record.value or b"") for record in HISTORY)


def test_a_crash_at_any_record_changes_nothing() -> None:
    whole = [out for out in stage().step(HISTORY).outputs if out.kind not in ("tick", None)]
    for crash in range(1, len(HISTORY)):
        first = stage()
        before = first.step(HISTORY[:crash])
        first.step(HISTORY[crash:])  # never committed
        again = stage()
        assert again.restore({key: value for key, value in before.state.items() if value is not None}) is None
        after = again.step(HISTORY[crash:])
        assert [out for out in before.outputs + after.outputs if out.kind not in ("tick", None)] == whole


def test_a_new_partition_begins_at_its_start() -> None:
    made = stage()
    assert made.restore({}) is None
    assert made.clock == Clock(arrival=T0)


def test_no_records_no_outputs() -> None:
    made = stage()
    made.step(HISTORY[:2])
    assert made.step([]) == Step([], {}, 2)


def test_tally_and_gauges() -> None:
    step = stage().step([*HISTORY, *records((0, titled("US", published_at=0)))])
    assert step.tally == {("headline", "accepted"): 3, ("headline", "stale"): 1, ("rejected", "not_json"): 1}
    assert step.gauges == {"clock": (T0 + 3 * MINUTE) / 1000}
