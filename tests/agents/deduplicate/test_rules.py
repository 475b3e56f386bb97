"""The shipped rules can be used, and a fault in them is refused with its line."""

import shutil
from pathlib import Path

import pytest

from agents.deduplicate.rules import PATH, load_rules
from agents.deduplicate.words import Lexicon, Lists, lexicon
from agents.faults import RulesError

DICTIONARY = PATH.with_name("deduplicate_words.yaml")
OPPOSITES = PATH.with_name("deduplicate_opposites.yaml")


def test_the_shipped_rules() -> None:
    rules = load_rules()
    assert rules.threshold == 0.65
    assert "the" in rules.stop_words


def test_a_setting_can_be_overridden() -> None:
    assert load_rules(overrides={"threshold": 0.8}).threshold == 0.8


@pytest.mark.parametrize(
    ("find", "replace", "told"),
    [
        ("threshold: 0.65", "threshold: 0.1", "threshold"),
        ("threshold: 0.65", "treshold: 0.65", "no such setting"),
        ("min_tokens: 3", "min_tokens: none", "min_tokens"),
        ("these: export, those: import", "these: export", "those"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, find: str, replace: str, told: str) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert find in text
    broken = tmp_path / "deduplicate.yaml"
    broken.write_text(text.replace(find, replace), encoding="utf-8")
    shutil.copy(DICTIONARY, tmp_path)
    shutil.copy(OPPOSITES, tmp_path)
    line = text[: text.index(find)].count("\n") + 1
    with pytest.raises(RulesError) as caught:
        load_rules(broken)
    assert any(told in str(fault) and fault.line in (line, line - 1, 1) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("content", "told"), [("words: a b", "dictionary"), ("dictionary: ''", "dictionary"), (None, "read")]
)
def test_a_fault_of_the_dictionary_is_told(tmp_path: Path, content: str | None, told: str) -> None:
    copy = Path(shutil.copy(PATH, tmp_path))
    if content is not None:
        (tmp_path / DICTIONARY.name).write_text(content, encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_rules(copy)
    assert any(fault.file == DICTIONARY.name and told in str(fault) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("pairs: open close", "'open close' is no pair"),
        ("pairs: a / b / c", "no pair"),
        ("words: a / b", "pairs"),
        (None, "read"),
    ],
)
def test_a_fault_of_the_opposites_is_told(tmp_path: Path, content: str | None, told: str) -> None:
    copy = Path(shutil.copy(PATH, tmp_path))
    shutil.copy(DICTIONARY, tmp_path)
    if content is not None:
        (tmp_path / OPPOSITES.name).write_text(content, encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_rules(copy)
    assert any(fault.file == OPPOSITES.name and told in str(fault) for fault in caught.value.faults)


def test_opposites_come_from_both_files_and_go_both_ways() -> None:
    opposites = lexicon(load_rules(overrides={"opposites": [{"these": "open", "those": "sealed"}]})).facts.opposites
    assert "seal" in opposites["open"]
    assert "open" in opposites["seal"]
    assert "sold" in opposites["bought"]


def test_common_words_come_from_both_files_in_any_inflection() -> None:
    words = lexicon(load_rules(overrides={"common_words": "zeppelin", "dictionary": "ability"})).words
    assert [words(word)[0].common for word in ("Zeppelins", "Abilities", "Olenko")] == [True, True, False]


def test_lanes_with_equal_rules_share_a_lexicon() -> None:
    assert lexicon(load_rules()) is lexicon(load_rules())
    assert lexicon(load_rules()) is not lexicon(load_rules(overrides={"negations": "nope"}))


def test_no_word_is_its_own_opposite() -> None:
    opposites = lexicon(load_rules()).facts.opposites
    assert [word for word, others in opposites.items() if word in others] == []


def test_the_memo_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.deduplicate.words.MEMO", 10)
    fresh = Lexicon(Lists.of(load_rules()))
    for number in range(100):
        assert fresh.words(f"convoy{number}")
    assert len(fresh.memo) <= 10
