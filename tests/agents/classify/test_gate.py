"""The gate before the patterns never keeps out a title in which one holds, and keeps out most that hold none."""

import yaml

from agents.classify import patterns, places
from agents.classify.gate import may_hold
from agents.classify.reader import RULES, Reader
from agents.classify.themes import THEMES, load
from agents.classify.tokens import tokenise

AT = 1_756_000_000_000


def _examples() -> list[str]:
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)
        elif isinstance(value, str) and " " in value:
            found.append(value)

    walk(yaml.safe_load((RULES / THEMES).read_text(encoding="utf-8")))
    return found


def test_it_lets_in_whatever_holds_a_pattern(reader: Reader) -> None:
    lexicon = load(RULES).lexicon
    holding = 0
    for title in _examples():
        tokens = tokenise(title)
        hits = places.find(reader._gazetteer, tokens, AT)
        if patterns.match(lexicon, patterns.collect(lexicon, tokens, hits)):
            holding += 1
            assert may_hold(lexicon.gate, tokens.words, hits), title
    assert holding > 300


def test_it_keeps_out_titles_without_an_action_and_its_object() -> None:
    gate = load(RULES).lexicon.gate
    for title in (
        "Central bank raises rates for third time this year",
        "Prime minister names new finance chief",
        "Five things to know about the new phone",
    ):
        tokens = tokenise(title)
        assert not may_hold(gate, tokens.words, ())
