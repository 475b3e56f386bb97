"""Evidence that comes late, twice or is taken back: all that is known of its series is as if it had come in order.

Compared is not how an alert began, but how its series stand once all evidence is in, at every full hour until a day has
passed: whether an alert is open, how severe, since when calm, with how many headlines of which publishers; which
headlines are evidence; what each horizon sees, and within a hundredth what it expects and by what exposure. Where the
right evidence alone raises no alert, none may be left. Left out is dispersion: an open alert, wrong or not, teaches
none.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from functools import partial
from math import isclose
from pathlib import Path
from typing import Any

from agents.detect.buckets import LONG, bucket_of
from agents.detect.evidence import ANY, SeriesKey
from agents.detect.gates import standing
from agents.detect.rules import load_rules
from agents.detect.step import Detector
from schemas.base import DAY, HOUR, MINUTE
from schemas.row import HeadlineRow, MinuteRow, ReleasedRow, Verdict
from tests.agents.detect.synthetic import COUNTRIES, DIRECTIONS, SUBREGIONS, Mean, Wire, days, headline, withdrawal
from tests.evaluate.table import Measure, Row

NEEDS: tuple[str, ...] = ()
SEEDS = range(20)
NOW = days(9) + 10 * HOUR
IN = NOW + 4 * HOUR
"""When all evidence has come, and what was wrong of it has been taken back."""
QUIET, BUSY = "VN", "TH"
"""A country of which nothing is told else, and one with a headline an hour."""
THEME = "unrest"
MEANS = (
    *(
        Mean(place, theme, 0.02 * (1 + number % 4))
        for place in COUNTRIES
        for number, theme in enumerate(DIRECTIONS)
        if place not in (QUIET, BUSY)
    ),
    Mean(BUSY, THEME, 1.0),
)
Case = tuple[list[ReleasedRow], list[ReleasedRow]]
"""The right evidence once and in order; and as it came."""


def _late(draw: random.Random) -> Case:
    told = _told(draw, 14)
    return _in_order(told), [_one(at, at + draw.randrange(55) * MINUTE, name) for at, name in told]


def _twice(draw: random.Random) -> Case:
    told = _told(draw, 14)
    again = Verdict(kind="redelivered", of="b0", reason="same-id")
    repeats = [_one(at + draw.randrange(HOUR), at + HOUR, name, verdict=again) for at, name in told]
    return _in_order(told), [*_in_order(told), *repeats]


def _taken_back(draw: random.Random) -> Case:
    told = _told(draw, 14)
    return _in_order(told), [*_in_order(told), *_wrong(told[:4])]


def _all_taken_back(draw: random.Random) -> Case:
    return [], _wrong(_told(draw, 14))


def _to_few(draw: random.Random) -> Case:
    """Four are left of fourteen: fewer than an alert needs."""
    told = _told(draw, 14)
    return _in_order(told[:4]), [*_in_order(told[:4]), *_wrong(told[4:])]


def _to_the_usual(draw: random.Random) -> Case:
    """Six are left of forty: as many as an alert needs, and no more than are usual there."""
    told = [(NOW + number * MINUTE, f"b{number}") for number in range(40)]
    draw.shuffle(told)
    right = sorted(told[:6])
    return _in_order(right, BUSY), [*_in_order(right, BUSY), *_wrong(told[6:], BUSY)]


CASES: dict[str, Callable[[random.Random], Case]] = {
    "bursts of 14 headlines, evidence late": _late,
    "bursts of 14 headlines, evidence twice": _twice,
    "bursts of 14 headlines, four more taken back": _taken_back,
    "bursts of 14 headlines, all taken back": _all_taken_back,
    "bursts of 14 headlines, ten taken back": _to_few,
    "bursts of 40 headlines, 34 taken back: what is left is usual there": _to_the_usual,
}
WHAT = "how its series stand, as if evidence had come once and in order"
MEASURES = tuple(Measure(WHAT, "always", on) for on in CASES)
SERIES = [(place, theme) for place in (QUIET, BUSY, "035") for theme in (THEME, ANY)]
"""Those that a burst can touch."""


def measure(_: Path) -> list[Row]:
    """Twenty bursts each."""
    rows = list(Wire(MEANS).play(days(0), IN + DAY + HOUR))
    before = Detector(3, SUBREGIONS, load_rules(), DIRECTIONS, "rules")
    before.step([row for row in rows if _order(row)[0] <= NOW])
    after = [row for row in rows if _order(row)[0] > NOW]
    same = dict.fromkeys(CASES, 0)
    for seed in SEEDS:
        for name, case in CASES.items():
            expected, given = (_course(before, after, burst) for burst in case(random.Random(seed)))
            difference = _difference(expected, given)
            same[name] += difference is None
            if difference is not None:
                print(f"  {name}, seed {seed}: {difference}")
    return [
        plan.row(f"{number} of {len(SEEDS)}", holds=number == len(SEEDS))
        for plan, number in zip(MEASURES, same.values(), strict=True)
    ]


def _told(draw: random.Random, number: int) -> list[tuple[int, str]]:
    return [(NOW + 1 + draw.randrange(2 * HOUR), f"b{each}") for each in range(number)]


def _in_order(told: Iterable[tuple[int, str]], place: str = QUIET) -> list[ReleasedRow]:
    return [_one(at, at, name, place) for at, name in told]


def _wrong(told: Iterable[tuple[int, str]], place: str = QUIET) -> list[ReleasedRow]:
    """Headlines that are withdrawn when the burst is over."""
    wrong = [_one(at + 1, at + 1, f"wrong-{name}", place) for at, name in told]
    return [*wrong, *(withdrawal(NOW + 3 * HOUR + number, row.headline.id) for number, row in enumerate(wrong))]


def _one(event: int, arrival: int, name: str, place: str = QUIET, verdict: Verdict | None = None) -> HeadlineRow:
    number = sum(map(ord, name))
    return headline(
        arrival,
        name,
        places=(place,),
        themes=(THEME,),
        family=f"F{number % 5}",
        event=event,
        verdict=verdict or Verdict(kind="unique", reason="no-candidate"),
    )


def _course(before: Detector, after: Iterable[ReleasedRow], burst: Iterable[ReleasedRow]) -> list[dict[str, Any]]:
    """How the series of both countries and of what is above them stand at every hour."""
    detector = deepcopy(before)
    course = []
    for row in sorted([*after, *burst], key=_order):
        detector.step((row,))
        if isinstance(row, MinuteRow) and row.at >= IN and row.at % HOUR == 0:
            course += [_stands(detector, place, theme, row.at) for place, theme in SERIES]
    return course


def _stands(detector: Detector, place: str, theme: str, at: int) -> dict[str, Any]:
    memory, last = detector._memory, bucket_of(at) - 1
    key = SeriesKey(place, COUNTRIES.get(place, place), theme, True)
    told = standing(memory, key, last)
    live = memory.series[key.name].live if key.name in memory.series else None
    alert = live and {
        "sustained": live.status == "sustained",
        "severity": live.severity,
        "headlines": live.headlines,
        "publishers": sorted(map(str, live.families)),
        "calm": live.calm,
    }
    return {
        "series": key.name,
        "at": told.at,
        "alert": alert,
        "evidence": sorted(item.id for item in memory.evidence(key.name, last - LONG + 1, last)),
        "seen": [(one.observed, one.told, one.publishers, one.waived) for one in told.horizons],
        "expected": [value for one in told.horizons for value in (one.expected, one.exposure)],
    }


def _difference(expected: Sequence[dict[str, Any]], given: Sequence[dict[str, Any]]) -> str | None:
    """The first, if there is any."""
    for one, other in zip(expected, given, strict=True):
        for field, value in one.items():
            if field == "expected":
                same = all(map(partial(isclose, rel_tol=0.01), value, other[field]))
            else:
                same = value == other[field]
            if not same:
                return f"{one['series']} at {one['at']}: {field} {other[field]}, in order {value}"
    return None


def _order(row: ReleasedRow) -> tuple[int, int]:
    if isinstance(row, MinuteRow):
        return row.at, 0
    return (row.headline.arrival if isinstance(row, HeadlineRow) else row.arrival), 1
