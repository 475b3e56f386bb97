"""Rows of counts that a run cannot use, and rows that are strange and harmless."""

import json

import pytest

from agents.detect.count_rows import CountError, read_row
from agents.detect.counts import CountRun
from agents.rulebook import Rulebook
from schemas.base import HOUR, iso
from tests.agents.detect.test_count_run import START, over, rows, rulebook

__all__ = ["rulebook"]
BUCKET = iso(START)


def series(**fields: str) -> str:
    """A row of one headline."""
    given = {"place": "KP", "theme": "shelling", "unique": 1, "publishers": 1, **fields}
    return json.dumps({"bucket": BUCKET, **given})


VOLUME = f'{{"bucket": "{BUCKET}", "volume": {{"030": 5}}}}'


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["{"], "not_json"),
        (["[1]"], "not_an_object"),
        ([f'{{"bucket": "{BUCKET}"}}'], "wrong_field"),
        (
            [f'{{"bucket": "{BUCKET}", "place": "KP", "theme": "shelling", "unique": -1, "publishers": 1}}'],
            "wrong_field",
        ),
        (
            [f'{{"bucket": "{BUCKET}", "place": "KP", "theme": "shelling", "unique": true, "publishers": 1}}'],
            "wrong_field",
        ),
        ([f'{{"bucket": "{BUCKET}", "volume": {{"030": "5"}}}}'], "wrong_field"),
        (['{"bucket": "yesterday", "volume": {}}'], "bucket_unreadable"),
        (['{"bucket": "2026-03-01T00:10:00Z", "volume": {}}'], "bucket_misaligned"),
        ([VOLUME, '{"bucket": "2026-02-28T00:00:00Z", "volume": {}}'], "bucket_descending"),
        ([VOLUME, VOLUME], "row_twice"),
        (
            [f'{{"bucket": "{BUCKET}", "place": "XX", "theme": "shelling", "unique": 1, "publishers": 1}}'],
            "place_unknown",
        ),
        ([f'{{"bucket": "{BUCKET}", "volume": {{}}, "lane": 99}}'], "lane_unknown"),
        ([series(subregion="999")], "wrong_field"),
        ([series(subregion="145")], "wrong_field"),
        ([series(place="Q1", subregion="999")], "place_unknown"),
        (
            [
                series(place="Q1", subregion="030"),
                series(place="Q1", theme="coup", subregion="030"),
                series(place="Q1", theme="unrest", subregion="145"),
                series(place="Q1", subregion="145"),
            ],
            "wrong_field",
        ),
        (
            [f'{{"bucket": "{BUCKET}", "place": "KP", "theme": "shelling", "unique": 1, "publishers": 1}}'],
            "volume_missing",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rows_that_cannot_be_used(rulebook: Rulebook, lines: list[str], code: str) -> None:
    with pytest.raises(CountError) as caught:
        over(rulebook, [line.encode() for line in lines])
    assert caught.value.fault.code == code
    assert caught.value.fault.cure


@pytest.mark.parametrize("number", ["1e300", "99999999999999999999999"])
@pytest.mark.parametrize("field", ["unique", "publishers", "volume.030"])
def test_a_number_that_is_too_large_is_told_as_that(field: str, number: str) -> None:
    row = VOLUME.replace(" 5}", f" {number}}}") if field == "volume.030" else series(**{field: "N"})
    with pytest.raises(CountError) as caught:
        read_row(row.replace('"N"', number).encode())
    assert caught.value.fault.what == f"{field}: {float(number):g} is too large for a count"


def test_what_is_no_whole_number_is_not_called_large() -> None:
    with pytest.raises(CountError, match="unique: Input should be a valid integer"):
        read_row(series(unique="N").replace('"N"', "1.5").encode())


def test_what_is_unknown_and_harmless(rulebook: Rulebook) -> None:
    run = CountRun(rulebook)
    row = {"bucket": BUCKET, "place": "Q1", "subregion": "030", "theme": "plague", "unique": 1, "publishers": 1, "x": 1}
    run.take(read_row(json.dumps(row).encode()))
    assert run.unknown_themes == {"plague"}


def test_series_are_those_that_had_a_headline(rulebook: Rulebook) -> None:
    """Neither one that is asked about nor one with none of the bucket's headlines; and when each had its first."""
    run = CountRun(rulebook)
    run.key("KP", "any")
    for value in [*rows(START, unique=0, publishers=0), *rows(START + HOUR, place="KR", unique=1, publishers=1)]:
        run.take(read_row(value))
    for value in rows(START + 2 * HOUR, place="JP", unique=1, publishers=1):
        run.take(read_row(value))
    run.end()
    assert [run.series(START + hours * HOUR) for hours in (0, 1, 2, 3)] == [0, 0, 1, 2]
    assert run.series() == 2
