"""`tocsin compare`: a line for each line, in order, with the verdict of the stream and a score that is always there."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.cli import run
from tests.streams.cli.test_scan import rules_read_once

__all__ = ["rules_read_once"]

Capture = pytest.CaptureFixture[bytes]
EDITED = {"a": "France opens the museum of Calais to all children", "b": "France opens museum of Calais to children"}


def compare(path: Path, capsysbinary: Capture, *pairs: object, status: int = 0) -> list[dict[str, Any]]:
    lines = [pair if isinstance(pair, bytes) else json.dumps(pair).encode() for pair in pairs]
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert run(["compare", str(path), "--json"]) == status
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_each_verdict_with_its_reason(tmp_path: Path, capsysbinary: Capture) -> None:
    sent = {"title": EDITED["a"], "source": "AFP"}
    told = compare(
        tmp_path / "pairs",
        capsysbinary,
        EDITED,
        {"a": EDITED["a"], "b": f"{EDITED['a'].upper()} - Reuters"},
        {"a": sent, "b": sent},
        {"a": EDITED["a"], "b": EDITED["a"].replace("opens", "closes")},
        {"a": EDITED["a"], "b": "Bakers strike over flour prices"},
    )
    assert [(line["verdict"], line["reason"]) for line in told] == [
        ("near", "similar-text"),
        ("exact", "same-text"),
        ("redelivered", "same-id"),
        ("unique", "veto:opposite"),
        ("unique", "no-candidate"),
    ]
    assert [line["guard"] for line in told][:4] == [None, None, None, "opposite"]
    scores = [line["score"] for line in told]
    assert all(0 <= score <= 1 for score in scores)
    assert scores[1] == scores[2] == 1 > scores[0] > scores[3] > scores[4]
    assert (told[0]["a"], told[0]["b"]) == (EDITED["a"], EDITED["b"])
    assert told[2]["a"] == sent


def test_a_broken_line_is_told_and_the_rest_goes_on(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "pairs"
    broken = [b"rubbish", {"a": "One"}, {"a": 5, "b": "x"}, {"a": {"tocsin": "tick"}, "b": "x"}, {"a": "", "b": "x"}]
    told = compare(path, capsysbinary, EDITED, *broken, {"a": "x", "b": "y"}, status=1)
    assert [line.get("rejected") for line in told] == [
        None,
        "not_json",
        "title_missing",
        "title_wrong_type",
        "title_missing",
        "title_empty",
        None,
    ]
    assert [line["line"] for line in told] == [1, 2, 3, 4, 5, 6, 7]
    assert run(["compare", str(path)]) == 1
    out, err = capsysbinary.readouterr()
    assert b"line 3: title_missing" in err
    assert b"2 pairs compared: 1 near, 1 unique; 5 lines could not be read" in err
    assert b"rejected: not_json" in out
    assert b"only a: all" in out


def test_times_say_which_came_first(tmp_path: Path, capsysbinary: Capture) -> None:
    more = {"title": "Storm kills 9 fishermen off the coast of Oman", "published_at": "2025-01-01T08:00:00Z"}
    less = {"title": "Storm kills fishermen off the coast of Oman", "published_at": "2025-01-01T09:00:00Z"}
    later = {**more, "published_at": "2025-01-01T10:00:00Z"}
    late = {**less, "published_at": "2025-01-05T10:00:00Z"}
    unknown = {"a": less["title"], "b": more["title"]}
    told = compare(
        tmp_path / "pairs",
        capsysbinary,
        {"a": more, "b": less},
        {"a": less, "b": later},
        unknown,
        {"a": more, "b": late},
    )
    assert [line["reason"] for line in told] == ["similar-text", "veto:number", "similar-text", "similar-text"]
    assert [line["of"] for line in told] == ["a", None, "b", "a"]
    assert [line["meet"] for line in told] == [True, True, True, False]


def test_rules_can_be_overridden(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "pairs"
    compare(path, capsysbinary, EDITED)
    assert run(["compare", str(path), "--json", "--set", "deduplicate.threshold=0.99"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["reason"] == "no-candidate"


def test_no_such_file(capsysbinary: Capture) -> None:
    assert run(["compare", "/nowhere/pairs"]) == 2
    assert b"no such file" in capsysbinary.readouterr().err


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_with_the_columns_a_and_b(tmp_path: Path, capsysbinary: Capture, mark: str) -> None:
    rows = [["at", "b", "a"], ["2025-01-01", EDITED["b"], EDITED["a"]], ["soon", "x", "y"]]
    told = compare(tmp_path / "pairs", capsysbinary, *(mark.join(row).encode() for row in rows), status=1)
    assert [line.get("verdict") for line in told] == ["near", None]
    assert told[0]["a"] == EDITED["a"]
    assert told[1]["rejected"] == "date_unreadable"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("noon", "date_unreadable"),
        ([2025], "date_unreadable"),
        (True, "date_unreadable"),
        ("2500-01-01", "date_out_of_range"),
    ],
)
def test_an_at_that_is_no_time_is_told(tmp_path: Path, capsysbinary: Capture, at: object, code: str) -> None:
    (told,) = compare(tmp_path / "pairs", capsysbinary, {**EDITED, "at": at}, status=1)
    assert told["rejected"] == code
    assert told["detail"].startswith("`at`: ")


def test_short_texts_say_so(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "pairs"
    alike, other = {"a": "Snow in Oslo", "b": "Oslo: snow"}, {"a": "Snow in Oslo", "b": "Oslo strike"}
    told = compare(path, capsysbinary, alike, other)
    assert [(line["verdict"], line["reason"]) for line in told] == [("unique", "too-short"), ("unique", "no-candidate")]
    assert run(["compare", str(path)]) == 0
    assert b"near from" in (out := capsysbinary.readouterr().out)
    assert b"likeness 1.00" not in out
