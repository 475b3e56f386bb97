"""`tocsin diff` on files: what is said, and the exit status."""

import json
from pathlib import Path

import pytest

from streams.cli import run
from tests.streams.replay.test_difference import revision


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two files that differ in one revision and have one each that the other lacks."""
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    lines = [revision(number=1), revision(number=2, observed=7), revision("US/coup@2026-11-20T14:15:00Z")]
    ours.write_text("\n".join(json.dumps(line) for line in lines))
    lines = [revision(number=1), revision(number=2, observed=8), revision("US/coup@2026-11-20T14:00:00Z")]
    theirs.write_text("\n".join(json.dumps(line) for line in lines))
    return str(ours), str(theirs)


def test_the_same_file_is_identical(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", files[0], files[0]]) == 0
    assert "identical  3" in capsys.readouterr().out


def test_people_are_told_counts_and_where(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", *files]) == 1
    said = capsys.readouterr().out
    assert "identical  1\n" in said
    assert "missing  1 in" in said
    assert "observed" in said
    assert "other onset: US/coup@2026-11-20T14:00:00Z" in said, "an id is for copying: never cut where no terminal is"


def test_programs_get_one_object(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "--json", *files]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["same"], found["identical"]) == (False, 1)
    assert found["changed"] == [{"id": revision()["id"], "revision": 2, "field": "observed", "first": 7, "second": 8}]
    assert found["missing"][0]["other_onset"] == found["extra"][0]["id"]


def test_a_revision_that_is_there_twice_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    once, twice = tmp_path / "once.jsonl", tmp_path / "twice.jsonl"
    lines = [json.dumps(revision(number=number)) for number in (1, 2)]
    once.write_text("\n".join(lines))
    twice.write_text("\n".join([*lines, lines[1]]))
    assert run(["diff", "--json", str(once), str(twice)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["same"], found["identical"]) == (False, 2)
    assert found["doubled"] == [{"id": revision()["id"], "revision": 2, "first": 1, "second": 2}]
    assert run(["diff", str(twice), str(twice)]) == 1
    assert "doubled  1 more than once" in capsys.readouterr().out
    assert run(["diff", str(once), str(twice), "--from", "2026-11-20T14:21:00Z"]) == 0


def test_a_window_leaves_the_rest_out(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", *files, "--to", "2026-11-20T14:20:00Z"]) == 0
    assert run(["diff", *files, "--from", "2026-11-20T14:20:00Z"]) == 1
    assert "from 2026-11-20T14:20:00Z on" in capsys.readouterr().out


def test_a_title_cannot_move_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for number, title in enumerate(("calm", "\x1b[2Jboo")):
        path = tmp_path / f"{number}.jsonl"
        path.write_text(json.dumps(revision(evidence=[{"title": title}])))
        paths.append(str(path))
    assert run(["diff", *paths]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "boo" in said


@pytest.mark.parametrize("line", ["[1]", "nonsense", '{"id":"a","revision":1}'])
def test_a_line_that_is_no_alert_is_named(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text(f"{json.dumps(revision())}\n{line}\n")
    assert run(["diff", str(path), str(path)]) == 2
    said = capsys.readouterr().err
    assert f"{path}:2:" in said
    assert "tocsin scan --json" in said
