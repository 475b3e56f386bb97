"""`tocsin classify`: a line for each line, in order, with the words that prove what it says."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.cli import run
from tests.streams.cli.test_scan import rules_read_once

__all__ = ["rules_read_once"]

Capture = pytest.CaptureFixture[bytes]


def classify(capsysbinary: Capture, *arguments: object, status: int = 0) -> list[dict[str, Any]]:
    assert run(["classify", *map(str, arguments), "--json"]) == status
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_a_headline(capsysbinary: Capture) -> None:
    (line,) = classify(capsysbinary, "North Korea deploys troops near the border - Reuters")
    assert line["title"] == "North Korea deploys troops near the border"
    assert line["places"] == ["KP"]
    assert line["subregions"] == ["030"]
    assert line["themes"] == ["troop-deployment"]
    assert (line["publisher"], line["family"]) == ("Reuters", "Reuters")
    for proof in line["evidence"]["places"]["KP"] + line["evidence"]["themes"]["troop-deployment"]:
        assert line["title"][proof["start"] : proof["end"]] == proof["words"]
        assert proof["rule"]


def test_what_does_not_count_says_why(capsysbinary: Capture) -> None:
    (line,) = classify(capsysbinary, "North Korea denies it deployed troops to the border")
    assert line["themes"] == []
    (uncounted,) = line["uncounted"]
    assert (uncounted["theme"], uncounted["reason"]) == ("troop-deployment", "denied")
    assert uncounted["cue"]
    assert uncounted["cue_words"] == ["denies"]
    assert run(["classify", line["title"]]) == 0
    assert b"(troop-deployment: denied by denies)" in capsysbinary.readouterr().out


def test_a_line_for_each_line_in_order(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "lines"
    path.write_bytes(
        b'{"title": "One", "date": "2025-11-20"}\n\nrubbish\n{"title": 5}\n{"withdraws": "x"}\n{"title": "Two"}\n'
    )
    lines = classify(capsysbinary, path, status=1)
    assert [line["line"] for line in lines] == [1, 3, 4, 5, 6]
    assert [line["title"] for line in lines] == ["One", None, None, None, "Two"]
    assert [line.get("rejected") for line in lines] == [None, "not_json", "title_wrong_type", None, None]
    assert lines[3]["withdraws"] == "x"
    assert lines[0]["event_time"] == "2025-11-20T00:00:00Z"


def test_as_of_another_time(capsysbinary: Capture) -> None:
    (line,) = classify(capsysbinary, "Nothing much happens", "--at", "2013-08-31T12:00:00Z")
    assert line["event_time"] == "2013-08-31T12:00:00Z"


def test_a_time_that_is_none(capsysbinary: Capture) -> None:
    assert run(["classify", "Nothing much", "--at", "noon"]) == 2
    assert b"2025-11-24T16:00:00Z" in capsysbinary.readouterr().err


def test_a_table_for_people(capsysbinary: Capture) -> None:
    assert run(["classify", "North Korea deploys troops near the border"]) == 0
    out = capsysbinary.readouterr().out.decode()
    assert "KP" in out
    assert "troop-deployment" in out
    assert "North Korea" in out


def test_lines_that_cannot_be_read_are_told(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "titles.txt"
    path.write_text("\n".join(["", *(f"Rain in Lima, day {day}" for day in range(30))]))
    assert run(["classify", str(path)]) == 1
    out, err = capsysbinary.readouterr()
    assert b"Line " in out
    assert b"rejected: not_json" in out
    assert f"{path}: line 2: not_json".encode() in err
    assert b"line 31:" not in err
    assert b"30 lines could not be read, 20 more than are told here; 0 were read" in err
    assert b"tocsin explain -" in err


@pytest.mark.parametrize("name", ["nosuch.jsonl", "old news.CSV", "a/b", "news.jsonl.gz", ".", "tests"])
@pytest.mark.parametrize(("command", "cure"), [("classify", b"name a file"), ("explain", b"tocsin explain - < FILE")])
def test_what_looks_like_a_file_is_no_headline(capsysbinary: Capture, command: str, cure: bytes, name: str) -> None:
    assert run([command, name]) == 2
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert err.startswith(f"tocsin: {name}: ".encode())
    assert cure in err


@pytest.mark.parametrize("text", ["A long headline " * 100, "24/7 watch", "nul \0 in it", "Peace talks end."])
def test_what_is_no_file_is_a_headline(capsysbinary: Capture, text: str) -> None:
    (line,) = classify(capsysbinary, text)
    assert line["title"] == " ".join(text.replace("\0", "").split())


def test_an_empty_headline_is_none(capsysbinary: Capture) -> None:
    (line,) = classify(capsysbinary, "", status=1)
    assert (line["title"], line["rejected"]) == (None, "title_empty")
    assert capsysbinary.readouterr().err == b""
