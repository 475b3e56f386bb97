"""What becomes of a series that stays high, of a quiet one that speaks, and of one that hovers at the threshold."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from agents.detect.count_rows import SeriesRow, VolumeRow
from schemas.alert import Alert
from tests.evaluate.detection import NUMBER, alerts, hour_of, rules
from tests.evaluate.synthetic import DAY, NAMES, Burst, World, world
from tests.evaluate.table import Row

NEEDS: tuple[str, ...] = ()
CHANGE = 45 * DAY


def measure(_: Path) -> list[Row]:
    """Three scenarios."""
    return [_six_times(), _quiet(), _hover()]


def _six_times() -> Row:
    """Every fifteenth series is six times as high from day 45 on."""
    higher = np.ones(80 * DAY)
    higher[CHANGE:] = 6
    numbers = range(0, len(NAMES), 12)
    one = world(1, days=80, bursts=(), levels=dict.fromkeys(numbers, higher))
    told = [alert for alert in alerts(one.rows(), rules()) if NUMBER[alert.series] in numbers]
    quiet, sustained = [], 0
    raised = {alert.series for alert in told if CHANGE <= hour_of(alert) < CHANGE + 3 * DAY}
    for name in sorted(raised):
        mine = [alert for alert in told if alert.series == name and hour_of(alert) >= CHANGE]
        day = _quiet_for_good(mine)
        quiet.append(day)
        before = [alert for alert in mine if hour_of(alert) < CHANGE + day * DAY]
        sustained += any(alert.status == "sustained" for alert in before)
    return Row(
        measure="first quiet day",
        on=f"{len(raised)} of {len(numbers)} series that stay six times higher, and alert within three days",
        rivals="never, if frozen; 20-34 at a half-life of 14 days",
        to_reach="≤ 12, `sustained` before",
        reached=f"median {median(quiet):.0f}, at most {max(quiet)}; {sustained} sustained before",
        holds=max(quiet) <= 12 and sustained == len(raised),
    )


def _quiet_for_good(revisions: list[Alert]) -> int:
    """The first day after the change from which no alert is open for a week."""
    alerting: set[int] = set()
    opened = 0
    for alert in revisions:
        day = (hour_of(alert) - CHANGE) // DAY
        if alert.status == "opened":
            opened = day
        elif alert.status == "resolved":
            alerting.update(range(opened, day + 1))
    if revisions[-1].status != "resolved":
        alerting.update(range(opened, 35))
    return next(day for day in range(1, 60) if alerting.isdisjoint(range(day, day + 7)))


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
    return Row(
        measure="five unique headlines in 2 h from three publishers, found",
        on=f"{len(numbers)} series with one headline in 20 days",
        to_reach="always",
        reached=f"{len(found)} of {len(numbers)}",
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
    return Row(
        measure="openings a burst",
        on=f"{len(bursts)} series that hover at the threshold for 36 h",
        to_reach="≤ 1",
        reached=f"at most {max(pairs.values())}; {opened} opened",
        holds=max(pairs.values()) <= 1,
    )
