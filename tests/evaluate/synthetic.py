"""A wire of known truth, as counts by the hour: three hundred series, their seasons, their noise, and bursts.

Counts are negative binomial of size 3 (variance = mean + mean squared / 3) around a mean that follows the day and the
weekend; the three hundred rates lie evenly on a scale of logarithms between .05 and 8 an hour. A burst adds
max(6, 5 x rate) headlines an hour, falling by a factor e every 12 h, for 36 h, with Poisson noise; each series one.

Volume is what such a wire has: of each subregion the headlines of its series and three times as many about other
things, of the rest of the world as many again. What happens to feeds happens to all of it, series and rest alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.detect.count_rows import SeriesRow, VolumeRow
from schemas.base import HOUR, iso

START = 1_767_571_200_000
"""2026-01-05T00:00:00Z, a Monday."""
DAY = 24
LEARNING = 21 * DAY
"""Hours before the first burst, and before anything is counted."""
BURST = 36
AFTER = 24
"""Hours after a burst that still belong to it: as long as the long horizon holds some of it."""
PLACES = {
    "030": ("KP", "KR", "CN", "JP", "TW"),
    "145": ("SY", "IQ", "YE", "IL", "TR"),
    "151": ("RU", "UA", "BY", "PL", "MD"),
    "011": ("ML", "NE", "NG", "BF", "GH"),
    "034": ("IN", "PK", "AF", "IR", "BD"),
    "005": ("VE", "CO", "PE", "BR", "EC"),
}
THEMES = (
    "troop-deployment",
    "missile-launch",
    "air-strike",
    "shelling",
    "armed-clash",
    "naval-incident",
    "terror-attack",
    "sanctions",
    "unrest",
    "ceasefire",
)
REST = ("021", "154", "155", "001")
NAMES = tuple((place, theme) for places in PLACES.values() for place in places for theme in THEMES)
REGIONS = tuple(region for region, places in PLACES.items() for _ in range(len(places) * len(THEMES)))
Counts = NDArray[np.int64]
Means = NDArray[np.float64]


class Burst(NamedTuple):
    """One burst."""

    series: int
    first: int
    """Its first hour."""

    @property
    def over(self) -> int:
        """The hour from which nothing is due to it."""
        return self.first + BURST + AFTER


@dataclass
class World:
    """Hours of counts."""

    counts: Counts
    """Series by hours."""
    volume: dict[str, Counts]
    bursts: Sequence[Burst]
    rates: Means
    means: Means = field(repr=False)
    """Without bursts."""

    @property
    def hours(self) -> int:
        return int(self.counts.shape[1])

    def quiet(self) -> NDArray[np.bool_]:
        """Where no burst is, nor was just now, and learning is over."""
        told = np.ones(self.counts.shape, bool)
        told[:, :LEARNING] = False
        for burst in self.bursts:
            told[burst.series, burst.first : burst.over] = False
        return told

    def rows(self, first: int = 0, last: int | None = None) -> Iterator[SeriesRow | VolumeRow]:
        """As `tocsin detect` reads them. Every headline of an hour has a publisher of its own, up to nine."""
        for hour in range(first, self.hours if last is None else last):
            bucket = iso(START + hour * HOUR)
            volume = {code: int(counts[hour]) for code, counts in self.volume.items() if counts[hour]}
            if volume:
                yield VolumeRow.model_construct(bucket=bucket, volume=volume, late={}, lane=None)
            for number in np.flatnonzero(self.counts[:, hour]):
                unique = int(self.counts[number, hour])
                place, theme = NAMES[number]
                yield SeriesRow.model_construct(
                    bucket=bucket,
                    place=place,
                    theme=theme,
                    unique=unique,
                    publishers=tuple([f"p{(hour + k) % 9}" for k in range(min(unique, 9))]),
                    headlines=(),
                    subregion=None,
                )


def season(hours: int, shift: int = 0) -> Means:
    """The day and the weekend, `shift` hours later; 1 on average."""
    at = np.arange(hours) - shift
    factor = (1 + 0.5 * np.sin(2 * np.pi * (at % 24 - 8) / 24)) * np.where(at // 24 % 7 >= 5, 0.6, 1.0)
    return np.asarray(factor / factor.mean())


def world(
    seed: int,
    *,
    days: int = 90,
    shifted: bool = False,
    bursts: Sequence[Burst] | None = None,
    feeds: Means | float = 1.0,
    levels: Mapping[int, Means] | None = None,
) -> World:
    """A world. `shifted`: each subregion's season is up to 8 h later; `bursts`: these, or one of each series.

    `feeds`: by hour, how much of all comes in; `levels`: of single series by hour, how many times as many there are.
    """
    draw = np.random.default_rng(seed)
    hours = days * DAY
    rates = np.exp(draw.uniform(np.log(0.05), np.log(8), len(NAMES)))
    shifts = {code: int(draw.integers(0, 9)) if shifted else 0 for code in PLACES}
    seasons = {code: season(hours, shift) for code, shift in shifts.items()}
    means = rates[:, None] * np.stack([seasons[region] for region in REGIONS])
    added = np.zeros_like(means)
    for number, factors in (levels or {}).items():
        means[number] *= factors
    if bursts is None:
        firsts = draw.integers(LEARNING + 9 * DAY, hours - BURST - AFTER, len(NAMES))
        bursts = [Burst(number, int(first)) for number, first in enumerate(firsts)]
    for number, first in bursts:
        added[number, first : first + BURST] = max(6.0, 5 * rates[number]) * np.exp(-np.arange(BURST) / 12)
    counts = _counts(draw, means * feeds) + _poisson(draw, added * feeds)
    volume = {}
    for code in PLACES:
        own = np.array([region == code for region in REGIONS])
        others = _poisson(draw, 3 * means[own].sum(0) * feeds)
        volume[code] = counts[own].sum(0) + others
    rest = means.sum() / hours * season(hours) * feeds
    for code in REST:
        volume[code] = _poisson(draw, 4 * rest / len(REST))
    return World(counts, volume, tuple(bursts), rates, means)


def _counts(draw: np.random.Generator, means: Means) -> Counts:
    return np.asarray(draw.poisson(draw.gamma(3.0, means / 3.0)), np.int64)


def _poisson(draw: np.random.Generator, means: Means) -> Counts:
    return np.asarray(draw.poisson(means), np.int64)
