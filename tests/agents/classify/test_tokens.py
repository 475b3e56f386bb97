"""Tokens: what a title is looked up by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.classify.tokens import Case, Gap, _tokenise_any, fold, tokenise


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("U.S. and U.K. talk", ["us", "and", "uk", "talk"]),
        ("Kim's 5,000 troops", ["kim", "5,000", "troops"]),
        ("Putin’s plan", ["putin", "plan"]),
        ("N.Korea fires", ["n", "korea", "fires"]),
        ("Erdoğan in Łódź", ["erdogan", "in", "lodz"]),
        ("can't won't", ["can't", "won't"]),
        ("F-16s and M23", ["f", "16", "s", "and", "m23"]),
    ],
)
def test_words(title: str, words: list[str]) -> None:
    assert tokenise(title).words == words


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Russia sends troops to border", Case.SENTENCE),
        ("Russia Sends Troops To The Border", Case.TITLE),
        ("RUSSIA SENDS TROOPS TO BORDER", Case.UPPER),
        ("RUSSIA SENDS TROOPS to BORDER - Lavrov", Case.UPPER),
        ("russia sends troops to border", Case.LOWER),
    ],
)
def test_case(title: str, case: Case) -> None:
    assert tokenise(title).case is case


def test_gaps_divide_clauses() -> None:
    tokens = tokenise("Kyiv: drones, missiles - Dr. Who? No. Yes")
    told = dict(zip(tokens.words, tokens.gaps, strict=True))
    assert told["drones"] == Gap.BREAK
    assert told["missiles"] == Gap.SOFT
    assert told["dr"] == Gap.BREAK
    assert told["who"] == Gap.NONE
    assert told["yes"] == Gap.BREAK
    assert tokens.questions == (5,)


@given(st.text(max_size=400))
def test_spans_lie_in_the_title_in_order(title: str) -> None:
    tokens = tokenise(title)
    last = 0
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert last <= start < end <= len(title)
        assert word
        last = end


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_folding_is_idempotent(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(st.text("aB.'-?,:;!([\"/= 19$%&\t", max_size=20))
def test_the_short_way_through_a_plain_title_gives_what_the_long_one_gives(title: str) -> None:
    assert tokenise(title) == _tokenise_any(title)
