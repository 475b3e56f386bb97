"""What the detector, or a rule, makes of a world: false alarms, recall, delay, and how alerts end."""

from collections.abc import Iterable, Sequence
from functools import cache
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.detect.count_rows import SeriesRow, VolumeRow
from agents.detect.counts import CountRun
from agents.rulebook import Rulebook
from schemas.alert import Alert
from schemas.base import HOUR, moment
from tests.evaluate.synthetic import BURST, DAY, LEARNING, NAMES, START, World

NUMBER = {f"{place}/{theme}": number for number, (place, theme) in enumerate(NAMES)}


class Outcome(NamedTuple):
    """Figures of one run, or of several added up."""

    false: int
    series_days: float
    found: int
    bursts: int
    delays: tuple[int, ...]
    """Hours from the first of a burst to that in which it was found."""
    pairs: int = 0
    """Alerts that opened within a burst; at most one each is wanted."""

    @property
    def rate(self) -> float:
        """False alarms a 100 series-days."""
        return 100 * self.false / self.series_days

    @property
    def recall(self) -> float:
        return self.found / self.bursts if self.bursts else 1.0

    @property
    def delay(self) -> float:
        return median(self.delays) if self.delays else float("nan")

    def __add__(self, other: "Outcome") -> "Outcome":  # type: ignore[override]
        return Outcome(*[mine + theirs for mine, theirs in zip(self, other, strict=True)])

    def __str__(self) -> str:
        return f"{self.rate:.2f} at {self.recall:.3f}, {self.delay:.0f} h"


@cache
def rules(*overrides: str) -> Rulebook:
    """The rules that ship, with settings of detection on top."""
    return Rulebook.load(None, [f"detect.{one}" for one in overrides])


def alerts(rows: Iterable[SeriesRow | VolumeRow], rulebook: Rulebook, width: int = HOUR) -> list[Alert]:
    """All revisions, in order of time."""
    run = CountRun(rulebook, width)
    found = [alert for row in rows for alert in run.take(row)]
    return found + run.end()


def hour_of(alert: Alert) -> int:
    """The hour of the world that was judged."""
    return (moment(alert.at) - START) // HOUR - 1


def judged(world: World, revisions: Sequence[Alert], first: int = LEARNING, last: int | None = None) -> Outcome:
    """Alerts that opened in `[first, last)`, against the bursts. In a burst, or a day after it, none is false."""
    last = world.hours if last is None else last
    opened = [alert for alert in revisions if alert.status == "opened"]
    bursts = {burst.series: burst for burst in world.bursts}
    false, pairs = 0, 0
    delays: dict[int, int] = {}
    for alert in opened:
        number, hour = NUMBER[alert.series], hour_of(alert)
        burst = bursts.get(number)
        if burst is not None and burst.first <= hour < burst.over:
            pairs += 1
            if hour < burst.first + DAY:
                delays.setdefault(number, hour - burst.first)
        elif first <= hour < last:
            false += 1
    quiet = float(world.quiet()[:, first:last].sum()) / DAY
    return Outcome(false, quiet, len(delays), len(bursts), tuple(delays.values()), pairs)


def fired(world: World, fires: NDArray[np.bool_], first: int = LEARNING, last: int | None = None) -> Outcome:
    """The same of a rule: an alarm is where it begins to fire; a burst is found where it fires in its first day."""
    last = world.hours if last is None else last
    quiet = world.quiet()
    begins = fires.copy()
    begins[:, 1:] &= ~fires[:, :-1]
    delays = []
    for burst in world.bursts:
        within = fires[burst.series, burst.first : burst.first + DAY]
        if within.any():
            delays.append(int(np.argmax(within)))
    false = int((begins & quiet)[:, first:last].sum())
    days = float(quiet[:, first:last].sum()) / DAY
    return Outcome(false, days, len(delays), len(world.bursts), tuple(delays))


__all__ = ["BURST", "Outcome", "alerts", "fired", "hour_of", "judged", "rules"]
