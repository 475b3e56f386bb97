"""`tocsin classify`: a line for each line, in order, with the words that prove what it says."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.cli import run
from tests.streams.cli.test_scan import rules_read_once

__all__ = ["rules_read_once"]

Capture = pytest.CaptureFixture[bytes]


def classify(capsysbinary: Capture, *arguments: object) -> list[dict[str, Any]]:
    assert run(["classify", *map(str, arguments), "--json"]) == 0
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
    assert line["uncounted"] == [{"theme": "troop-deployment", "reason": "denied"}]


def test_a_line_for_each_line_in_order(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "lines"
    path.write_bytes(
        b'{"title": "One", "date": "2025-11-20"}\n\nrubbish\n{"title": 5}\n{"withdraws": "x"}\n{"title": "Two"}\n'
    )
    lines = classify(capsysbinary, path)
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


@pytest.mark.parametrize("text", ["A long headline " * 100, "", ".", "nul \0 in it"])
def test_what_is_no_file_is_a_headline(capsysbinary: Capture, text: str) -> None:
    (line,) = classify(capsysbinary, text)
    assert line["title"] == (" ".join(text.replace("\0", "").split()) or None)
