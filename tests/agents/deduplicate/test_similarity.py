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
        ("dozens dead, thousands flee", {"dozens", "thousands"}),
        ("a million flee", {"million"}),
        ("half of it, twice", {"0.5", "2"}),
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


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("Minister won’t resign", 1),
        ("Minister denies it", 1),
        ("Minister refuses to deny it is not so", 3),
        ("Minister hardly resigns", 1),
        ("Minister resigns after hard talks", 0),
        ("Parliament wants it", 0),
    ],
)
def test_negations_are_counted(title: str, count: int) -> None:
    assert READER.read(row(title)).negations == count


def test_the_sequence_has_countries_and_numbers_in_their_place() -> None:
    read = READER.read(row("Two French ships near Sudan", {"FR": "French", "SD": "Sudan"}))
    assert read.sequence == ("#2", "@FR", "ship", "near", "@SD")
    assert read.tokens == set(read.sequence)


def test_a_number_told_twice_is_told_once_more() -> None:
    assert READER.read(row("6 dead, 6 hurt")).numbers == {"6", "6+0", "6+1"}
    assert READER.read(row("6 dead, 7 hurt")).numbers == {"6", "7"}


def test_words_that_prove_a_country_are_names_where_capitals_say_nothing() -> None:
    read = READER.read(row("Blast Heard Near Golden Gate", {"US": "Golden Gate"}, rules={"US": "city"}))
    assert read.homes == {"golden": "US", "gate": "US"}
    assert read.names == {"golden", "gate"}


def test_alike_is_a_fraction() -> None:
    assert alike(frozenset("abc"), frozenset("bcd")) == (2, 4)


def test_any_text_can_be_read() -> None:
    for title in ("", " ", "¦", "¦ ¦", "...", "東京で地震", "½ of it", "²", "a'b’c", "12..5,,6", "1,", "٣ جنود"):
        READER.read(row(title))
