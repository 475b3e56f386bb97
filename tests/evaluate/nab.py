"""Tweets about ten companies, every five minutes: the score of the Numenta Anomaly Benchmark, by its scorer's rules.

Standard profile (Lavin and Ahmad 2015): in a window the first detection counts, the earlier the more (a scaled sigmoid
over the window); a detection outside costs .11, less just after a window; a missed window costs 1. The first 15 % of a
series, 750 rows at most, are for learning. One threshold for all series, the one with the highest score; 100 would be
perfect, 0 is the detector that says nothing. The windowed Gaussian (window 6400, step 100) is scored the same way.

The detector reads quarters of an hour, each series a country of its own beside a constant rest of the world, and may
learn for as long as the benchmark lets it. A detection is an alert that opens; the threshold is alpha.
"""

from collections.abc import Iterator, Sequence
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
from tests.evaluate.table import Row

FILE = "nab.jsonl.gz"
NEEDS = (FILE,)
COUNTRIES = ("US", "GB", "FR", "IT", "RU", "CN", "IN", "SA", "BR", "NG")
"""One a subregion, so that each series learns its own season."""
FALSE = 0.11
SETTINGS = ("learning_days=2",)
"""The benchmark's probation is 2.6 days."""
ALPHAS = (1e-2, 1e-3, 1e-4, 1e-5)


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
    tried = {alpha: normal(series, _alerts(series, alpha)) for alpha in ALPHAS}
    alpha, ours = max(tried.items(), key=lambda one: one[1])
    rival = best(series, [_gaussian(one) for one in series])
    return [
        Row(
            measure="NAB score, standard profile",
            on=f"{len(series)} series of tweets, {sum(len(one.windows) for one in series)} windows",
            rivals=f"windowed Gaussian {rival:.1f}",
            to_reach="above it",
            reached=f"{ours:.1f}, alpha {alpha:.0e}",
            holds=ours > rival,
        )
    ]


def best(series: Sequence[Tweets], scored: Sequence[dict[int, float]]) -> float:
    """The score at the best threshold; `scored`: of each series the rows that say something, and how loudly."""
    levels = sorted({score for each in scored for score in each.values()})
    if len(levels) > 400:
        levels = [levels[int(i * (len(levels) - 1) / 399)] for i in range(400)]
    return max(
        normal(series, [[row for row, score in sorted(each.items()) if score >= level] for each in scored])
        for level in levels
    )


def normal(series: Sequence[Tweets], told: Sequence[Sequence[int]]) -> float:
    """The score of these detections: 0 for silence, 100 for the first row of each window and no other."""
    perfect = float(sum(len(one.windows) for one in series))
    found = sum(score(one, rows) for one, rows in zip(series, told, strict=True))
    return 100 * (found + perfect) / (2 * perfect)


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


def _gaussian(one: Tweets) -> dict[int, float]:
    scores = gaussian(one.counts[None], 6400, 100)[0]
    return {row: float(scores[row]) for row in np.flatnonzero(scores > 0.5)}


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
                yield SeriesRow(bucket=start, place=COUNTRIES[number], theme="unrest", unique=count, publishers=9)
