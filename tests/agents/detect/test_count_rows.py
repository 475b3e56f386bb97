"""What no stream of headlines can have counted is refused where it is read, with a cure."""

import json
from typing import Any

import pytest

from agents.detect.count_rows import MOST, CountError, SeriesRow, VolumeRow, read_row
from schemas.base import HOUR, MINUTE

BUCKET = "2026-03-01T00:00:00Z"
SERIES = {"place": "KP", "theme": "shelling", "unique": 3, "publishers": ["a", "b"]}


def read(**fields: Any) -> SeriesRow | VolumeRow:
    return read_row(json.dumps({"bucket": BUCKET, **fields}).encode())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"volume": {"30": 5}}, "volume: '30' is no subregion"),
        ({"volume": {"999": 5}}, "volume: '999' is no subregion"),
        ({"volume": {"030": 5, "KP": 5}}, "volume: 'KP' is no subregion"),
        ({"volume": {"030": 1000 * MOST + 1}}, "volume.030: "),
        ({"volume": {"030": 3}, "late": {"030": [2, 2]}}, "late.030: 4 of 3 headlines, in 2 buckets"),
        ({"volume": {"030": 3}, "late": {"145": [1]}}, "late.145: 1 of 0 headlines"),
        ({"volume": {"030": 9}, "late": {"030": [1, 1, 1, 1, 1]}}, "late.030: 5 of 9 headlines, in 5 buckets"),
        ({**SERIES, "publishers": 4}, "publishers: 4 of 3 unique headlines"),
        ({**SERIES, "publishers": ["a", "b", "c", "d"]}, "publishers: 4 of 3 unique headlines"),
        ({**SERIES, "unique": MOST + 1}, "unique: "),
        ({**SERIES, "unique": 0, "publishers": 1}, "publishers: 1 of 0 unique headlines"),
        ({**SERIES, "headlines": [["x", 0, 0]] * 4}, "headlines: 4 of 3"),
        ({**SERIES, "headlines": [["x", 0, 2]]}, "headlines.0: x was told by publisher 2, and 2 are listed"),
        ({**SERIES, "headlines": [["x", 0, -1]]}, "headlines.0: x was told by publisher -1"),
        ({**SERIES, "publishers": 2, "headlines": [["x", 0, 0]]}, "headlines.0: x was told by publisher 0"),
        ({**SERIES, "headlines": [["x", 0, 0], ["y", -1, 0]]}, "headlines.1: y arrived -1 ms after"),
        ({**SERIES, "headlines": [["x", 2 * HOUR, 0]]}, "headlines.0: x arrived 7200000 ms after"),
    ],
)
def test_rows_that_contradict_themselves(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(CountError) as caught:
        read(**fields)
    assert caught.value.fault.code == "wrong_field"
    assert caught.value.fault.what.startswith(said)
    assert caught.value.fault.cure


@pytest.mark.parametrize(
    "fields",
    [
        {"volume": {}},
        {"volume": {"030": 9, "001": 1}, "late": {"030": [2, 3, 3, 1]}, "lane": 0},
        {**SERIES, "publishers": 3},
        {**SERIES, "publishers": 0},
        {**SERIES, "publishers": ["a", "b", ""]},
        {**SERIES, "unique": MOST, "publishers": MOST},
        {**SERIES, "unique": 0, "publishers": []},
        {**SERIES, "headlines": [["x", 0, 0], ["y", 75 * MINUTE - 1, 1], ["z", 5, 1]]},
    ],
)
def test_rows_that_are_sound(fields: dict[str, Any]) -> None:
    assert read(**fields).bucket == BUCKET
