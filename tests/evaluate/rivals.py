"""The rules that people use today, each in a few lines and with its published defaults, over counts by the hour.

    elastalert   spike: 2 h against the 2 h before, three times as many, at least five; the example that it ships
    gnip         Poisson: the hour against the mean of the week before, eta = 3 ("Trend detection in social data")
    ratio        2 h against the mean of the 7 days before, three times as many, at least five
    ears         C2: 24 h, hour by hour, against seven such days with two days between; mean + 3 standard deviations
    cusum        negative binomial CUSUM of the log likelihood ratio for twice the level, by 24 h means of four weeks;
                 h = 5 (Hoehle and Paul 2008)
    prometheus   z-score of the hour against the week before, above 3
    gaussian     NAB's windowed Gaussian, likelihood of the tail above 1 - 1e-5 (Ahmad et al. 2017)

All answer with a matrix: does the rule fire for this series at the end of this hour?
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Matrix = NDArray[np.float64]
Fires = NDArray[np.bool_]
WEEK = 168


def last(counts: Matrix, hours: int) -> Matrix:
    """Sums over the last hours, the current one included."""
    sums = np.cumsum(np.pad(counts, ((0, 0), (hours, 0))), 1)
    return np.asarray(sums[:, hours:] - sums[:, :-hours])


def ago(counts: Matrix, hours: int) -> Matrix:
    """What was so many hours before; 0 before the beginning."""
    return np.pad(counts, ((0, 0), (hours, 0)))[:, :-hours]


def elastalert(counts: Matrix) -> Fires:
    """Without a single event in the former window the rule does not compare."""
    now, before = last(counts, 2), ago(last(counts, 2), 2)
    return (now >= 5) & (before > 0) & (now >= 3 * before)


def gnip(counts: Matrix) -> Fires:
    """Count above mean + eta * sqrt(mean), of the hours of a week; the mean at least one."""
    mean = np.maximum(ago(last(counts, WEEK), 1) / WEEK, 1.0)
    return counts > mean + 3 * np.sqrt(mean)


def ratio(counts: Matrix) -> Fires:
    """Two hours against seven days."""
    now, before = last(counts, 2), ago(last(counts, WEEK), 2) * 2 / WEEK
    return (now >= 5) & (now >= 3 * before)


def ears(counts: Matrix) -> Fires:
    """The baseline's standard deviation as it is; five headlines at least, as for all."""
    day = last(counts, 24)
    base = np.stack([ago(day, 24 * days) for days in range(3, 10)])
    return (day >= 5) & (day > base.mean(0) + 3 * base.std(0, ddof=1))


def cusum(counts: Matrix) -> Fires:
    """Each alarm begins anew."""
    size, h = 3.0, 5.0
    mean = np.maximum(ago(last(counts, 4 * WEEK), 1) / (4 * WEEK), 0.01)
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


RIVALS: Mapping[str, Callable[[Matrix], Fires]] = {
    "ElastAlert": elastalert,
    "Gnip": gnip,
    "2 h : 7 d": ratio,
    "EARS C2": ears,
    "NB-CUSUM": cusum,
    "z-score": prometheus,
}
