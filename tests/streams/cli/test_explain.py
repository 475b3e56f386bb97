"""`tocsin explain`: a line for each headline, safe to show, and as its schema says."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas import export
from streams.cli import run
from tests.streams.cli.test_scan import rules_read_once

__all__ = ["rules_read_once"]

Capture = pytest.CaptureFixture[bytes]
TITLE = "North Korea deploys troops near the border - Reuters"


def explain(capsysbinary: Capture, *arguments: object, status: int = 0) -> list[dict[str, Any]]:
    assert run(["explain", *map(str, arguments), "--json"]) == status
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_json_is_as_the_schema_says(capsysbinary: Capture) -> None:
    schema = json.loads((export.DIRECTORY / "explain.json").read_text(encoding="utf-8"))
    (line,) = explain(capsysbinary, TITLE, "--at", "2026-03-01T12:00Z", "--url", "https://www.cnn.com/a")
    Draft202012Validator(schema).validate(line)
    assert line["event_time"] == "2026-03-01T12:00:00Z"
    assert [claim["where"] for claim in line["publisher"]["claims"]] == ["suffix", "host"]


def test_standard_input_holds_titles_and_records(monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture) -> None:
    lines = b'Rain, in Lima\n\n{"title": "Snow in Oslo", "source": "NRK"}\n{"title": 5}\n\xff\xfe\n'
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(lines)))
    told = explain(capsysbinary, "-", "--publisher", "Foo", status=1)
    assert [line["title"] for line in told] == ["Rain, in Lima", None, "Snow in Oslo", None, "\ufffd\ufffd"]
    assert [line.get("publisher", {}).get("family") for line in told] == ["foo", None, "NRK", None, "foo"]
    assert [told[1]["code"], told[3]["code"]] == ["title_empty", "title_wrong_type"]


@pytest.mark.parametrize("title", ["", "   "])
def test_an_empty_title_is_told(capsysbinary: Capture, title: str) -> None:
    assert [line["code"] for line in explain(capsysbinary, title, status=1)] == ["title_empty"]
    assert run(["explain", title]) == 1
    assert b"title_empty" in capsysbinary.readouterr().out


def test_for_people(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"title": "North Korea deploys 500 sailors near Guam", "source": "AP"}\n')
    assert run(["explain", TITLE, "--against", str(path)]) == 0
    out = capsysbinary.readouterr().out.decode()
    for told in (
        "KP",
        "“North Korea” name",
        "deploy-forces",
        "Reuters",
        "KP/any",
        "030/troop-deployment",
        "500 sailors",
    ):
        assert told in out
    assert run(["explain", TITLE]) == 0
    assert "no file was given" in capsysbinary.readouterr().out.decode()


def test_words_that_nobody_takes_for_a_place_are_not_told_as_none(capsysbinary: Capture) -> None:
    (line,) = explain(capsysbinary, "Russia and La Nacion agree a deal of police to turkey; Deal fair")
    assert [item["words"] for item in line["rejected_places"]] == ["turkey", "Deal"]


def test_a_language_that_is_none_is_told(capsysbinary: Capture) -> None:
    assert run(["explain", TITLE, "--language", "klingonese1"]) == 0
    out, err = capsysbinary.readouterr()
    assert b"language_unknown" in out
    assert b"warning: --language klingonese1: no language is named so" in err
    assert run(["explain", TITLE, "--language", "pt-BR"]) == 0
    assert capsysbinary.readouterr().err == b""


def test_where_a_cue_is_written(capsysbinary: Capture) -> None:
    assert run(["explain", "Zombies invade Poland with tanks in new video game"]) == 0
    out = " ".join(capsysbinary.readouterr().out.decode().split())
    assert "the list works of modality.yaml" in out
    assert "`certain: true`" in out


def test_hostile_text_is_shown_and_not_obeyed(capsysbinary: Capture) -> None:
    hostile = "\x1b[2JRussia [red]fires[/red] \u202emissiles\x9b31m"
    assert run(["explain", hostile, "--publisher", "\x1b]0;x\x07[bold]"]) == 0
    out = capsysbinary.readouterr().out.decode()
    assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(out)
    assert "[red]fires[/red]" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], b"TEXT is missing"),
        (["x", "--at", "noon"], b"--at noon"),
        (["x", "--at", "99999999999999h"], b"--at 99999999999999h: before 1970"),
        (["x", "--at", "2500-01-01"], b"1970 to 2100"),
        (["x", "--against", "/nowhere"], b"no such file"),
        (["-", "--against", "-"], b"name a file"),
    ],
)
def test_what_cannot_be_asked(capsysbinary: Capture, arguments: list[str], said: bytes) -> None:
    assert run(["explain", *arguments]) == 2
    assert said in capsysbinary.readouterr().err


def test_lines_to_compare_with_that_cannot_be_read_are_told(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"title": "Snow in Oslo"}\n\nrubbish\n{"withdraws": "x"}\n')
    assert run(["explain", TITLE, "--against", str(path), "--json"]) == 1
    out, err = capsysbinary.readouterr()
    assert json.loads(out)["duplicates"]["compared"] == 1
    assert f"{path}: line 3: not_json".encode() in err
    assert b"1 line could not be read; 1 was read" in err


@pytest.mark.parametrize("content", [b"", b'{"a": "Snow", "b": "Rain"}\n', b"Snow in Oslo\n", b'{"withdraws": "x"}\n'])
def test_a_file_without_a_headline_gives_no_verdict(tmp_path: Path, capsysbinary: Capture, content: bytes) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(content)
    assert run(["explain", TITLE, "--against", str(path)]) == 2
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert f"{path}: no headline in it".encode() in err


def test_more_headlines_than_are_compared_at_once_tell_a_bad_line_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture
) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"title": "Snow in Oslo"}\nrubbish\n')
    monkeypatch.setattr("streams.cli.explain.AT_ONCE", 1)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"Rain in Lima\nHail in Bonn\n")))
    assert run(["explain", "-", "--against", str(path), "--json"]) == 1
    out, err = capsysbinary.readouterr()
    assert [json.loads(line)["duplicates"]["compared"] for line in out.splitlines()] == [1, 1]
    assert err.count(b"not_json") == 1
