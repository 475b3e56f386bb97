"""A topic dump gives back exactly what was in the topic, or says in which line it cannot be."""

import json
from pathlib import Path

import pytest

from agents.stage import Inbound
from schemas.generation import Generation
from streams.sources import InputError, read
from streams.sources.dump import Dump, Placed
from tests.streams.dumped import dumped

RECORDS = [
    Placed("headlines.raw", 0, Inbound(12, 1_700_000_000_000, b'{"title":"\xff"}')),
    Placed("headlines.raw", 1, Inbound(0, 1_700_000_000_001, None, b"key")),
    Placed("headlines.import", 0, Inbound(0, 5, b"")),
    Placed("headlines.raw", 0, Inbound(15, 1_700_000_000_002, b"x" * 1_000)),
]
GENERATION = Generation(
    start=60_000, cut=60_000, raw_topic="wire", raw_partitions=2, import_partitions=1, lanes=4, rules="0123456789ab"
)


def dump(tmp_path: Path, *lines: bytes | str | dict[str, object]) -> Dump:
    path = tmp_path / "dump.jsonl"
    encoded = [
        json.dumps(at).encode() if isinstance(at, dict) else at.encode() if isinstance(at, str) else at for at in lines
    ]
    path.write_bytes(b"\n".join(encoded))
    return Dump(read(path), "dump.jsonl")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    got = dump(tmp_path, *[dumped(*placed) for placed in RECORDS])
    assert list(got) == RECORDS
    assert len(got) == 4
    assert got.generation is None
    assert got.partitions() == [("headlines.import", 0), ("headlines.raw", 0), ("headlines.raw", 1)]


def test_without_a_topic_it_is_raw(tmp_path: Path) -> None:
    (got,) = dump(tmp_path, {"offset": 3, "timestamp": 7, "value": "e30="})
    assert got == Placed("headlines.raw", 0, Inbound(3, 7, b"{}"))


def test_a_generation_first(tmp_path: Path) -> None:
    line = json.dumps({"generation": json.loads(GENERATION.encode())})
    got = dump(
        tmp_path, line, dumped("wire", 1, RECORDS[0].record), dumped("g2.headlines.import", 0, RECORDS[2].record)
    )
    assert got.generation == GENERATION
    assert [placed.topic for placed in got] == ["headlines.raw", "headlines.import"]
    assert len(got) == 2
    assert got.partitions() == [("headlines.import", 0), ("headlines.raw", 0), ("headlines.raw", 1)]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "not a record"),
        ("[]", "not a record"),
        ({"offset": 1}, "timestamp"),
        ({"offset": 1, "timestamp": 1, "value": "?"}, "value"),
        ({"offset": "x", "timestamp": 1}, "offset"),
        ({"topic": "alerts", "offset": 20, "timestamp": 1}, "topic alerts"),
        ({"offset": 12, "timestamp": 1}, "offset 12 after 12"),
        ({"generation": {}, "offset": 20}, "not a record"),
    ],
)
def test_a_line_that_is_no_record(tmp_path: Path, line: str | dict[str, object], what: str) -> None:
    with pytest.raises(InputError, match=rf"dump.jsonl:3: .*{what}"):
        list(dump(tmp_path, dumped(*RECORDS[0]), "", line))


def test_a_generation_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dump.jsonl:1: not a generation"):
        dump(tmp_path, {"generation": {"start": 1}})
