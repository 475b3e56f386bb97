"""The index finds every text that is alike enough, whatever else it holds and whatever was taken out of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.deduplicate.candidates import Index
from agents.deduplicate.similarity import Reading
from tests.agents.deduplicate.rows import row
from tests.agents.deduplicate.test_similarity import READER

EMPTY = READER.read(row(""))


def reading(tokens: frozenset[str], places: frozenset[str]) -> Reading:
    return EMPTY._replace(tokens=tokens, sequence=(*sorted(tokens), *sorted(tokens)[:1]), places=places)


# Few tokens with very different frequencies, so that sets overlap and the rarest tokens differ.
READINGS = st.builds(
    reading,
    tokens=st.frozensets(st.sampled_from("aaaabbbccdefghijkl"), max_size=9),
    places=st.frozensets(st.sampled_from(["FR", "DE", "IT"]), max_size=2),
)


@settings(max_examples=500)
@given(
    st.lists(READINGS, max_size=25),
    st.sets(st.integers(0, 24)),
    READINGS,
    st.sampled_from([0.35, 0.5, 0.6, 0.65, 2 / 3, 0.8, 1.0]),
    st.integers(1, 4),
)
def test_it_finds_what_comparing_with_all_finds(
    held: list[Reading], gone: set[int], new: Reading, threshold: float, least: int
) -> None:
    index: Index[int] = Index(threshold, least, 25)
    for number, text in enumerate(held):
        index.add(number, text)
    for number in gone:
        index.discard(number)
    parts = round(threshold * 1000)
    expected = {
        number
        for number, text in enumerate(held)
        if number not in gone
        and text.places & new.places
        and min(len(text.tokens), len(new.tokens)) >= least
        and 1000 * len(text.tokens & new.tokens) >= parts * len(text.tokens | new.tokens)
    }
    found = index.near(new)
    assert {item for _, item, _ in found} == expected
    assert all(near == held[item] for _, item, near in found)


@given(st.lists(READINGS, max_size=10))
def test_nothing_is_left_of_what_was_taken_out(held: list[Reading]) -> None:
    index: Index[int] = Index(0.6, 1, 64)
    for number, text in enumerate(held):
        index.add(number, text)
    for number in range(len(held)):
        index.discard(number)
    assert len(index) == 0
    assert not index._lists


@settings(max_examples=300)
@given(
    st.lists(READINGS, max_size=20),
    st.lists(
        st.tuples(st.sampled_from(["add", "discard", "refresh", "near"]), st.integers(0, 24), READINGS), max_size=12
    ),
    st.integers(1, 4),
)
def test_what_was_postponed_is_found_as_if_it_had_been_taken_in_at_once(
    held: list[Reading], more: list[tuple[str, int, Reading]], latest: int
) -> None:
    at_once: Index[int] = Index(0.5, 2, latest)
    later: Index[int] = Index(0.5, 2, latest)
    for number, text in enumerate(held):
        at_once.add(number, text)
        later.postpone(number, text.places, lambda text=text: text)  # type: ignore[misc]
    known = set(range(len(held)))
    for what, number, text in more:
        if what == "near":
            assert sorted(later.near(text)) == sorted(at_once.near(text))
        elif what == "add" and number not in known:
            known.add(number)
            at_once.add(number, text)
            later.add(number, text)
        elif what == "discard":
            at_once.discard(number)
            later.discard(number)
        elif what == "refresh" and number >= len(held):
            # A text that was postponed is taken out and added anew instead.
            at_once.refresh(number)
            later.refresh(number)
    for code in ("FR", "DE", "IT"):
        text = reading(frozenset("abc"), frozenset([code]))
        assert sorted(later.near(text)) == sorted(at_once.near(text))
    assert _listed(later) == _listed(at_once)


def _listed(index: Index[int]) -> dict[str, dict[str, list[int]]]:
    """The lists as items, as numbers may have gaps."""
    return {
        code: {token: [index._texts[number][0] for number in found] for token, found in lists.items()}
        for code, lists in index._lists.items()
    }


@settings(max_examples=300)
@given(st.lists(READINGS, max_size=40), st.integers(0, 40), READINGS, st.integers(1, 4))
def test_what_expired_is_as_if_it_had_never_been(held: list[Reading], expired: int, new: Reading, latest: int) -> None:
    whole: Index[int] = Index(0.5, 2, latest)
    rest: Index[int] = Index(0.5, 2, latest)
    for number, text in enumerate(held):
        whole.add(number, text)
        if number >= expired:
            rest.add(number, text)
    for number in range(min(expired, len(held))):
        whole.expire(number)
    assert sorted(whole.near(new)) == sorted(rest.near(new))
    assert len(whole) == len(rest)
    for number in range(expired, len(held)):
        whole.expire(number)
    assert not whole._lists
