"""A made-up wire with a known truth: rows of one lane, as deduplication would release them.

Each series (country, theme) has a mean for each hour; counts are negative binomial by the hour (a gamma factor drawn
for each hour), follow the day, and are told by many publishers. Volume outside the lane comes with every minute row.
Bursts are added on top, and are the truth that alerts are held against.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, pi, sin
from typing import NamedTuple

from schemas.base import DAY, HOUR, MINUTE, QUARTER
from schemas.headline import Evidence, Headline, Place, Theme
from schemas.row import HeadlineRow, MinuteRow, ReleasedRow, Source, Verdict, WithdrawalRow

START = 1_772_323_200_000
"""2026-03-01T00:00:00Z, a Sunday."""
SUBREGIONS = frozenset({"030", "035"})
OUTSIDE = ("154", "021", "001")
DIRECTIONS = {
    "troop-deployment": "escalatory",
    "missile-launch": "escalatory",
    "air-strike": "escalatory",
    "unrest": "escalatory",
    "sanctions": "escalatory",
    "ceasefire": "de-escalatory",
    "peacekeeping": "neutral",
}
COUNTRIES = {"KP": "030", "KR": "030", "CN": "030", "JP": "030", "PH": "035", "VN": "035", "TH": "035"}
SOURCE = Source(topic="headlines.raw", partition=0, offset=0)
UNIQUE = Verdict(kind="unique", reason="no-candidate")


def headline(
    at: int,
    name: str,
    *,
    places: Sequence[str] = ("KP",),
    themes: Sequence[str] = ("troop-deployment",),
    family: str | None = "Wire One",
    event: int | None = None,
    verdict: Verdict | None = UNIQUE,
    url: str | None = None,
    stale: bool = False,
    counted: bool = True,
    countries: dict[str, str] | None = None,
) -> HeadlineRow:
    """One row."""
    told = (Evidence(words="words", start=0, end=5, rule="name"),)
    regions = countries or COUNTRIES
    return HeadlineRow(
        lane=3,
        primary=True,
        headline=Headline(
            id=name,
            title=f"Title of {name}",
            text_key=name,
            url=url,
            publisher=family,
            family=family,
            arrival=at,
            event_time=at if event is None else event,
            timing="published",
            stale=stale,
        ),
        places=tuple(Place(code=code, subregion=regions[code], evidence=told) for code in places),
        themes=tuple(
            Theme(theme=theme, counted=counted, reason=None if counted else "denied", evidence=told) for theme in themes
        ),
        rules="test",
        digest="0" * 16,
        source=SOURCE,
        verdict=verdict,
    )


def withdrawal(at: int, what: str) -> WithdrawalRow:
    return WithdrawalRow(lane=3, withdraws=what, arrival=at, digest="0" * 16, source=SOURCE)


class Mean(NamedTuple):
    """One series and its mean for an hour."""

    place: str
    theme: str
    hourly: float


class Burst(NamedTuple):
    """So many headlines an hour on top, from `first` for `hours`."""

    place: str
    theme: str
    first: int
    hours: float
    hourly: float
    publishers: int = 8


@dataclass
class Wire:
    """A wire that can be played from any time to any other; the same seed plays the same rows."""

    means: Sequence[Mean] = ()
    bursts: Sequence[Burst] = ()
    dispersion: float = 0.3
    outside: float = 200.0
    """Headlines of other lanes, an hour."""
    repeats: float = 1.0
    """Headlines of this lane that do not count, for each that does."""
    seed: int = 1
    tick: int = 5 * MINUTE
    countries: dict[str, str] = field(default_factory=lambda: dict(COUNTRIES))
    factor: float = 1.0
    """Of all volume: 2 is a doubled feed, 0 a silent one."""
    _count: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def play(self, first: int, last: int) -> Iterator[ReleasedRow]:
        """All rows with an arrival from `first` up to `last`, both whole hours."""
        for hour in range(first, last, HOUR):
            yield from self._hour(hour)

    def _hour(self, start: int) -> Iterator[ReleasedRow]:
        draw = self._random
        hour = start // HOUR % 24
        season = 1 + 0.5 * sin(2 * pi * (hour - 6) / 24)
        times: list[tuple[int, str, str, int]] = []
        for place, theme, hourly in self.means:
            noise = draw.gammavariate(1 / self.dispersion, self.dispersion) if self.dispersion else 1.0
            count = _poisson(draw, hourly * season * noise * self.factor)
            times += [(start + draw.randrange(HOUR), place, theme, 30) for _ in range(count)]
        for burst in self.bursts:
            hours = min(burst.first + burst.hours * HOUR, start + HOUR) - max(burst.first, start)
            if hours > 0:
                begin = max(burst.first, start)
                count = _poisson(draw, burst.hourly * hours / HOUR * self.factor)
                told = (burst.place, burst.theme, burst.publishers)
                times += [(begin + draw.randrange(int(hours)), *told) for _ in range(count)]
        times.sort()
        rows = iter(times)
        following = next(rows, None)
        for tick in range(start, start + HOUR, self.tick):
            volume: dict[tuple[int, str], int] = {}
            # What arrived in a tick stands before the minute row that tells its volume.
            while following is not None and following[0] < tick + self.tick:
                at, place, theme, publishers = following
                self._count += 1
                family = f"Wire {draw.randrange(publishers)}"
                yield headline(
                    at, f"h{self._count}", places=(place,), themes=(theme,), family=family, countries=self.countries
                )
                key = (at // QUARTER * QUARTER, self.countries[place])
                volume[key] = volume.get(key, 0) + 1
                following = next(rows, None)
            bucket = tick // QUARTER * QUARTER
            for region in sorted(set(self.countries.values())):
                quiet = _poisson(draw, self.repeats * self.factor * self._own(region) * season * self.tick / HOUR)
                volume[bucket, region] = volume.get((bucket, region), 0) + quiet
            share = self.outside / len(OUTSIDE) * self.tick / HOUR
            for region in OUTSIDE:
                volume[bucket, region] = _poisson(draw, share * self.factor * (1 + 0.3 * sin(2 * pi * hour / 24)))
            known = tuple((at, code, count) for (at, code), count in sorted(volume.items()) if count)
            if known or (tick + self.tick) % QUARTER == 0:
                yield MinuteRow(at=tick + self.tick, volume=known)

    def _own(self, region: str) -> float:
        return sum(mean.hourly for mean in self.means if self.countries[mean.place] == region)


def _poisson(draw: random.Random, mean: float) -> int:
    if mean <= 0:
        return 0
    if mean > 50:
        return max(0, round(draw.gauss(mean, mean**0.5)))
    limit, count, product = exp(-mean), 0, draw.random()
    while product > limit:
        count += 1
        product *= draw.random()
    return count


def days(number: float) -> int:
    """`number` days after the start, ms, a whole hour."""
    return START + int(number * DAY) // HOUR * HOUR
