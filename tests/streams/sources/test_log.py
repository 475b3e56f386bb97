"""From file to log: one order, whatever the partitions; every row at its own time or at its neighbour's."""

import json
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base import DAY, HOUR, MINUTE
from streams.sources import END_TICK, LARGEST, Log, log

NOW = 1_764_000_000_000  # 2025-11-24T16:00:00Z
TODAY = NOW - 16 * HOUR


def row(name: str, **fields: object) -> bytes:
    return json.dumps({"title": name, **fields}).encode()


def shown(made: Log) -> list[tuple[str, int]]:
    """Titles and times relative to NOW, without the end ticks."""
    return [(json.loads(r.value)["title"], r.timestamp - NOW) for r in made if r.value != END_TICK]


def made(rows: Sequence[bytes], partitions: int = 1) -> Log:
    return log(rows, NOW, partitions)


def test_sorted_by_time_and_stably() -> None:
    rows = [row("b", published_at=NOW - 5), row("a", published_at=NOW - 9), row("c", published_at=NOW - 5)]
    assert shown(made(rows)) == [("a", -9), ("b", -5), ("c", -5)]


def test_dates_are_spread_over_their_day() -> None:
    rows = [row(name, date="2025-11-20") for name in "abc"] + [row("x", date="2025-11-22")]
    day = TODAY - 4 * DAY - NOW
    assert shown(made(rows)) == [
        ("a", day + 4 * HOUR),
        ("b", day + 12 * HOUR),
        ("c", day + 20 * HOUR),
        ("x", day + 2 * DAY + 12 * HOUR),
    ]


def test_todays_dates_are_not_put_into_the_future() -> None:
    assert shown(made([row("a", date="2025-11-24"), row("b", date="2025-11-24")])) == [("a", -10 * HOUR), ("b", 0)]


def test_undated_rows_stand_with_the_row_before() -> None:
    rows = [
        row("first"),
        row("b", published_at=NOW - 5),
        row("unreadable", published_at="lately"),
        row("out of range", date="1000-01-01"),
        row("a", published_at=NOW - 9),
        row("with a"),
    ]
    assert shown(made(rows)) == [
        ("a", -9), ("with a", -9), ("first", -5), ("b", -5), ("unreadable", -5), ("out of range", -5)
    ]  # fmt: skip


def test_bad_lines_enter_the_log_for_classify_to_reject() -> None:
    rows = [row("a", published_at=NOW - 5), b"{", b"\xff", b"[]"]
    assert [(r.timestamp, r.value) for r in made(rows)][:4] == [(NOW - 5, value) for value in rows]


def test_without_any_date_it_is_now() -> None:
    assert shown(made([row("a"), row("b")])) == [("a", 0), ("b", 0)]


def test_the_future_is_refused() -> None:
    rows = [
        row("an hour", published_at=NOW + HOUR),
        row("more", published_at=NOW + HOUR + 1),
        row("after it"),
        row("tomorrow", date="2025-11-25"),
    ]
    got = made(rows)
    assert shown(got) == [("an hour", HOUR), ("after it", HOUR)]
    assert [(refused.row, refused.code) for refused in got.refused] == [(1, "date_in_future"), (3, "date_in_future")]
    assert len(got) == 2


def test_what_no_topic_could_hold_is_refused() -> None:
    got = made([b'{"title": "' + b"x" * LARGEST + b'"}', row("a", published_at=NOW)])
    assert [(refused.row, refused.code) for refused in got.refused] == [(0, "too_large")]


def test_a_file_cannot_end_an_import() -> None:
    got = made([row("a", published_at=NOW), END_TICK, row("b", published_at=NOW)])
    assert [refused.code for refused in got.refused] == ["control_unknown"]
    assert shown(got) == [("a", 0), ("b", 0)]


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_rows_are_dealt_out_and_each_partition_ended(partitions: int) -> None:
    rows = [row(str(n), published_at=NOW - 100 * MINUTE + n * MINUTE) for n in range(20)]
    records = list(made(rows, partitions))
    assert [r.partition for r in records[:20]] == [n % partitions for n in range(20)]
    end = NOW - 80 * MINUTE
    assert [(r.partition, r.timestamp, r.value) for r in records[20:]] == [
        (p, end, END_TICK) for p in range(partitions)
    ]


def test_the_end_is_a_whole_minute_after_the_last_row() -> None:
    for at in (NOW, NOW + 1, NOW + MINUTE - 1):
        assert made([row("a", published_at=at)]).end == NOW + MINUTE


def test_an_empty_file_ends_at_once() -> None:
    got = made([], 2)
    assert (len(got), got.first, got.last) == (0, None, None)
    assert [(r.partition, r.timestamp) for r in got] == [(0, NOW + MINUTE), (1, NOW + MINUTE)]


TIMES = st.one_of(
    st.none(),
    st.integers(NOW - 5 * DAY, NOW + 2 * HOUR).map(lambda at: {"published_at": at}),
    st.sampled_from(["2025-11-20", "2025-11-21", "2025-11-24", "1000-01-01", "soon"]).map(lambda day: {"date": day}),
)


@given(st.lists(TIMES, max_size=30), st.sampled_from([1, 2, 7]))
def test_nothing_is_lost_and_time_never_goes_back(times: list[dict[str, object] | None], partitions: int) -> None:
    rows = [row(str(n), **(fields or {})) for n, fields in enumerate(times)]
    got = made(rows, partitions)
    records = [record for record in got if record.value != END_TICK]
    assert Counter(record.value for record in records) + Counter(rows[r.row] for r in got.refused) == Counter(rows)
    stamps = [record.timestamp for record in got]
    assert stamps == sorted(stamps)
    assert all(stamp <= NOW + HOUR for stamp in stamps[: len(records)])
    assert [(r.timestamp, r.value) for r in made(rows, 1)][: len(records)] == [(r.timestamp, r.value) for r in records]
