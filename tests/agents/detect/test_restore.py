"""A detector cut anywhere, restored from its entries alone, goes on byte for byte; and chunks do not matter."""

import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.detect.rules import DetectRules, load_rules
from agents.detect.step import Decided, Detector
from schemas.base import DAY, HOUR, MINUTE, QUARTER
from schemas.row import HeadlineRow, MinuteRow, ReleasedRow
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


def test_what_an_older_version_wrote_is_read_and_written_anew() -> None:
    """It kept all of a series in one entry, with publishers by name, and less of an alert."""
    stream = rows()
    half = len(stream) // 2
    state = upto(half)
    older = {key: value for key, value in state.items() if not key.startswith((b"alert/", b"beyond/"))}
    for key, value in state.items():
        if key.startswith(b"series/"):
            name = key.removeprefix(b"series/")
            live, ended, onsets = orjson.loads(state.get(b"alert/" + name, b"[null,null,[]]"))
            beyond = orjson.loads(state.get(b"beyond/" + name, b"[]"))
            older[key] = orjson.dumps([*orjson.loads(value), live and live[:10], ended, onsets, beyond])
    lane, pending, _ = orjson.loads(state[b"lane"])
    older[b"lane"] = orjson.dumps([lane, pending])
    newer = dict(state)
    subjects = detector(load_rules(overrides=SETTINGS)), detector(load_rules(overrides=SETTINGS))
    for subject, entries in zip(subjects, (older, newer), strict=True):
        subject.restore(entries)
        assert subject.open()
        play(subject, stream[half : half + 200], entries)
    assert subjects[0].open() == subjects[1].open()
    assert older.keys() == newer.keys()
    assert {key: value for key, value in older.items() if key[:6] != b"alert/"} == {
        key: value for key, value in newer.items() if key[:6] != b"alert/"
    }


@cache
def upto(number: int) -> dict[bytes, bytes]:
    """The state after so many rows."""
    state: dict[bytes, bytes] = {}
    play(detector(load_rules(overrides=SETTINGS)), rows()[:number], state)
    return state


def test_entries_are_small_and_bounded() -> None:
    """Two headlines a minute for two days from seventy publishers, an alert open: each entry has its bound."""
    rules = load_rules()
    subject, state = detector(rules), dict[bytes, bytes]()
    play(subject, list(Wire([Mean("KP", "unrest", 1.0)], outside=400.0, seed=3).play(days(0), days(9))), state)
    largest: dict[str, int] = {}
    for number, at in enumerate(range(days(9), days(11), MINUTE)):
        names = [f"publisher-{(2 * number + one) % 70}.example.com" for one in range(2)]
        chunk: list[ReleasedRow] = [
            headline(at + one, f"{2 * number + one:024x}", themes=("unrest",), family=name)
            for one, name in enumerate(names)
        ]
        chunk.append(MinuteRow(at=at + MINUTE, volume=((at // QUARTER * QUARTER, "154", 7),)))
        decided = subject.step(chunk)
        for key, value in subject.entries(decided.changed).items():
            kind = key.partition(b"/")[0].decode()
            largest[kind] = max(largest.get(kind, 0), len(value or b""))
            state.pop(key, None)
            if value is not None:
                state[key] = value
    assert subject.open()
    assert largest["series"] < 300
    assert {kind for kind, size in largest.items() if size >= 2048} == set()
    assert {"alert", "beyond", "headline", "volume", "subregion", "usual", "lane"} <= largest.keys()
    # Four series hold 500 headlines each; of volume there are 24 h, and what has not closed.
    kinds = Counter(key.partition(b"/")[0] for key in state)
    assert kinds[b"headline"] <= 4 * rules.evidence_kept
    assert kinds[b"volume"] <= 102


def test_only_what_changed_is_written() -> None:
    subject = detector(load_rules(overrides=SETTINGS))
    at = days(0) + 5 * MINUTE
    first = subject.step([headline(at, "a")]).changed
    assert b"headline/a" in first
    # The same headline once more counts in no series.
    assert subject.step([headline(at, "a")]).changed == {b"lane"}
    assert at < days(0) + DAY
