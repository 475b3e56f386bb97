"""The index of phrases: what may begin at a word of a title, longest first."""

from hypothesis import given
from hypothesis import strategies as st

from agents.classify.phrases import by_first

PHRASES = {"air": 1, "air force": 2, "air force base": 3, "air raid": 4, "no fly zone": 5}


def test_the_longest_phrase_comes_first_and_the_single_word_last() -> None:
    start = by_first(PHRASES)["air"]
    assert [phrase.meaning for phrase in start.seconds["force"]] == [3, 2, 1]
    assert [phrase.meaning for phrase in start.seconds["raid"]] == [4, 1]
    assert [phrase.meaning for phrase in start.alone] == [1]


def test_a_word_that_only_begins_phrases_is_none_by_itself() -> None:
    start = by_first(PHRASES)["no"]
    assert start.alone == ()
    assert [(phrase.size, phrase.rest) for phrase in start.seconds["fly"]] == [(3, ["zone"])]


@given(st.sets(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(" ".join)))
def test_every_phrase_is_found_by_its_words(phrases: set[str]) -> None:
    index = by_first({phrase: phrase for phrase in phrases})
    found = {
        " ".join([first, *([second, *phrase.rest] if phrase.size > 1 else [])])
        for first, start in index.items()
        for second, listed in (("", start.alone), *start.seconds.items())
        for phrase in listed
    }
    assert found == phrases
