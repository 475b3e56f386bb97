"""In which series a headline counts, and which are within which."""

from itertools import combinations

from agents.detect.buckets import CELL, WEEK, event_bucket
from agents.detect.evidence import SeriesKey, item_of
from schemas.base import HOUR, MINUTE, QUARTER
from tests.agents.detect.synthetic import DIRECTIONS, START, SUBREGIONS, headline

KP = SeriesKey("KP", "030", "unrest", True)
PEACE = SeriesKey("KP", "030", "ceasefire", False)
KP_ANY = SeriesKey("KP", "030", "any", True)
EAST = SeriesKey("030", "030", "unrest", True)
EAST_ANY = SeriesKey("030", "030", "any", True)


def test_series_narrow_before_wide() -> None:
    row = headline(START, "a", places=("KR", "KP"), themes=("unrest", "ceasefire"))
    item = item_of(row, SUBREGIONS, DIRECTIONS)
    assert item is not None
    assert [key.name for key in item.series()] == [
        "KP/ceasefire",
        "KP/unrest",
        "KR/ceasefire",
        "KR/unrest",
        "KP/any",
        "KR/any",
        "030/ceasefire",
        "030/unrest",
        "030/any",
    ]


def test_places_of_other_lanes_do_not_count() -> None:
    row = headline(START, "a", places=("US", "KP"), countries={"US": "021", "KP": "030"})
    item = item_of(row, SUBREGIONS, DIRECTIONS)
    assert item is not None
    assert {key.place for key in item.series()} == {"KP", "030"}
    assert item_of(headline(START, "a", places=("US",), countries={"US": "021"}), SUBREGIONS, DIRECTIONS) is None
    assert item_of(headline(START, "a", themes=()), SUBREGIONS, DIRECTIONS) is None


def test_within() -> None:
    pairs = {(a.name, b.name) for a in _all() for b in _all() if a.within(b)}
    assert pairs == {
        ("KP/unrest", "KP/any"),
        ("KP/unrest", "030/unrest"),
        ("KP/unrest", "030/any"),
        ("KP/any", "030/any"),
        ("030/unrest", "030/any"),
    }
    for a, b in combinations(_all(), 2):
        assert not (a.within(b) and b.within(a))
    assert not KP.within(SeriesKey("JP", "030", "any", True))
    assert not KP.within(SeriesKey("035", "035", "unrest", True))


def test_the_event_bucket_is_open_and_not_to_come() -> None:
    last = START // QUARTER
    assert event_bucket(START, START) == last
    assert event_bucket(START - 10 * HOUR, START) == last - 4
    assert event_bucket(START + 10 * HOUR, START) == last
    assert event_bucket(START - MINUTE, START) == last - 1


def test_cells() -> None:
    # The first of March 2026 was a Sunday.
    cells = [CELL[(START // QUARTER + 4 * hour) % WEEK] for hour in range(7 * 24)]
    assert cells[:24] == list(range(24, 48))
    assert cells[24 : 6 * 24] == list(range(24)) * 5
    assert cells[6 * 24 :] == list(range(24, 48))


def _all() -> list[SeriesKey]:
    return [KP, PEACE, KP_ANY, EAST, EAST_ANY]
