"""The reader as a whole: total, deterministic, linear, and true to the title's spans."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.classify.reader import Reader, Reading
from tests.agents.classify.conftest import loaded, ms

AT = ms("2026-03-01")
READER = loaded()
WORDS = st.sampled_from(
    "Russia fires missiles at U.S. base in Georgia, “Kim’s” 5,000 troops - will NOT invade ? : ; Ukraine's Kyiv "  # noqa: SIM905
    "N. Korea deploys the North IS İstanbul 2011 coup 80 years on… \u202e\u200b é\u0301 ß ﷺ \ud800 🚀".split()
)


def _check(title: str, reading: Reading) -> None:
    for item in (*reading.places, *reading.themes):
        assert item.evidence
        starts = [proof.start for proof in item.evidence]
        assert starts == sorted(starts)
        for proof in item.evidence:
            assert title[proof.start : proof.end] == proof.words
    assert len({place.code for place in reading.places}) == len(reading.places)
    assert len({theme.theme for theme in reading.themes}) == len(reading.themes)
    assert all((theme.reason is None) == theme.counted for theme in reading.themes)


@given(st.text(max_size=300))
def test_any_text(title: str) -> None:
    _check(title, READER.read(title, AT))


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_any_mix_of_telling_words(title: str) -> None:
    reading = READER.read(title, AT)
    _check(title, reading)
    assert READER.read(title, AT) == reading


def test_long_hostile_titles_are_read_in_linear_time() -> None:
    for unit in ("U.", "1,", "a'", "Kim Jong ", "the ", "=!?", "\u0301", "missile ", "not invade ", "New York "):
        long = (unit * 2000)[:2000]
        started = time.process_time()
        READER.read(long, AT)
        assert time.process_time() - started < 1.0, unit


def test_an_empty_title() -> None:
    assert READER.read("", AT) == ((), (), ())


def test_the_same_title_reads_the_same_after_a_new_load() -> None:
    title = "Israel and Iran exchange missile fire as U.S. sends carrier"
    assert Reader.load().read(title, AT) == READER.read(title, AT)


def test_extreme_times() -> None:
    for at in (0, 4_102_444_799_999):
        READER.read("Putin orders 1999 invasion of 2100", at)
