"""A fault in the rules is refused at start, with file, line and cure."""

import shutil
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from agents.classify import gazetteer, themes
from agents.classify.publishers import Publishers
from agents.classify.reader import RULES, Reader
from agents.faults import RulesError, read, read_lines

FAULTS = [
    ("places.yaml", '  DJ: {subregion: "014"', '  DJ: {subregion: "999"', "999"),
    ("places.yaml", "names: [Libya]", "names: [Libya, Egypt]", "claimed by"),
    ("places.yaml", "names: [Libya]", "nmaes: [Libya]", "nmaes"),
    ("places.yaml", '  "NO":', "  NO:", "countries"),
    ("places_hard.yaml", "{code: TD}", "{code: ZZ}", "ZZ"),
    ("places_hard.yaml", "before: [naftali]", "before: [naftali the second]", "naftali the second"),
    ("leaders.yaml", "since: 2025-10-21}", "since: last week}", "since"),
    ("leaders.yaml", "{code: US, name: Donald Trump", "{code: QQ, name: Donald Trump", "QQ"),
    ("themes.yaml", '"@air-weapons"', '"@air-wepaons"', "@air-wepaons"),
    ("themes.yaml", "direction: neutral", "direction: sideways", "direction"),
    ("themes.yaml", "name: overthrow", "name: coup", "two patterns named coup"),
    ("themes_words.yaml", "  fighters: [rebel,", '  fighters: ["@fighters", rebel,', "contains itself"),
    ("modality.yaml", "themes: [peacekeeping, arms-transfer", "themes: [caesefire, arms-transfer", "caesefire"),
    ("modality.yaml", "side: after", "side: above", "side"),
    ("publishers.yaml", 'names: "UPI,', 'names: "Reuters, UPI,', "'reuters'"),
    ("publishers.yaml", "families:", "families: [", "not YAML"),
    ("modality.yaml", "barriers:", "questions: [who]\nbarriers:", "stands twice"),
    ("themes.yaml", "  mobilisation:", "  troop-deployment: {code: x}\n  mobilisation:", "stands twice"),
]


NOT_WHERE_WRITTEN = ("claimed by", "countries", "two patterns", "not YAML", "stands twice")
"""Faults between two places of a file, or of a key that YAML reads as something else."""
LOADERS = {
    "places.yaml": gazetteer.load,
    "places_hard.yaml": gazetteer.load,
    "leaders.yaml": gazetteer.load,
    "themes.yaml": themes.load,
    "themes_words.yaml": themes.load,
    "modality.yaml": themes.load,
    "publishers.yaml": Publishers.load,
}


@pytest.mark.parametrize(("file", "right", "wrong", "told"), FAULTS)
def test_fault(tmp_path: Path, file: str, right: str, wrong: str, told: str) -> None:
    directory = tmp_path / "rules"
    shutil.copytree(RULES, directory)
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    changed = text.replace(right, wrong, 1)
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(RulesError) as raised:
        LOADERS[file](directory)
    faults = [fault for fault in raised.value.faults if told in fault.what]
    assert faults, str(raised.value)
    line = changed[: changed.index(wrong)].count("\n") + 1
    for fault in faults:
        assert fault.file == file
        assert 0 <= fault.line - line <= 4 or told in NOT_WHERE_WRITTEN
        assert fault.line > 0
        assert fault.cure


def test_all_files_are_told_at_once(tmp_path: Path) -> None:
    directory = tmp_path / "rules"
    shutil.copytree(RULES, directory)
    for file in ("themes.yaml", "leaders.yaml", "publishers.yaml"):
        (directory / file).unlink()
    with pytest.raises(RulesError) as raised:
        Reader.load(directory)
    assert {fault.file for fault in raised.value.faults} == {"themes.yaml", "leaders.yaml", "publishers.yaml"}


@pytest.mark.parametrize(
    ("text", "line", "what", "cure"),
    [
        ("&a [*a]\n", 1, "aliases", "write out"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 2, "aliases", "write out"),
        ("a: é\nb: \x01\n", 2, "control character", "remove it"),
        ("a: 1\nb: !!python/object:os.system x\n", 2, "tag", "leave the tag out"),
        ("a: b: c\n", 1, "not YAML", "indentation"),
        ("a:\n\tb: 1\n", 2, "a tab", "spaces"),
        ("a:\n  b: 1\n\tc: 2\n", 3, "a tab", "spaces"),
        ("a:\n  - b: 1\n  \t- c\n", 3, "a tab", "spaces"),
    ],
)
def test_what_yaml_allows_and_rules_do_not(tmp_path: Path, text: str, line: int, what: str, cure: str) -> None:
    path = tmp_path / "lanes.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as raised:
        read_lines(path)
    fault = raised.value.faults[0]
    assert fault.line == line
    assert what in fault.what
    assert cure in fault.cure
    assert "\n" not in str(fault)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = ""
    within: int = Field(default=5, ge=0)
    side: Literal["before", "after"] = "before"
    certain: bool = False
    words: Annotated[tuple[str, ...], Field(min_length=1)] = ("x",)
    since: date | None = None


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parts: dict[str, tuple[Part, ...]] = {}
    only: Part | None = None


@pytest.mark.parametrize(
    ("line", "what", "cure"),
    [
        (
            "wihtin: 3",
            "parts.one.deploy.wihtin: no such setting",
            "did you mean within? known here: name, within, side",
        ),
        ("zzzz: 3", "parts.one.deploy.zzzz: no such setting", "leave it out; known here: name, within"),
        ("within: many", "parts.one.deploy.within: should be a valid integer, not 'many'", "write a whole number"),
        ("within: -1", "parts.one.deploy.within: should be greater than or equal to 0, not -1", "within that bound"),
        (
            "side: above",
            "parts.one.deploy.side: should be 'before' or 'after', not 'above'",
            "one of 'before' or 'after'",
        ),
        ("certain: perhaps", "parts.one.deploy.certain: should be a valid boolean, not 'perhaps'", "true or false"),
        ("words: []", "parts.one.deploy.words: should have at least 1 item", "at least one"),
        ("words: {a: b}", "parts.one.deploy.words: should be a list", "write a list"),
        ("since: soon", "parts.one.deploy.since: should be a valid date", "such as 2026-11-20"),
    ],
)
def test_what_a_model_refuses_is_told_for_people(tmp_path: Path, line: str, what: str, cure: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f"parts:\n  one:\n    - name: other\n    - name: deploy\n      {line}\n", encoding="utf-8")
    with pytest.raises(RulesError) as raised:
        read(path, Whole)
    (fault,) = raised.value.faults
    assert fault.line == 5
    assert what in fault.what
    assert cure in fault.cure
    assert "Extra inputs" not in str(fault)


def test_a_setting_below_one_that_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("only: {wihtin: 3}\nprats: {}\n", encoding="utf-8")
    with pytest.raises(RulesError) as raised:
        read(path, Whole)
    nested, top = raised.value.faults
    assert (nested.what, top.what) == ("only.wihtin: no such setting", "prats: no such setting")
    assert nested.cure.startswith("did you mean within?")
    assert top.cure == "did you mean parts? known here: parts, only"


def test_a_pattern_with_a_misspelt_setting_is_told_by_its_name(tmp_path: Path) -> None:
    directory = tmp_path / "rules"
    shutil.copytree(RULES, directory)
    path = directory / "themes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("- name: deploy-forces\n", "- name: deploy-forces\n        wihtin: 3\n", 1), encoding="utf-8"
    )
    with pytest.raises(RulesError) as raised:
        themes.load(directory)
    (fault,) = raised.value.faults
    assert fault.what == "themes.troop-deployment.patterns.deploy-forces.wihtin: no such setting"
    assert fault.cure.startswith("did you mean within? known here: name, action, object, also, without, subject")
