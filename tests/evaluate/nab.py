"""Tweets about ten companies, every five minutes: the score of the Numenta Anomaly Benchmark, by its scorer's rules.

Standard profile (Lavin and Ahmad 2015): in a window the first detection counts, the earlier the more (a scaled sigmoid
over the window); a detection outside costs .11, less just after a window; a missed window costs 1. The first 15 % of a
series, 750 rows at most, are for learning. 100 would be perfect, 0 is the detector that says nothing. The windowed
Gaussian (window 6400, step 100) is scored the same way.

The scorer takes one threshold for all series, the one with the highest score on these same series, which flatters.
Compared here is what each series scores by the threshold that is best on the other nine; told is also the scorer's own
figure, and what the alpha that ships gives. The rival's better figure of the two is the one to beat.

The detector reads quarters of an hour, each series a country of its own beside a constant rest of the world, and may
learn for as long as the benchmark lets it. A detection is an alert that opens; the threshold is alpha.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import exp
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agents.detect.count_rows import SeriesRow, VolumeRow
from schemas.base import QUARTER, iso, moment
from tests.evaluate import labels
from tests.evaluate.detection import alerts, rules
from tests.evaluate.rivals import gaussian
from tests.evaluate.table import Measure, Row

FILE = "nab.jsonl.gz"
NEEDS = (FILE,)
COUNTRIES = ("US", "GB", "FR", "IT", "RU", "CN", "IN", "SA", "BR", "NG")
"""One a subregion, so that each series learns its own season."""
FALSE = 0.11
SETTINGS = ("learning_days=2",)
"""The benchmark's probation is 2.6 days."""
ALPHAS = (1e-2, 1e-3, 1e-4, 1e-5)
SCORE = Measure(
    "NAB score, standard profile, threshold from the other nine series", "above it", rivals="windowed Gaussian"
)
MEASURES = (SCORE,)


class Tweets(NamedTuple):
    """One series of the benchmark."""

    times: list[int]
    counts: np.ndarray[Any, np.dtype[np.float64]]
    windows: list[tuple[int, int]]
    """First and last row of each."""

    @property
    def probation(self) -> int:
        return min(int(0.15 * len(self.times)), 750)


def measure(data: Path) -> list[Row]:
    """Both detectors, the same scorer."""
    series = [_read(row) for row in labels.rows(data / FILE)]
    tried = {alpha: scores(series, _alerts(series, alpha)) for alpha in ALPHAS}
    rival = {level: scores(series, told) for level, told in _gaussians(series)}
    windows = sum(len(one.windows) for one in series)
    ours, theirs = (normalized(left_out(found), windows) for found in (tried, rival))
    top, bar = (max(normalized(sum(each), windows) for each in found.values()) for found in (tried, rival))
    ships = rules().detect.alpha
    shipped = normalized(sum(scores(series, _alerts(series, ships))), windows)
    return [
        SCORE.row(
            f"{ours:.1f}; best alpha on the same series {top:.1f}; alpha {ships:.0e} as it ships {shipped:.1f}",
            on=f"{len(series)} series of tweets, {windows} windows",
            rivals=f"windowed Gaussian {theirs:.1f}; best threshold on the same series {bar:.1f}",
            holds=ours > max(theirs, bar),
        )
    ]


def left_out(found: Mapping[float, Sequence[float]]) -> float:
    """The sum of what each series scores by the threshold at which all others together score best.

    `found`: by threshold the score of each series. Of equals the smallest threshold is taken.
    """
    number = len(next(iter(found.values())))
    best = (max(sorted(found), key=lambda one: sum(found[one]) - found[one][out]) for out in range(number))
    return sum(found[threshold][out] for out, threshold in enumerate(best))


def scores(series: Sequence[Tweets], told: Sequence[Sequence[int]]) -> list[float]:
    """Of each series the benchmark's sum for these detections."""
    return [score(one, rows) for one, rows in zip(series, told, strict=True)]


def normalized(found: float, windows: int) -> float:
    """A sum as a score: 0 for silence, 100 for the first row of each window and no other."""
    return 100 * (found + windows) / (2 * windows)


def score(one: Tweets, rows: Sequence[int]) -> float:
    """The benchmark's sum for one series, between minus and plus the number of its windows."""
    total = 0.0
    rows = [row for row in rows if row >= one.probation]
    for first, last in one.windows:
        inside = [row for row in rows if first <= row <= last]
        # 1 at the window's beginning, 0 at its end; scaled so that the best is 1
        total += _sigmoid(-(last - inside[0] + 1) / (last - first + 1)) / _sigmoid(-1.0) if inside else -1.0
    for row in rows:
        if any(first <= row <= last for first, last in one.windows):
            continue
        before = [(first, last) for first, last in one.windows if last < row]
        if not before:
            total -= FALSE
        else:
            first, last = before[-1]
            total += FALSE * _sigmoid((row - last) / max(last - first, 1))
    return total


def _sigmoid(place: float) -> float:
    return -1.0 if place > 3 else 2 / (1 + exp(5 * place)) - 1


def _read(given: dict[str, Any]) -> Tweets:
    times = [_time(at) for at, _ in given["series"]]
    windows = []
    for first, last in given["windows"]:
        inside = [row for row, at in enumerate(times) if _time(first) <= at <= _time(last)]
        windows.append((inside[0], inside[-1]))
    return Tweets(times, np.array([count for _, count in given["series"]], float), windows)


def _time(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def _gaussians(series: Sequence[Tweets]) -> Iterator[tuple[float, list[list[int]]]]:
    """Thresholds of the rival, and the detections of all series by each."""
    loud = [gaussian(one.counts[None], 6400, 100)[0] for one in series]
    levels = sorted({float(score) for each in loud for score in each if score > 0.5})
    if len(levels) > 400:
        levels = [levels[int(i * (len(levels) - 1) / 399)] for i in range(400)]
    for level in dict.fromkeys(levels):
        yield level, [[int(row) for row in np.flatnonzero(each >= level)] for each in loud]


def _alerts(series: Sequence[Tweets], alpha: float) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in series]
    for alert in alerts(_rows(series), rules(*SETTINGS, f"alpha={alpha}"), QUARTER):
        if alert.status == "opened":
            number = COUNTRIES.index(alert.place)
            row = int(np.searchsorted(series[number].times, moment(alert.at))) - 1
            found[number].append(row)
    return found


def _rows(series: Sequence[Tweets]) -> Iterator[SeriesRow | VolumeRow]:
    table: dict[int, dict[int, int]] = {}
    for number, one in enumerate(series):
        for at, count in zip(one.times, one.counts, strict=True):
            bucket = table.setdefault(at // QUARTER, {})
            bucket[number] = bucket.get(number, 0) + int(count)
    regions = rules(*SETTINGS).reader.subregions
    for at in sorted(table):
        start = iso(at * QUARTER)
        own = {regions[COUNTRIES[number]]: count for number, count in table[at].items() if count}
        yield VolumeRow(bucket=start, volume={**own, "001": 1000})
        for number, count in sorted(table[at].items()):
            if count:
                yield SeriesRow(
                    bucket=start, place=COUNTRIES[number], theme="unrest", unique=count, publishers=min(count, 9)
                )
