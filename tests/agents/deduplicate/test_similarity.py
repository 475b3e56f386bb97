"""What is read out of a headline."""

import pytest

from agents.deduplicate.rules import load_rules
from agents.deduplicate.similarity import Reader, alike
from tests.agents.deduplicate.rows import row

READER = Reader(load_rules())


def test_words_become_stems_numbers_one_form_and_countries_their_code() -> None:
    read = READER.read(row("Three French Navy Ships Entering the Port, France says", {"FR": "French"}))
    assert read.tokens == {"#3", "@FR", "navi", "ship", "enter", "port", "franc", "say"}
    assert read.places == {"FR"}


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("the 12th package", {"12"}),
        ("the twelfth package", {"12"}),
        ("5,000 shells", {"5000"}),
        ("$1.5bn and €2 million", {"1500000000", "2000000"}),
        ("two hundred drones, 3", {"200", "3"}),
        ("two three million", {"2", "3000000"}),
        ("F16s and a 105mm gun", {"f16s", "105mm"}),
        ("version 1.2.3", {"1.2.3"}),
        ("a 23-year-old", {"23"}),
        ("40%", {"40"}),
        ("ends with seven", {"7"}),
        ("no numeral", set()),
    ],
)
def test_numbers(title: str, numbers: set[str]) -> None:
    assert READER.read(row(title)).numbers == numbers


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Envoy meets General Tarkov at the harbour", {"general", "tarkov"}),
        ("Envoy Meets General Tarkov at the Harbour", {"tarkov"}),
        ("Tarkov: Envoy must leave", {"tarkov"}),
        ("envoy meets tarkov", set()),
        ("ENVOY MEETS TARKOV AT HARBOUR", {"tarkov"}),
        ("O'Brannagh's envoy returns home tonight", {"obrannagh"}),
        ("Envoy returns on Monday", set()),
    ],
)
def test_names_are_capitals_that_say_something(title: str, names: set[str]) -> None:
    assert READER.read(row(title)).names == names


def test_a_city_remains_a_word_of_its_own() -> None:
    read = READER.read(row("Blast heard in Marseille", {"FR": "Marseille"}, rules={"FR": "city"}))
    assert "marseill" in read.tokens
    assert "@FR" not in read.tokens
    assert read.places == {"FR"}


def test_countries_stand_in_the_order_of_the_title() -> None:
    assert READER.read(row("France hosts Italy", {"IT": "Italy", "FR": "France"})).order == ("FR", "IT")


def test_initials_with_and_without_dots_are_one_word() -> None:
    assert READER.read(row("U.S. fleet sails")).tokens == READER.read(row("US fleet sails")).tokens


def test_only_themes_that_count_are_read() -> None:
    assert READER.read(row("a", themes=("sanctions",), uncounted=("coup",))).themes == {"sanctions"}


def test_negation() -> None:
    assert READER.read(row("Minister won’t resign")).negated
    assert READER.read(row("Minister denies it")).negated
    assert not READER.read(row("Minister resigns")).negated
    assert not READER.read(row("Parliament wants it")).negated


def test_alike_is_a_fraction() -> None:
    assert alike(frozenset("abc"), frozenset("bcd")) == (2, 4)


def test_any_text_can_be_read() -> None:
    for title in ("", " ", "¦", "¦ ¦", "...", "東京で地震", "½ of it", "²", "a'b’c", "12..5,,6", "1,", "٣ جنود"):
        READER.read(row(title))
