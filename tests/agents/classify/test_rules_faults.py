"""A fault in the rules is refused at start, with file, line and cure."""

import shutil
from pathlib import Path

import pytest

from agents.classify import gazetteer, themes
from agents.classify.publishers import Publishers
from agents.classify.reader import RULES, Reader
from agents.faults import RulesError, read_lines

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
