"""Time of one raw partition: what is decided does not depend on where chunks end, and promises are kept."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.classify.clock import Clock
from agents.classify.lanes import Lanes
from agents.classify.publishers import Publishers
from agents.classify.reader import RULES, Reader, Reading
from agents.classify.step import Classifier, LaneRow, Refused
from agents.stage import Inbound
from schemas.base import DAY, MINUTE, QUARTER
from schemas.headline import Place
from schemas.row import HeadlineRow, MinuteRow, TickRow, WithdrawalRow

T0 = 1_764_000_000_000 // QUARTER * QUARTER
SUBREGION = {"US": "021", "PL": "151", "FR": "155", "SY": "145", "KP": "030", "IN": "034"}
"""Lanes of the package's table: 0, 1, 1, 2, 3, 3."""
TICK = b'{"tocsin":"tick"}'
END = b'{"tocsin":"tick","end":true}'


class StubReader:
    """Finds the upper-case codes of `SUBREGION` in a title, and stumbles over "boom"."""

    families = Publishers.load(RULES)

    def read(self, title: str, at: int) -> Reading:
        assert at
        if "boom" in title:
            raise ZeroDivisionError("boom")
        codes = [word for word in title.split() if word in SUBREGION]
        return Reading(tuple(Place(code=code, subregion=SUBREGION[code], evidence=()) for code in codes), (), ())


def classifier(start: int | None = T0, ends: bool = False) -> Classifier:
    topic = "headlines.import" if ends else "headlines.raw"
    lanes = Lanes.load(Path(RULES) / "lanes.yaml")
    return Classifier(topic, 0, cast(Reader, StubReader()), lanes, "0123456789ab", start, ends)


def titled(title: str, **fields: Any) -> bytes:
    return json.dumps({"title": title, **fields}).encode()


def records(*given: tuple[int, bytes | None]) -> list[Inbound]:
    return [Inbound(offset, T0 + at, value) for offset, (at, value) in enumerate(given)]


def run(*given: tuple[int, bytes | None], ends: bool = False) -> tuple[Clock, list[LaneRow], list[Refused]]:
    made = classifier(None if ends else T0, ends)
    return made.step(made.start, records(*given))


def kinds(rows: list[LaneRow], lane: int) -> list[tuple[str, int]]:
    shown = []
    for at, row in rows:
        if at == lane:
            time = (
                row.headline.arrival
                if isinstance(row, HeadlineRow)
                else row.at
                if isinstance(row, MinuteRow)
                else row.arrival
            )
            shown.append((row.kind, time - T0))
    return shown


def test_a_headline_goes_to_the_lanes_of_its_places_once_each() -> None:
    _, rows, _ = run((5, titled("FR PL US")))
    made = [(lane, row.primary) for lane, row in rows if isinstance(row, HeadlineRow)]
    assert made == [(1, True), (0, False)]
    assert {row.lane for lane, row in rows if isinstance(row, HeadlineRow)} == {0, 1}
    assert {tuple(p.code for p in row.places) for _, row in rows if isinstance(row, HeadlineRow)} == {
        ("FR", "PL", "US")
    }


def test_a_headline_without_a_place_goes_where_its_text_says() -> None:
    lanes = {
        title: [(lane, row.primary) for lane, row in run((0, titled(title)))[1] if isinstance(row, HeadlineRow)]
        for title in (f"story number {n}" for n in range(40))
    }
    assert all(len(found) == 1 and found[0][1] for found in lanes.values())
    assert {found[0][0] for found in lanes.values()} == {0, 1, 2, 3}
    assert lanes["story number 7"] == [
        (lane, True) for lane, row in run((9, titled("Story  Number 7!")))[1] if isinstance(row, HeadlineRow)
    ]


def test_a_withdrawal_goes_to_every_lane() -> None:
    clock, rows, _ = run((7, b'{"withdraws":"abc"}'))
    made = [(lane, row.arrival - T0) for lane, row in rows if isinstance(row, WithdrawalRow)]
    assert made == [(lane, 7) for lane in range(4)]
    assert (clock.highest, clock.rows, clock.volume) == (T0 + 7, 0, ())


def test_a_minute_stands_before_the_rows_of_the_next_and_a_tick_after_all() -> None:
    _, rows, _ = run((10, titled("US")), (20, titled("SY")), (MINUTE + 1, titled("US")))
    assert kinds(rows, 0) == [("headline", 10), ("minute", MINUTE), ("headline", MINUTE + 1), ("tick", MINUTE + 1)]
    assert kinds(rows, 3) == [("minute", MINUTE), ("tick", MINUTE + 1)]
    minutes = {row.volume for _, row in rows if isinstance(row, MinuteRow)}
    assert minutes == {((T0, "021", 1), (T0, "145", 1))}


def test_a_minute_is_told_by_whatever_crosses_it() -> None:
    for crossing in (TICK, b"not json", None):
        _, rows, _ = run((10, titled("US")), (3 * MINUTE, crossing))
        assert kinds(rows, 1) == [("minute", MINUTE), ("tick", 3 * MINUTE)]


def test_no_minute_without_headlines() -> None:
    _, rows, _ = run((10, TICK), (MINUTE, TICK), (2 * MINUTE, titled("")))
    assert kinds(rows, 0) == [("tick", 2 * MINUTE)]


def test_volume_counts_each_subregion_once_and_no_stale_headline() -> None:
    clock, _, _ = run(
        (0, titled("PL PL US")),
        (1, titled("nowhere")),
        (2, titled("US", published_at=T0 - DAY - 1)),
        (3, titled("US", published_at=T0 - 1)),
    )
    assert clock.volume == ((T0 - QUARTER, "021", 1), (T0, "001", 1), (T0, "021", 1), (T0, "151", 1))
    assert clock.rows == 4


def test_arrival_never_goes_back() -> None:
    clock, rows, _ = run((50, titled("US")), (20, titled("US")), (-9 * MINUTE, TICK))
    assert kinds(rows, 0) == [("headline", 50), ("headline", 50), ("tick", 50)]
    assert clock.arrival == T0 + 50


def test_a_live_partition_promises_its_start_from_the_beginning() -> None:
    _, rows, _ = run((-5 * MINUTE, titled("US")))
    assert kinds(rows, 0) == [("headline", 0), ("tick", 0)]


def test_an_import_begins_where_its_first_record_stands() -> None:
    _, rows, _ = run((-5 * MINUTE, titled("US")), ends=True)
    assert kinds(rows, 0) == [("headline", -5 * MINUTE), ("tick", -5 * MINUTE)]


def test_an_import_ends() -> None:
    clock, rows, _ = run((10, titled("US")), (MINUTE, END), ends=True)
    assert clock.ended
    ticks = [row for _, row in rows if isinstance(row, TickRow)]
    assert [(row.arrival - T0, row.end) for row in ticks] == [(MINUTE, T0 + MINUTE)] * 4
    assert kinds(rows, 0) == [("headline", 10), ("minute", MINUTE), ("tick", MINUTE)]


def test_an_end_within_a_minute_loses_no_volume() -> None:
    _, rows, _ = run((10, titled("US")), (11, END), ends=True)
    assert kinds(rows, 2) == [("minute", MINUTE), ("tick", 11)]


def test_after_its_end_an_import_takes_nothing() -> None:
    clock, rows, refused = run((10, END), (MINUTE, titled("US")), (MINUTE, END), ends=True)
    assert kinds(rows, 0) == [("tick", 10)]
    assert [rejected.code for _, rejected in refused] == ["step_error"]
    assert (clock.arrival, clock.rows) == (T0 + 10, 0)


def test_a_live_partition_never_ends() -> None:
    clock, rows, _ = run((10, END), (20, titled("US")))
    assert not clock.ended
    assert kinds(rows, 0) == [("headline", 20), ("tick", 20)]
    assert all(row.end is None for _, row in rows if isinstance(row, TickRow))


def test_a_record_that_the_code_stumbles_over_is_rejected_alone() -> None:
    clock, rows, refused = run((1, titled("US")), (2, titled("boom US")), (3, titled("US")))
    assert kinds(rows, 0) == [("headline", 1), ("headline", 3), ("tick", 3)]
    ((record, rejected),) = refused
    assert (rejected.code, rejected.source, record.offset) == ("step_error", classifier().source(1), 1)
    assert "ZeroDivisionError: boom" in rejected.detail
    assert clock.rows == 2


def test_of_a_record_that_the_code_stumbles_over_only_the_arrival_counts() -> None:
    clock, rows, _ = run((1, titled("US")), (MINUTE + 2, titled("boom US")))
    assert kinds(rows, 0) == [("headline", 1), ("minute", MINUTE), ("tick", MINUTE + 2)]
    assert (clock.arrival, clock.highest, clock.volume) == (T0 + MINUTE + 2, T0 + 1, ())


def test_a_bad_record_moves_time_on_and_keeps_its_bytes() -> None:
    clock, rows, refused = run((70, b"\xff"))
    assert clock.arrival == T0 + 70
    assert clock.highest is None
    assert [(r.code, r.original, r.size) for _, r in refused] == [("not_utf8", "/w==", 1)]
    assert kinds(rows, 0) == [("tick", 70)]


def test_the_digest_is_of_the_bytes() -> None:
    _, rows, _ = run((1, titled("US")), (2, titled("US", rank=1)), (3, titled("US")))
    digests = [row.digest for _, row in rows if isinstance(row, HeadlineRow)]
    assert digests[0] == digests[2] != digests[1]
    assert len(digests[0]) == 16


VALUES = st.sampled_from(
    [titled("US"), titled("SY FR"), titled("KP IN"), titled("no place"), titled("boom"), b"[", TICK, END, None]
)
HISTORY = st.lists(st.tuples(st.integers(-2 * MINUTE, 4 * MINUTE), VALUES), min_size=1, max_size=25)


@given(HISTORY, st.data(), st.booleans())
@settings(max_examples=150)
def test_chunks_decide_nothing_but_ticks(
    history: list[tuple[int, bytes | None]], data: st.DataObject, ends: bool
) -> None:
    made = classifier(None if ends else T0, ends)
    whole = made.step(made.start, records(*history))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(history)))) | {0, len(history)})
    clock, rows, refused = made.start, [], []
    for first, last in pairwise(cuts):
        clock, some, bad = made.step(Clock.decode(clock.encode()), records(*history)[first:last])
        promised = {lane: row.arrival for lane, row in rows if isinstance(row, TickRow)}
        for lane, row in some:
            if isinstance(row, HeadlineRow):
                assert row.headline.arrival >= promised.get(lane, 0), "a promise was broken"
            if isinstance(row, MinuteRow):
                assert row.at > promised.get(lane, 0), "a minute came after it was promised to be over"
        rows += some
        refused += bad
    assert clock == whole[0]
    assert refused == whole[2]
    assert [at for at in rows if at[1].kind != "tick"] == [at for at in whole[1] if at[1].kind != "tick"]
    told = sum(count for lane, row in rows if lane == 0 and isinstance(row, MinuteRow) for *_, count in row.volume)
    seen = [row for _, row in rows if isinstance(row, HeadlineRow) and row.primary]
    counted = sum(len({place.subregion for place in row.places}) or 1 for row in seen)
    assert told + sum(count for *_, count in clock.volume) == counted


def test_a_headline_is_read_as_of_its_day() -> None:
    asked: list[tuple[str, int]] = []

    class Watched(StubReader):
        def read(self, title: str, at: int) -> Reading:
            asked.append((title, at))
            return super().read(title, at)

    made = Classifier("t", 0, cast(Reader, Watched()), Lanes.load(RULES / "lanes.yaml"), "v", T0, False)
    noon = T0 // DAY * DAY + DAY // 2
    given = [
        (noon, "US"),
        (noon + 5 * MINUTE, "US"),
        (noon + DAY, "US"),
        (noon + DAY, "x" * 600),
        (noon + DAY, "x" * 600),
    ]
    made.step(made.start, [Inbound(offset, at, titled(title)) for offset, (at, title) in enumerate(given)])
    today, tomorrow = noon - DAY // 2, noon + DAY // 2
    assert asked == [("US", today), ("US", tomorrow), ("x" * 600, tomorrow), ("x" * 600, tomorrow)]


@pytest.mark.parametrize("chunk", [[]])
def test_an_empty_chunk_is_nothing(chunk: list[Inbound]) -> None:
    made = classifier()
    assert made.step(made.start, chunk) == (made.start, [], [])


MICROSECONDS = T0 * 1_000


@pytest.mark.parametrize("timestamp", [MICROSECONDS, 10**15, 4_133_980_800_000, -1, -(10**18), 2**63 - 1])
@pytest.mark.parametrize("ends", [False, True], ids=["live", "import"])
def test_a_timestamp_that_is_no_time_costs_its_record_alone(timestamp: int, ends: bool) -> None:
    made = classifier(None if ends else T0, ends)
    wrong = [titled("US b"), TICK, b'{"withdraws": "x"}', b"rubbish"]
    values = [(T0 + 1, titled("US a")), *((timestamp, value) for value in wrong), (T0 + 2, titled("US c"))]
    clock, rows, refused = made.step(made.start, [Inbound(at, *given) for at, given in enumerate(values)])
    assert [(record.offset, rejected.code) for record, rejected in refused] == [
        (1, "date_out_of_range"),
        (3, "date_out_of_range"),
        (4, "not_json"),
    ]
    assert str(timestamp) in refused[0][1].detail
    assert "milliseconds" in refused[0][1].detail
    assert (clock.arrival, clock.highest, clock.rows) == (T0 + 2, T0 + 2, 2)
    assert kinds(rows, 0) == [("headline", 1), ("headline", 2), ("tick", 2)]


def test_before_anything_is_known_a_timestamp_that_is_no_time_says_nothing() -> None:
    made = classifier(None, ends=True)
    clock, rows, refused = made.step(made.start, [Inbound(0, MICROSECONDS, titled("US a")), Inbound(1, -1, TICK)])
    assert (clock.arrival, rows, len(refused)) == (None, [], 1)


@pytest.mark.parametrize(("before", "at"), [([(0, titled("US a"))], T0), ([], 0)])
def test_an_import_ends_whatever_the_timestamp_of_its_end(before: list[tuple[int, bytes]], at: int) -> None:
    made = classifier(None, ends=True)
    clock, rows, refused = made.step(made.start, [*records(*before), Inbound(len(before), MICROSECONDS, END)])
    assert (clock.arrival, clock.ended, refused) == (at, True, [])
    last = rows[-1][1]
    assert isinstance(last, TickRow)
    assert last.end == at
