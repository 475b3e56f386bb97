"""The examples that stand beside the patterns, and what a theme must tell."""

from pathlib import Path

import pytest

from agents.classify import themes
from agents.classify.reader import RULES, Reader
from tests.agents.classify.conftest import ms

THIRTY = {
    "troop-deployment",
    "mobilisation",
    "military-exercise",
    "troop-withdrawal",
    "missile-launch",
    "nuclear",
    "cbrn",
    "arms-transfer",
    "air-strike",
    "shelling",
    "armed-clash",
    "invasion",
    "naval-incident",
    "airspace-violation",
    "terror-attack",
    "hostage",
    "assassination",
    "sanctions",
    "blockade",
    "ultimatum",
    "espionage",
    "cyber-attack",
    "sabotage",
    "coup",
    "martial-law",
    "unrest",
    "defence-pact",
    "ceasefire",
    "peacekeeping",
    "evacuation",
}
RULES_READ = themes.load(Path(RULES)).rules
COUNTED = [(theme, title) for theme, rule in RULES_READ.items() for title in rule.examples]
NOT_COUNTED = [(theme, title, why) for theme, rule in RULES_READ.items() for title, why in rule.not_counted.items()]
ABSENT = [(theme, title) for theme, rule in RULES_READ.items() for title in rule.absent]
AT = ms("2026-03-01")


@pytest.mark.parametrize(("theme", "title"), COUNTED)
def test_example_counts(reader: Reader, theme: str, title: str) -> None:
    assert theme in {item.theme for item in reader.read(title, AT).themes if item.counted}


@pytest.mark.parametrize(("theme", "title", "why"), NOT_COUNTED)
def test_example_does_not_count(reader: Reader, theme: str, title: str, why: str) -> None:
    found = {item.theme: (item.counted, item.reason) for item in reader.read(title, AT).themes}
    assert found[theme] == (False, why)


@pytest.mark.parametrize(("theme", "title"), ABSENT)
def test_example_is_absent(reader: Reader, theme: str, title: str) -> None:
    assert theme not in {item.theme for item in reader.read(title, AT).themes}


def test_the_thirty_themes_have_codes_directions_and_examples(reader: Reader) -> None:
    assert set(reader.directions) == THIRTY
    assert set(reader.directions.values()) == {"escalatory", "de-escalatory", "neutral"}
    for theme, rule in RULES_READ.items():
        assert "CAMEO" in rule.code, theme
        assert "PLOVER" in rule.code, theme
        assert rule.examples, theme
        assert rule.absent, theme


def test_a_theme_shows_its_words(reader: Reader) -> None:
    title = "Troops are being deployed near Narva"
    (theme,) = reader.read(title, AT).themes
    assert theme.theme == "troop-deployment"
    assert [proof.words for proof in theme.evidence] == ["Troops", "deployed"]
    assert {proof.rule for proof in theme.evidence} == {"deploy-forces"}
    assert [title[proof.start : proof.end] for proof in theme.evidence] == ["Troops", "deployed"]


def test_several_themes_in_order_of_appearance(reader: Reader) -> None:
    reading = reader.read("Ceasefire in Goma fails as rebels shell town and UN evacuates staff", AT)
    starts = [theme.evidence[0].start for theme in reading.themes]
    assert len(starts) >= 2
    assert starts == sorted(starts)


def test_one_counted_mention_is_enough(reader: Reader) -> None:
    title = "Iran fires missiles at base; more missile launches possible"
    found = {item.theme: item.counted for item in reader.read(title, AT).themes}
    assert found["missile-launch"]


@pytest.mark.parametrize(
    "title",
    [
        "Dolphins blitz Jets with late touchdown",
        "Superhero film bombs at box office in China",
        "Striker fires hat-trick to sink United in Premier League derby",
        "New Call of Duty lets players invade Iran",
        "Immune cells attack cancer, French team finds",
    ],
)
def test_warlike_words_elsewhere_do_not_count(reader: Reader, title: str) -> None:
    assert not [item for item in reader.read(title, AT).themes if item.counted]
