"""A detector cut anywhere, restored from its entries alone, goes on byte for byte; and chunks do not matter."""

import random
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.detect.rules import DetectRules, load_rules
from agents.detect.step import Decided, Detector
from schemas.base import DAY, HOUR, MINUTE
from schemas.row import HeadlineRow, ReleasedRow
from tests.agents.detect.synthetic import (
    COUNTRIES,
    DIRECTIONS,
    SUBREGIONS,
    Burst,
    Mean,
    Wire,
    days,
    headline,
    withdrawal,
)

SETTINGS = {"learning_days": 1, "evidence_kept": 25, "sustained_after_hours": 6, "alpha": 1e-3}


@cache
def rows() -> list[ReleasedRow]:
    """Five days with bursts, repeats, two countries at once, withdrawals, late rows, a silence and its end."""
    draw = random.Random(7)
    themes = list(DIRECTIONS)
    means = [Mean(place, theme, 0.15) for place in COUNTRIES for theme in themes[:4]]
    bursts = [
        Burst("KP", "missile-launch", days(2) + 3 * HOUR, 30, 12.0),
        Burst("PH", "unrest", days(2.5), 3, 10.0),
        Burst("CN", "air-strike", days(4.25), 3, 20.0),
    ]
    wire = Wire(means, bursts, outside=60.0)
    short = [
        headline(days(3) + i * MINUTE, f"short-{i}", places=("TH",), themes=("peacekeeping",), family=f"Wire {i}")
        for i in range(8)
    ]
    taken = [withdrawal(days(3) + 9 * MINUTE, f"short-{i}") for i in range(1, 5)]
    played = [*wire.play(days(0), days(3)), *short, *taken, *wire.play(days(4.2), days(5))]
    known: list[HeadlineRow] = []
    result: list[ReleasedRow] = []
    for row in played:
        result.append(row)
        if not isinstance(row, HeadlineRow):
            continue
        known.append(row)
        at = row.headline.arrival
        if draw.random() < 0.2:
            places = tuple(draw.sample(list(COUNTRIES), 2))
            spoken = tuple(draw.sample(themes, 2))
            event = at - draw.randrange(HOUR)
            name = f"two-{len(known)}"
            url = f"https://example.org/{len(known) % 40}"
            family = draw.choice((None, "Wire One", "Wire Two"))
            result.append(headline(at, name, places=places, themes=spoken, event=event, url=url, family=family))
            known.append(result[-1])  # type: ignore[arg-type]
        if draw.random() < 0.08:
            told = draw.choice(known[-20:]).headline
            result.append(withdrawal(at, told.url or told.id))
    return result


def detector(rules: DetectRules) -> Detector:
    return Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")


def play(subject: Detector, chunk: Sequence[ReleasedRow], state: dict[bytes, bytes]) -> list[bytes]:
    """Step through a chunk, and commit."""
    decided: Decided = subject.step(chunk)
    for key, value in subject.entries(decided.changed).items():
        if value is None:
            state.pop(key, None)
        else:
            state[key] = value
    return [alert.encode() for alert in decided.alerts] + [count.encode() for count in decided.counts]


@cache
def whole() -> tuple[list[bytes], dict[bytes, bytes]]:
    """What one run in one piece says, row by row, and the state it ends with."""
    subject, state = detector(load_rules(overrides=SETTINGS)), dict[bytes, bytes]()
    told = [piece for row in rows() for piece in play(subject, (row,), state)]
    return told, state


def test_the_rows_show_every_status() -> None:
    text = b"\n".join(whole()[0])
    for status in ("opened", "escalated", "sustained", "resolved", "retracted"):
        assert f'"status":"{status}"'.encode() in text, status


@settings(max_examples=12)
@given(st.sets(st.floats(0, 1, exclude_max=True), min_size=1, max_size=6))
def test_cut_anywhere_and_restored(cuts: set[float]) -> None:
    rules = load_rules(overrides=SETTINGS)
    stream = rows()
    places = sorted({int(cut * len(stream)) for cut in cuts} | {0, len(stream)})
    state: dict[bytes, bytes] = {}
    told: list[bytes] = []
    for first, last in pairwise(places):
        subject = detector(rules)
        subject.restore(dict(reversed(state.items())))
        for row in stream[first:last]:
            told += play(subject, (row,), state)
    assert told == whole()[0]
    assert state == whole()[1]


@pytest.mark.parametrize("size", [2, 17, 400])
def test_chunks_do_not_matter(size: int) -> None:
    rules = load_rules(overrides=SETTINGS)
    subject, state = detector(rules), dict[bytes, bytes]()
    stream = rows()
    told = [
        piece for first in range(0, len(stream), size) for piece in play(subject, stream[first : first + size], state)
    ]
    assert sorted(told) == sorted(whole()[0])
    assert [piece for piece in told if b'"revision"' in piece] == [
        piece for piece in whole()[0] if b'"revision"' in piece
    ]
    assert state == whole()[1]


def test_only_what_changed_is_written() -> None:
    subject = detector(load_rules(overrides=SETTINGS))
    at = days(0) + 5 * MINUTE
    first = subject.step([headline(at, "a")]).changed
    assert b"headline/a" in first
    # The same headline once more counts in no series.
    assert subject.step([headline(at, "a")]).changed == {b"lane"}
    assert at < days(0) + DAY
