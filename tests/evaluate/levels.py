"""What becomes of a series that stays high, of a quiet one that speaks, and of one that hovers at the threshold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from agents.detect.count_rows import SeriesRow, VolumeRow
from schemas.alert import Alert
from tests.evaluate.detection import NUMBER, alerts, hour_of, rules
from tests.evaluate.synthetic import DAY, NAMES, Burst, World, world
from tests.evaluate.table import Measure, Row

NEEDS: tuple[str, ...] = ()
CHANGE = 45 * DAY
QUIET = Measure(
    "first quiet day", "≤ 12, `sustained` before", rivals="never, if frozen; 20-34 at a half-life of 14 days"
)
FIVE = Measure("five unique headlines in 2 h from three publishers, found", "always")
OPENINGS = Measure("openings a burst", "≤ 1")
MEASURES = (QUIET, FIVE, OPENINGS)


def measure(_: Path) -> list[Row]:
    """Three scenarios."""
    return [_six_times(), _quiet(), _hover()]


def _six_times() -> Row:
    """Every twelfth series is six times as high from day 45 on."""
    higher = np.ones(80 * DAY)
    higher[CHANGE:] = 6
    numbers = range(0, len(NAMES), 12)
    one = world(1, days=80, bursts=(), levels=dict.fromkeys(numbers, higher))
    after = [alert for alert in alerts(one.rows(), rules()) if hour_of(alert) >= CHANGE]
    told = {number: [alert for alert in after if NUMBER[alert.series] == number] for number in numbers}
    days = {number: quiet_for_good(mine) for number, mine in told.items()}
    raised = [number for number, mine in told.items() if mine]
    sustained = [number for number in raised if was_sustained(told[number], days[number])]
    silent = [f"{6 * one.rates[number]:.1f}" for number in numbers if number not in raised]
    return QUIET.row(
        f"median {median(days[number] for number in raised):.0f}, at most {max(days.values())}; "
        f"{len(sustained)} of {len(raised)} that alerted were sustained before"
        + (f"; {len(silent)} never alerted ({', '.join(silent)} an hour)" if silent else ""),
        on=f"{len(numbers)} series that stay six times higher",
        holds=max(days.values()) <= 12 and len(sustained) == len(numbers),
    )


def quiet_for_good(revisions: Sequence[Alert]) -> int:
    """The first day after the change from which no alert is open for a week; 1 where none ever was."""
    alerting: set[int] = set()
    opened = 0
    for alert in revisions:
        day = (hour_of(alert) - CHANGE) // DAY
        if alert.status == "opened":
            opened = day
        elif alert.status == "resolved":
            alerting.update(range(opened, day + 1))
    if revisions and revisions[-1].status != "resolved":
        alerting.update(range(opened, 35))
    return next(day for day in range(1, 60) if alerting.isdisjoint(range(day, day + 7)))


def was_sustained(revisions: Sequence[Alert], day: int) -> bool:
    """Before this day."""
    return any(alert.status == "sustained" and hour_of(alert) < CHANGE + day * DAY for alert in revisions)


def _quiet() -> Row:
    """One headline in twenty days, in sixty series at any hour of any day; then five in two hours."""
    one = world(2, days=60, bursts=())
    numbers = np.arange(0, len(NAMES), 5)
    draw = np.random.default_rng(3)
    counts = one.counts.copy()
    counts[numbers] = draw.poisson(1 / 20 / DAY, (len(numbers), one.hours))
    firsts = draw.integers(25 * DAY, 58 * DAY, len(numbers))
    for number, first in zip(numbers, firsts, strict=True):
        counts[number, first : first + 2] = (2, 3)
    told = alerts(_three_publishers(World(counts, one.volume, (), one.rates, one.means), set(numbers)), rules())
    hours = {int(number): int(first) for number, first in zip(numbers, firsts, strict=True)}
    found = {
        NUMBER[alert.series]
        for alert in told
        if NUMBER[alert.series] in hours and hour_of(alert) == hours[NUMBER[alert.series]] + 1
    }
    return FIVE.row(
        f"{len(found)} of {len(numbers)}",
        on=f"{len(numbers)} series with one headline in 20 days",
        holds=len(found) == len(numbers),
    )


def _three_publishers(one: World, quiet: set[int]) -> Iterator[SeriesRow | VolumeRow]:
    for row in one.rows():
        if isinstance(row, SeriesRow) and NUMBER[f"{row.place}/{row.theme}"] in quiet:
            row = row.model_copy(update={"publishers": 3 if row.unique == 3 else 1})
        yield row


def _hover() -> Row:
    """Series whose level stays where p is about alpha, for a day and a half."""
    one = world(4, days=60, bursts=())
    numbers = range(0, len(NAMES), 5)
    counts = one.counts.copy()
    bursts = []
    draw = np.random.default_rng(5)
    for number in numbers:
        first = int(draw.integers(30 * DAY, 55 * DAY))
        # A day's count some four and a half standard deviations above its mean, and up and down around it.
        mean = one.rates[number] * DAY
        extra = (4.5 * np.sqrt(mean + mean**2 / 72) + 4) / DAY
        counts[number, first : first + 36] += draw.poisson(extra * (1 + 0.5 * np.sin(np.arange(36))))
        bursts.append(Burst(number, first))
    told = alerts(World(counts, one.volume, bursts, one.rates, one.means).rows(), rules())
    pairs: Counter[int] = Counter()
    for burst in bursts:
        pairs[burst.series] = sum(
            alert.status == "opened"
            and NUMBER[alert.series] == burst.series
            and burst.first <= hour_of(alert) < burst.over
            for alert in told
        )
    opened = sum(pairs.values())
    return OPENINGS.row(
        f"at most {max(pairs.values())}; {opened} opened",
        on=f"{len(bursts)} series that hover at the threshold for 36 h",
        holds=max(pairs.values()) <= 1,
    )
