"""Settings: all in the file, faults told with their line, single ones overridden."""

from pathlib import Path

import pytest

from agents.detect.rules import PATH, DetectRules, load_rules
from agents.faults import RulesError


def test_what_ships_is_complete(rules: DetectRules) -> None:
    assert (rules.min_unique, rules.min_publishers, rules.learning_days) == (5, 2, 7)


def test_overridden() -> None:
    assert load_rules(overrides={"min_unique": 3}).min_unique == 3
    with pytest.raises(RulesError, match="min_unique"):
        load_rules(overrides={"min_unique": 0})


@pytest.mark.parametrize(
    ("wrong", "what"),
    [("alpha: 2", "alpha"), ("alpha: often", "alpha"), ("alpa: 0.1", "alpa"), ("half_life_days: -1", "half_life_days")],
)
def test_faults_have_a_line(tmp_path: Path, wrong: str, what: str) -> None:
    name = wrong.partition(":")[0]
    kept = [line for line in PATH.read_text().splitlines() if not line.startswith(f"{name}:")]
    path = tmp_path / "detect.yaml"
    path.write_text("\n".join([*kept, wrong]))
    with pytest.raises(RulesError) as error:
        load_rules(path)
    assert any(fault.line == len(kept) + 1 and what in fault.what for fault in error.value.faults)


def test_a_missing_number_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "detect.yaml"
    path.write_text("\n".join(line for line in PATH.read_text().splitlines() if not line.startswith("alpha:")))
    with pytest.raises(RulesError, match="alpha"):
        load_rules(path)
