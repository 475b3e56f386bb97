"""Who waits for the slowest partition."""

from schemas.base import MINUTE
from schemas.clock import PartitionClock
from streams.engine.clocks import Clocks
from streams.engine.skew import AHEAD_ROWS, Lead


def clock(arrival: int, rows: int, size: int = 0, **more: object) -> PartitionClock:
    return PartitionClock.model_validate(
        {"topic": "headlines.raw", "partition": 0, "arrival": arrival, "highest": arrival, "rows": rows, "size": size}
        | more
    )


def test_waits_only_when_far_ahead_in_time_and_in_rows() -> None:
    lead = Lead()
    lead.note(clock(0, 0))
    lead.note(clock(60 * MINUTE, AHEAD_ROWS))
    assert not lead.too_far(slowest=0), "many minutes, few rows"
    lead.note(clock(70 * MINUTE, AHEAD_ROWS + 1))
    assert lead.too_far(slowest=0)
    assert not lead.too_far(slowest=65 * MINUTE), "the slowest has come near"


def test_waits_for_bytes_as_well() -> None:
    lead = Lead()
    lead.note(clock(0, 0))
    lead.note(clock(60 * MINUTE, 5, size=33 << 20))
    assert lead.too_far(slowest=0)


def test_waits_for_one_that_has_not_begun() -> None:
    lead = Lead()
    lead.note(clock(0, 0))
    lead.note(clock(1, AHEAD_ROWS + 1))
    assert lead.too_far(slowest=None)


def test_the_slowest_never_waits() -> None:
    lead = Lead()
    for rows in range(0, 10 * AHEAD_ROWS, 1000):
        lead.note(clock(rows, rows))
    assert not lead.too_far(slowest=10 * AHEAD_ROWS - 1000)


def test_slowest_takes_promises_for_what_has_not_begun_and_skips_what_has_ended() -> None:
    clocks = Clocks("clocks", {})
    assert clocks.slowest({("headlines.raw", 0): 500}) == 500
    assert clocks.slowest({("headlines.raw", 0): 500, ("headlines.import", 0): None}) is None
    clocks.take(clock(900, 1))
    clocks.take(clock(10, 1, topic="headlines.import", ended=True))
    assert clocks.slowest({("headlines.raw", 0): 500, ("headlines.import", 0): None}) == 900
    assert clocks.highest == 900
