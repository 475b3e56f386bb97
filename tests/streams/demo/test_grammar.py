"""How lines become headlines."""

from datetime import UTC, datetime
from random import Random

import pytest

from streams.demo.wire.grammar import draw, phrase

FRIDAY = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "facts", "spelt", "said"),
    [
        ("{n} dead", {"n": 3}, False, "Three dead"),
        ("at least {n} dead", {"n": 3}, False, "At least 3 dead"),
        ("at least {n} dead", {"n": 3}, True, "At least three dead"),
        ("{n}% rise", {"n": 3}, True, "3% rise"),
        ("quake {n} km away", {"n": 3}, True, "Quake 3 km away"),
        ("{n},000 flee", {"n": 3}, True, "3,000 flee"),
        ("{n} flee", {"n": 12500}, True, "12,500 flee"),
        ("{n:body|bodies} found", {"n": 1}, True, "One body found"),
        ("{n:body|bodies} found", {"n": 2}, True, "Two bodies found"),
        ("{sector.cap} lead", {"sector": "banks"}, True, "Banks lead"),
        ("{c}'s king", {"c": "Netherlands"}, True, "Netherlands' king"),
        ("a {c} court", {"c": "Austrian"}, True, "An Austrian court"),
        ("a {c} court", {"c": "Ukrainian"}, True, "A Ukrainian court"),
        ("polls open {day+2}", {}, True, "Polls open Sunday"),
        ("[same|same]  again", {}, True, "Same again"),
    ],
)
def test_phrases(text: str, facts: dict[str, int | str], spelt: bool, said: str) -> None:
    assert phrase(text, facts, FRIDAY, Random(1), spelt=spelt) == said


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        phrase("{nothing}", {}, FRIDAY, Random(1), spelt=True)


@pytest.mark.parametrize("seed", range(20))
def test_draws_stay_in_their_range(seed: int) -> None:
    random = Random(seed)
    assert 3 <= int(draw("3..5", {}, random)) <= 5
    assert draw("50..90/20", {}, random) in (50, 70, 90)
    assert draw("1.0..1.2/0.1", {}, random) in ("1.0", "1.1", "1.2")
    assert draw("4.25..5/0.25", {}, random) in ("4.25", "4.5", "4.75", "5")
    assert draw("toll+2..3", {"toll": 7}, random) in (9, 10)
    assert draw(["one", "two"], {}, random) in ("one", "two")
    assert draw("word", {}, random) == "word"
