"""Which countries a title concerns: golden cases, and that evidence can be followed to the title."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.classify.gazetteer import SUBREGIONS
from agents.classify.reader import Reader
from tests.agents.classify.conftest import ms

HARD = Path(__file__).parents[2] / "evaluate" / "hard_places.yaml"
CASES = yaml.safe_load((Path(__file__).parent / "golden" / "places.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_golden(reader: Reader, case: dict[str, Any]) -> None:
    reading = reader.read(case["title"], ms(str(case.get("on", "2026-03-01"))))
    assert [place.code for place in reading.places] == case["places"]
    if "organisations" in case:
        assert list(reading.organisations) == case["organisations"]


def test_the_hard_list_is_read_right_but_for_a_few(reader: Reader) -> None:
    """The list was written before the rules were fitted to its kinds; one in fifty may be wrong."""
    kinds = yaml.safe_load(HARD.read_text(encoding="utf-8"))
    wrong = []
    cases = [case for kind in kinds.values() for case in kind]
    for case in cases:
        found = {place.code for place in reader.read(case["title"], ms(str(case.get("date", "2025-09-01")))).places}
        if found != set(case["places"]):
            wrong.append(f"{case['title']}: {sorted(found)}")
    assert len(wrong) <= len(cases) // 50, "\n".join(wrong)


def test_a_sense_may_ask_which_countries_the_rest_of_the_title_names(reader: Reader) -> None:
    for title, codes in (
        ("Senate passes budget", ["US"]),
        ("Senate in Nigeria passes budget", ["NG"]),
        ("House of Commons backs Canada's budget", ["CA"]),
        ("House of Commons backs budget", ["GB"]),
    ):
        assert [place.code for place in reader.read(title, ms("2026-03-01")).places] == codes


def test_a_lost_apostrophe_and_a_lost_capital_do_not_hide_a_country(reader: Reader) -> None:
    for title, codes in (
        ("Pakistans army shells village near the border", ["PK"]),
        ("Protesters in libya drive through town", ["LY"]),
        ("Hugo Chvez lands in Chinas capital", ["VE", "CN"]),
        ("This is land that males will land on", []),
        ("Buy this turkey for your dinner", []),
    ):
        assert [place.code for place in reader.read(title, ms("2012-03-01")).places] == codes


def test_evidence_names_the_rule_and_the_span(reader: Reader) -> None:
    title = "Kremlin: Putin’s envoy leaves Kyiv"
    reading = reader.read(title, ms("2026-03-01"))
    told = {place.code: [(proof.words, proof.rule) for proof in place.evidence] for place in reading.places}
    assert told == {"RU": [("Kremlin", "seat"), ("Putin", "leader")], "UA": [("Kyiv", "capital")]}
    for place in reading.places:
        for proof in place.evidence:
            assert title[proof.start : proof.end] == proof.words


def test_every_country_has_one_of_the_22_subregions(reader: Reader) -> None:
    assert set(reader.subregions.values()) == SUBREGIONS
    assert reader.subregions["KP"] == "030"
    assert reader.subregions["XK"] == "039"
    assert reader.subregions["TW"] == "030"
    assert len(reader.subregions) >= 249


def test_countries_are_known_by_their_short_names(reader: Reader) -> None:
    for name, code in (("Eswatini", "SZ"), ("Cabo Verde", "CV"), ("Türkiye", "TR"), ("Ivory Coast", "CI")):
        assert [place.code for place in reader.read(f"Vote in {name} delayed", 0).places] == [code]


def test_refused_names_are_told(reader: Reader) -> None:
    refused = reader.rejected("Michael Jordan visits us, Manchester United", ms("2026-03-01"))
    told = {item.words: (item.start, item.why) for item in refused}
    assert told["Michael Jordan"] == (0, "known to be no place")
    assert told["Manchester United"] == (26, "known to be no place")
