"""Words that mix scripts are read in Latin letters; words of one script never are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.classify.lookalikes import latin, mixed
from agents.classify.tokens import tokenise


@pytest.mark.parametrize(
    ("title", "words", "flagged"),
    [
        ("Ruѕѕia", ["russia"], True),
        ("РOLISH army", ["polish", "army"], True),
        ("Ιran fires", ["iran", "fires"], True),
        ("Russia, Россия", ["russia", "россия"], False),
        ("сор", ["сор"], False),
        ("Łódź and Erdoğan", ["lodz", "and", "erdogan"], False),
        ("βeta жiгa", ["βeta", "жiгa"], False),
        ("US-Россия", ["us", "россия"], False),
        ("plain", ["plain"], False),
    ],
)
def test_only_words_that_mix_scripts(title: str, words: list[str], flagged: bool) -> None:
    assert tokenise(title).words == words
    assert mixed(title) is flagged


@given(st.text(alphabet="abxyаехуνο ж'-", max_size=40))
def test_a_word_keeps_its_length_and_is_latin_or_as_it_was(text: str) -> None:
    word = latin(text)
    assert len(word) == len(text)
    assert word == text or word.isascii()
    assert latin(word) == word
