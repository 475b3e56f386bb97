"""The rules: all faults at once and before anything runs; a version that changes with whatever decides."""

import shutil
from functools import cache
from pathlib import Path

import pytest

from agents.classify.lanes import Lanes
from agents.classify.reader import RULES, Reader
from agents.faults import RulesError
from agents.rulebook import Rulebook, strays, version_of

_load_reader = Reader.load


@pytest.fixture(autouse=True)
def names_and_patterns_of_the_package_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "load", lambda where: _reader() if where == RULES else _load_reader(where))


@cache
def _reader() -> Reader:
    return _load_reader(RULES)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(RULES, tmp_path / "rules")
    return tmp_path / "rules"


def faults(directory: Path | None = None, *overrides: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        Rulebook.load(directory, overrides)
    return [str(fault) for fault in caught.value.faults]


def test_the_rules_of_the_package() -> None:
    book = Rulebook.load()
    assert book.lanes.count == 4
    assert len(book.version) == 12
    assert int(book.version, 16)
    assert version_of(RULES, {}) == book.version


def test_every_subregion_that_the_gazetteer_knows_has_a_lane() -> None:
    book = Rulebook.load()
    assert {book.lanes.lane_of(subregion) for subregion in book.reader.subregions.values()} == {0, 1, 2, 3}
    assert sum(len(book.lanes.subregions(lane)) for lane in range(4)) == 22


def test_another_release_decides_under_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = version_of(RULES, {})
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9999.1")
    assert version_of(RULES, {}) != before


def test_the_version_changes_with_each_file(directory: Path) -> None:
    version = version_of(directory, {})
    seen = {version}
    for path in sorted(directory.glob("*.yaml")):
        before = path.read_bytes()
        path.write_bytes(before + b"\n# looked at again\n")
        seen.add(version_of(directory, {}))
        path.write_bytes(before)
    assert len(seen) == 1 + len(list(directory.glob("*.yaml")))
    assert version_of(directory, {}) == version


def test_bytes_cannot_move_from_file_to_file_unseen(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"x: 1\n")
    (tmp_path / "b.yaml").write_bytes(b"y: 1\n")
    version = version_of(tmp_path, {})
    (tmp_path / "a.yaml").write_bytes(b"x: 1\ny: 1\n")
    (tmp_path / "b.yaml").write_bytes(b"")
    assert version_of(tmp_path, {}) != version


def test_the_version_changes_with_overrides_but_not_with_their_order() -> None:
    assert Rulebook.load(overrides=["detect.min_unique=3"]).version != version_of(RULES, {})
    both = {"detect.min_unique": 3, "deduplicate.threshold": 0.7}
    assert version_of(RULES, both) == version_of(RULES, dict(reversed(both.items())))


def test_an_override_counts_and_the_last_of_a_key_wins() -> None:
    book = Rulebook.load(overrides=["detect.min_unique=9", "detect.alpha=1e-3", "detect.min_unique=3"])
    assert (book.detect.min_unique, book.detect.alpha) == (3, 0.001)
    assert book.detect.min_publishers == Rulebook.load().detect.min_publishers


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("detect.min_uniq=3", "detect.min_unique"),
        ("detection.alpha=1", "detect.alpha"),
        ("min_unique=3", "detect.min_unique"),
        ("dedup.threshold=0.5", "deduplicate.threshold"),
        ("detect.min_unique", "write it as detect.min_unique=3"),
        ("detect.min_unique=[", "not YAML"),
        ("detect.min_unique=many", "min_unique"),
        ("detect.min_unique=0", "greater than or equal to 1"),
    ],
)
def test_an_override_that_cannot_be_is_told_with_what_could(override: str, told: str) -> None:
    (fault,) = faults(None, override)
    assert fault.startswith("--set or TOCSIN_SET, ")
    assert override in fault
    assert told in fault


def test_a_directory_without_rules_is_named_once(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path)
    assert str(tmp_path) in fault
    assert "TOCSIN_RULES" in fault


def test_all_faults_at_once(directory: Path) -> None:
    (directory / "lanes.yaml").write_text('lanes:\n  - ["021", "021", "999"]\n')
    (directory / "detect.yaml").write_text("min_unique: many\n")
    (directory / "publishers.yaml").unlink()
    told = faults(directory, "detect.x=1")
    assert {fault.split(":")[0] for fault in told} == {
        "--set or TOCSIN_SET, detect.x=1",
        "lanes.yaml",
        "detect.yaml",
        "publishers.yaml",
    }


def test_a_fault_of_the_file_is_told_as_the_files_own(directory: Path) -> None:
    text = (directory / "detect.yaml").read_text()
    (directory / "detect.yaml").write_text(text + "min_uniq: 3\n")
    (fault,) = faults(directory, "detect.alpha=0.01")
    assert fault.startswith(f"detect.yaml:{len(text.splitlines()) + 1}: min_uniq")


def test_no_such_directory(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path / "none")
    assert "no such directory" in fault


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("lanes: 5\n", 1, "no list of lanes"),
        ("lanes:\n  - []\n", 1, "no list of lanes"),
        ("lanes:\n  - ['021']\n  - ['029', '021']\n", 3, "021 stands in two lanes (keep one; the first is in line 2)"),
        ("lanes:\n  - ['021', '999']\n", 2, "999 is no M49 subregion"),
        ("lanes:\n  - ['021']\n", 1, "missing: 005 (South America), 011 (Western Africa)"),
        ("lanes:\n  - ['029']\nlane: 1\n", 1, "unknown setting lane"),
        ("lanes:\n  - [021]\n", 2, "17 is not a string"),
    ],
)
def test_faults_of_the_table_of_lanes(tmp_path: Path, text: str, line: int, told: str) -> None:
    (tmp_path / "lanes.yaml").write_text(text)
    with pytest.raises(RulesError) as caught:
        Lanes.load(tmp_path / "lanes.yaml")
    assert any(str(fault).startswith(f"lanes.yaml:{line}: ") and told in str(fault) for fault in caught.value.faults)


def test_every_file_of_the_package_is_read_and_a_strange_one_refused(directory: Path) -> None:
    assert strays(RULES) == []
    (directory / "lane.yaml").write_text("x: 1\n")
    (told,) = faults(directory)
    assert "lane.yaml:0: nothing reads this file (did you mean lanes.yaml?" in told
