"""The rules that people use today, each in a few lines and as it is published, over counts by the hour.

    ElastAlert   spike, by the example that it ships: 2 h against the 2 h before, three times as many, at least five;
                 after an alarm none for four hours from the next event on
    Gnip         cycle-corrected Poisson (Hendrickson et al., "Trend detection in social data"): the hour against the
                 mean of the same hour on all days, itself included, in widths of the Poisson interval of 99 %; how many
                 widths are a trend it leaves to its user: here one
    2 h : 7 d    2 h against the mean of the 7 days before, three times as many, at least five
    EARS C2      24 h, hour by hour, against seven such days with two days between; mean + 3 standard deviations
    NB-CUSUM     negative binomial CUSUM of the log likelihood ratio for twice the level, by the mean of the four weeks
                 before; h = 5 (Hoehle and Paul 2008), and the size of the noise, which it is told
    z-score      of the hour against the last week, above 3, as it is done with Prometheus
    gaussian     NAB's windowed Gaussian, likelihood of the tail above 1 - 1e-5 (Ahmad et al. 2017)

A rule answers with a matrix: does it fire for this series at the end of this hour? Two of them have a floor of five
headlines in the published form, four have none. Since Tocsin has one (`min_unique`), all are run with one too, and all
without any: a floor is asked of the window in which the rule itself counts, which favours those that count an hour.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import poisson

Matrix = NDArray[np.float64]
Fires = NDArray[np.bool_]
WEEK = 168
FLOOR = 5


class Rule(NamedTuple):
    """A rule that people use."""

    name: str
    test: Callable[[Matrix], Fires]
    """Without any floor."""
    window: int
    """Hours in which it counts."""
    floor: int = 0
    """Headlines that its published form asks for."""
    rest: int = 0
    """Hours from the first event after an alarm in which it does not fire again."""

    def fires(self, counts: Matrix, floor: int | None = None) -> Fires:
        """Where it fires; with its published floor unless another is given."""
        least = self.floor if floor is None else floor
        found = self.test(counts) & (last(counts, self.window) >= max(least, 1))
        return _rested(found, counts, self.rest) if self.rest else found


def last(counts: Matrix, hours: int) -> Matrix:
    """Sums over the last hours, the current one included."""
    sums = np.cumsum(np.pad(counts, ((0, 0), (hours, 0))), 1)
    return np.asarray(sums[:, hours:] - sums[:, :-hours])


def ago(counts: Matrix, hours: int) -> Matrix:
    """What was so many hours before; 0 before the beginning."""
    return np.pad(counts, ((0, 0), (hours, 0)))[:, :-hours]


def elastalert(counts: Matrix) -> Fires:
    """A former window without any event is a window like others."""
    now = last(counts, 2)
    return now >= 3 * ago(now, 2)


def _rested(fires: Fires, counts: Matrix, hours: int) -> Fires:
    """Its windows begin anew after an alarm: it compares again when both have been filled since the next event."""
    first = np.full(counts.shape[0], np.inf)
    found = np.zeros(counts.shape, bool)
    for hour in range(counts.shape[1]):
        first[np.isinf(first) & (counts[:, hour] > 0)] = hour
        found[:, hour] = fires[:, hour] & (hour - first >= hours)
        first[found[:, hour]] = np.inf
    return found


def gnip(counts: Matrix) -> Fires:
    """More above the mean than the interval is wide."""
    days = -(-counts.shape[1] // 24)
    hours = np.pad(counts, ((0, 0), (0, 24 * days - counts.shape[1]))).reshape(-1, days, 24)
    means = np.cumsum(hours, 1) / np.arange(1, days + 1)[None, :, None]
    mean = means.reshape(counts.shape[0], -1)[:, : counts.shape[1]]
    low, high = poisson.interval(0.99, np.maximum(mean, 1e-9))
    return np.asarray(counts - mean > high - low)


def ratio(counts: Matrix) -> Fires:
    """Two hours against seven days."""
    now = last(counts, 2)
    return now >= 3 * ago(last(counts, WEEK), 2) * 2 / WEEK


def ears(counts: Matrix) -> Fires:
    """The baseline's standard deviation as it is."""
    day = last(counts, 24)
    base = np.stack([ago(day, 24 * days) for days in range(3, 10)])
    return day > base.mean(0) + 3 * base.std(0, ddof=1)


def cusum(counts: Matrix) -> Fires:
    """Each alarm begins anew; the mean is of as many of the four weeks as there were."""
    size, h = 3.0, 5.0
    hours = np.clip(np.arange(counts.shape[1]), 1, 4 * WEEK)
    mean = np.maximum(ago(last(counts, 4 * WEEK), 1) / hours, 0.01)
    twice = 2 * mean
    gain = counts * np.log(twice / mean) - (counts + size) * np.log((twice + size) / (mean + size))
    level = np.zeros(counts.shape[0])
    fires = np.zeros(counts.shape, bool)
    for hour in range(counts.shape[1]):
        level = np.maximum(level + gain[:, hour], 0)
        fires[:, hour] = level > h
        level[fires[:, hour]] = 0
    return fires


def prometheus(counts: Matrix) -> Fires:
    """(x - avg_over_time(x[1w])) / stddev_over_time(x[1w]) > 3"""
    mean = last(counts, WEEK) / WEEK
    deviation = np.sqrt(np.maximum(last(counts**2, WEEK) / WEEK - mean**2, 1e-9))
    return (counts - mean) / deviation > 3


def gaussian(counts: Matrix, window: int, step: int = 1) -> Matrix:
    """Of each value 1 - the tail probability by mean and deviation of the window before: NAB's score, 0 to 1."""
    scores = np.zeros(counts.shape)
    mean = deviation = None
    for at in range(counts.shape[1]):
        if at >= 2 and (at % step == 0 or mean is None):
            held = counts[:, max(0, at - window) : at]
            mean, deviation = held.mean(1), np.maximum(held.std(1), 1e-9)
        if mean is not None and deviation is not None:
            z = np.abs(counts[:, at] - mean) / deviation
            scores[:, at] = 1 - 2 * ndtr(-z)
    return scores


RIVALS = (
    Rule("ElastAlert", elastalert, 2, FLOOR, rest=4),
    Rule("Gnip", gnip, 1),
    Rule("2 h : 7 d", ratio, 2, FLOOR),
    Rule("EARS C2", ears, 24),
    Rule("NB-CUSUM", cusum, 1),
    Rule("z-score", prometheus, 1),
)
