"""`tocsin rules`: faults with their place, examples that fail, and what a change of rules changes."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.classify.cue_lists import CueLists
from agents.classify.reader import RULES
from streams.cli import run

Capture = pytest.CaptureFixture[bytes]


def rules(capsysbinary: Capture, *arguments: object) -> tuple[int, list[dict[str, Any]]]:
    status = run(["rules", *map(str, arguments), "--json"])
    return status, [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    directory = tmp_path / "rules"
    shutil.copytree(RULES, directory)
    return directory


def edit(directory: Path, file: str, right: str, wrong: str) -> int:
    """Replace once; the line of it."""
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    return text[: text.index(right)].count("\n") + 1


def test_the_package_is_sound_and_holds_its_examples(capsysbinary: Capture) -> None:
    status, (told,) = rules(capsysbinary, "check")
    assert (status, told["faults"]) == (0, [])
    assert len(told["rules"]) == 12
    status, (told,) = rules(capsysbinary, "test")
    assert (status, told["failures"]) == (0, [])
    assert told["examples"] > 200


def test_every_fault_has_its_place_and_its_cure(changed: Path, capsysbinary: Capture) -> None:
    (changed / "lanes.yaml").unlink()
    line = edit(changed, "themes.yaml", "direction: neutral", "direction: sideways")
    status, (told,) = rules(capsysbinary, "check", changed)
    assert status == 2
    faults = {fault["file"]: fault for fault in told["faults"]}
    assert faults["themes.yaml"]["line"] == line
    assert "direction" in faults["themes.yaml"]["what"]
    assert faults["lanes.yaml"]["cure"]
    assert told["rules"] is None
    assert run(["rules", "check", str(changed)]) == 2
    assert f"themes.yaml:{line}: " in capsysbinary.readouterr().out.decode()


def test_a_directory_that_is_none(tmp_path: Path, capsysbinary: Capture) -> None:
    status, (told,) = rules(capsysbinary, "check", tmp_path / "nowhere")
    assert (status, told["faults"][0]["what"]) == (2, "no such directory")


@pytest.mark.parametrize("arguments", [["test", "DIR"], ["diff", "-", "DIR", "x"], ["diff", "DIR", "-", "x"]])
def test_a_directory_that_is_none_is_one_fault(tmp_path: Path, capsysbinary: Capture, arguments: list[str]) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert run(["rules", *(nowhere if argument == "DIR" else argument for argument in arguments)]) == 2
    err = capsysbinary.readouterr().err.decode()
    assert f"{nowhere}: no such directory" in err
    assert err.count("rules directory") == 1


def test_examples_that_fail_say_what_was_found_and_why(changed: Path, capsysbinary: Capture) -> None:
    line = edit(changed, "themes.yaml", "    not_counted:\n", "    not_counted:\n      Rain in Lima: denied\n") + 1
    edit(changed, "themes.yaml", "    absent:\n", "    absent:\n      - Russia sends troops to Belarus\n")
    status, (told,) = rules(capsysbinary, "test", changed)
    assert status == 1
    first, second = told["failures"]
    assert (first["file"], first["line"], first["title"]) == ("themes.yaml", line, "Rain in Lima")
    assert (first["expected"], first["found"], first["why"]) == ("denied", "absent", "no pattern holds")
    assert (second["expected"], second["found"], second["theme"]) == ("absent", "counted", "troop-deployment")
    assert "deploy-forces holds: 'sends' + 'troops'" in second["why"]
    assert run(["rules", "test", str(changed)]) == 1
    assert f"themes.yaml:{line}: Rain in Lima" in capsysbinary.readouterr().out.decode()


@pytest.mark.parametrize(
    ("cue", "cure"),
    [
        ("works", "`certain: true` on the pattern does not outweigh"),
        ("play", "mark the pattern `certain: true`, or add"),
    ],
)
def test_what_is_figurative_says_where_that_is_written_and_the_cure(changed: Path, cue: str, cure: str) -> None:
    text = (changed / "modality.yaml").read_text(encoding="utf-8")
    line = text[: text.index(f"- name: {cue}\n")].count("\n") + 1
    lists = CueLists(changed)
    assert lists.place("figurative", cue) == f"modality.yaml:{line}"
    assert cure in str(lists.cure("figurative", cue, "invasion"))
    assert "add invasion to `unless` of that list" in str(lists.cure("figurative", cue, "invasion"))


def test_what_is_no_list_has_no_place(changed: Path) -> None:
    lists = CueLists(changed)
    assert lists.place("historical", "past-year") is lists.cure("historical", "past-year", "invasion") is None
    assert lists.cure("denied", "negation", "invasion") == "add invasion to `unless` of that list"


def test_a_new_example_that_is_figurative_says_what_to_do(changed: Path, capsysbinary: Capture) -> None:
    title = "Zombies invade Poland with tanks in new video game"
    text = (changed / "themes.yaml").read_text(encoding="utf-8")
    begin = text.index("\n  invasion:\n")
    at = text.index("    examples:\n", begin) + len("    examples:\n")
    (changed / "themes.yaml").write_text(f"{text[:at]}      - {title}\n{text[at:]}", encoding="utf-8")
    status, (told,) = rules(capsysbinary, "test", changed)
    (failure,) = told["failures"]
    assert (status, failure["title"], failure["found"]) == (1, title, "figurative")
    assert "figurative by works of modality.yaml:" in failure["why"]
    assert "to let it count: add invasion to `unless`" in failure["why"]


def test_an_example_that_a_veto_keeps_out_names_the_word(changed: Path, capsysbinary: Capture) -> None:
    pattern = "{name: seize-zoo, action: [seize], object: [zoo], without: [=keeper]}"
    text = (changed / "themes.yaml").read_text(encoding="utf-8")
    for mark, line in (("    examples:\n", "Soldiers seize zoo, keeper flees"), ("    patterns:\n", pattern)):
        at = text.index(mark, text.index("\n  coup:\n")) + len(mark)
        text = f"{text[:at]}      - {line if line == pattern else repr(line)}\n{text[at:]}"
    (changed / "themes.yaml").write_text(text, encoding="utf-8")
    status, (told,) = rules(capsysbinary, "test", changed)
    (failure,) = told["failures"]
    assert (status, failure["found"]) == (1, "absent")
    assert failure["why"].startswith("no pattern holds; seize-zoo would, but is forbidden by 'keeper'")


@pytest.mark.parametrize(("name", "near"), [("theme.yaml", "themes.yaml"), ("places.yml", "places.yaml")])
@pytest.mark.parametrize("command", [["check", "DIR"], ["test", "DIR"], ["diff", "-", "DIR", "x"]])
def test_a_file_that_nothing_reads_is_a_fault(
    changed: Path, capsysbinary: Capture, command: list[str], name: str, near: str
) -> None:
    (changed / name).write_text("x: 1\n")
    (changed / "README.md").write_text("ours\n")
    assert run(["rules", *(str(changed) if part == "DIR" else part for part in command)]) == 2
    told = b"".join(capsysbinary.readouterr()).decode()
    assert told.count("nothing reads this file") == 1
    assert f"did you mean {near}?" in told


def test_a_word_that_stands_twice_is_a_notice(changed: Path, capsysbinary: Capture) -> None:
    line = edit(changed, "modality.yaml", "- name: works\n", '- name: works\n    unless: [espionage, "espionage"]\n')
    edit(changed, "modality.yaml", "    unless: [cyber-attack]\n  - name: sport", "  - name: sport")
    status, (told,) = rules(capsysbinary, "check", changed)
    assert (status, told["faults"]) == (0, [])
    what = "figurative.works.unless: 'espionage' stands twice in the list"
    assert {"file": "modality.yaml", "line": line + 1, "what": what, "cure": "keep one"} in told["notices"]
    assert run(["rules", "check", str(changed)]) == 0
    assert f"notice: modality.yaml:{line + 1}: {what} (keep one)" in capsysbinary.readouterr().out.decode()


def test_examples_of_places(changed: Path, capsysbinary: Capture) -> None:
    (changed / "places_examples.yaml").write_text(
        "examples:\n"
        "  - {title: Obama warns Syria, places: [US, SY], as_of: 2013-08-31}\n"
        '  - {title: NATO meets in Oslo, places: ["NO"], organisations: [NATO]}\n'
        "  - {title: Michael Jordan sells his house, places: [JO]}\n"
    )
    status, (told,) = rules(capsysbinary, "test", changed)
    (failure,) = told["failures"]
    assert (status, failure["line"], failure["expected"], failure["found"]) == (1, 4, "JO", "no place")
    assert "'Michael Jordan' is none" in failure["why"]
    (changed / "places_examples.yaml").write_text("examples:\n  - {title: x, places: [QQ]}\n")
    status, (told,) = rules(capsysbinary, "check", changed)
    assert (status, told["faults"][0]["line"]) == (2, 2)


NEWS = [
    {"title": "North Korea deploys troops to Russia", "source": "Kestrel Post"},
    {"title": "Kosovo police seize arms", "source": "Kestrel Post"},
    {"title": 5},
    {"title": "Rain in Lima", "source": "Reuters World"},
]


def test_what_a_change_changes(changed: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, NEWS)).encode()))
    nothing = {"headlines": 3, "unread": 1, "changed": 0, "places": {}, "themes": {}, "families": 0}
    assert rules(capsysbinary, "diff", "-", changed, path) == (1, [{"kind": "summary", **nothing}])
    themes = yaml.safe_load((changed / "themes.yaml").read_text(encoding="utf-8"))
    for pattern in themes["themes"]["troop-deployment"]["patterns"]:
        pattern["without"] = [*pattern.get("without", []), "=russia"]
    (changed / "themes.yaml").write_text(yaml.safe_dump(themes), encoding="utf-8")
    edit(changed, "publishers.yaml", "{family: Reuters, wire: true", "{family: Thomson, wire: true")
    status, (first, second, summary) = rules(capsysbinary, "diff", "-", changed, path)
    assert status == 1
    assert (first["line"], first["title"]) == (1, "North Korea deploys troops to Russia")
    assert {"theme": "troop-deployment", "old": "counted", "new": "absent"} in first["themes"]
    assert (second["line"], second["family"]) == (4, {"old": "Reuters", "new": "Thomson"})
    assert summary["themes"]["troop-deployment"] == {"gained": 0, "lost": 1, "other": 0}
    assert (summary["headlines"], summary["changed"], summary["families"]) == (3, 2, 1)
    assert run(["rules", "diff", "-", str(changed), str(path)]) == 1
    out = capsysbinary.readouterr().out.decode()
    assert "troop-deployment: counted > absent" in out
    assert "2 of 3 headlines" in out


def test_lines_that_cannot_be_read_are_no_headlines_that_agree(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "titles.txt"
    path.write_text("Rain in Lima\nSnow in Oslo\n")
    assert run(["rules", "diff", "-", "-", str(path)]) == 2
    out, err = capsysbinary.readouterr()
    assert out == b""
    assert f"{path}: line 2: not_json".encode() in err
    assert b"no headline in it" in err
    path.write_text('{"title": "Rain in Lima"}\nSnow in Oslo\n')
    assert run(["rules", "diff", "-", "-", str(path)]) == 1
    out, err = capsysbinary.readouterr()
    assert b"0 of 1 headlines" in out
    assert b"1 line could not be read; 1 was read" in err
    path.write_text('{"title": "Rain in Lima"}\n{"withdraws": "x"}\n')
    assert run(["rules", "diff", "-", "-", str(path)]) == 0
    assert capsysbinary.readouterr().err == b""


def test_rules_that_cannot_be_read_are_named(changed: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    (changed / "themes.yaml").unlink()
    assert run(["rules", "diff", "-", str(changed), str(tmp_path)]) == 2
    assert f"{changed}/themes.yaml" in capsysbinary.readouterr().err.decode()
