"""What happens to the feeds is no news: all doubled, a third lost, a night without any."""

from collections.abc import Sequence
from copy import deepcopy
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np

from agents.detect.counts import CountRun
from schemas.alert import Alert
from schemas.base import HOUR
from tests.evaluate.detection import Outcome, hour_of, judged, rules
from tests.evaluate.synthetic import DAY, NAMES, Burst, Means, World, world
from tests.evaluate.table import Measure, Row

NEEDS: tuple[str, ...] = ()
SEEDS = (1, 2)
CHANGE = 45 * DAY
"""A midnight."""
NIGHT = (CHANGE - 2, CHANGE + 6)
BEGIN = NIGHT[0]
"""Up to here all worlds are one."""
END = BEGIN + 7 * DAY
OPEN = [Burst(number, BEGIN - 8) for number in range(0, len(NAMES), 6)]
"""What is alerting when it happens."""

FEEDS = ("all feeds doubled on day 45", "a third of the feeds lost on day 45", "a night without any feed")
WEEKS = tuple(
    Measure(
        "false alarms a 100 series-days in the week after",
        "≤ .1",
        on=name,
        rivals="the same by counts, not shares" if number == 0 else "",
    )
    for number, name in enumerate(FEEDS)
)
SILENCE = Measure("false resolves", "0", on="alerts open when a night without any feed begins")
MEASURES = (*WEEKS, SILENCE)


def measure(_: Path) -> list[Row]:
    """The week after each."""
    doubled, lost, night = np.ones((3, END))
    doubled[CHANGE:] = 2
    lost[CHANGE:] = 2 / 3
    night[NIGHT[0] : NIGHT[1]] = 0
    told = [_weeks(seed, [doubled, lost, night]) for seed in SEEDS]
    by_counts = _weeks(SEEDS[0], [doubled], shares=False)[0][0]
    rows = []
    for number, plan in enumerate(WEEKS):
        outcome = reduce(add, [each[number][0] for each in told])
        rows.append(
            plan.row(
                f"{outcome.rate:.2f} ({outcome.false} in {outcome.series_days:,.0f} series-days)",
                on=f"{plan.on}; 300 series, {len(SEEDS)} seeds",
                rivals=f"{plan.rivals}: {by_counts.rate:.2f}" if number == 0 else "",
                holds=outcome.rate <= 0.1,
            )
        )
    return [*rows, _silence([each[-1][1] for each in told])]


def _weeks(seed: int, feeds: Sequence[Means], shares: bool = True) -> list[tuple[Outcome, list[Alert]]]:
    """The same history, and a week with each of these feeds."""
    before = world(seed, days=END // DAY + 1, bursts=OPEN)
    run = CountRun(rules(), HOUR)
    past = [alert for row in _told(before, shares).rows(0, BEGIN) for alert in run.take(row)]
    weeks = []
    for each in feeds:
        after = world(seed, days=END // DAY + 1, bursts=OPEN, feeds=np.append(each, np.ones(DAY))[: before.hours])
        going = deepcopy(run, {id(rules()): rules()})
        alerts = [alert for row in _told(after, shares).rows(BEGIN, END) for alert in going.take(row)]
        weeks.append((judged(after, alerts, BEGIN, END), past + alerts + going.end()))
    return weeks


def _told(one: World, shares: bool) -> World:
    """With a volume that says nothing, if counts are to be judged and not shares."""
    flat = {code: np.full_like(counts, round(counts[:BEGIN].mean())) for code, counts in one.volume.items()}
    return one if shares else World(one.counts, flat, one.bursts, one.rates, one.means)


def _silence(told: Sequence[list[Alert]]) -> Row:
    opened = ended = false = 0
    for alerts in told:
        late = {alert.id for alert in alerts if alert.status == "opened" and BEGIN - 8 <= hour_of(alert) < BEGIN}
        ends = [hour_of(alert) for alert in alerts if alert.id in late and alert.status == "resolved"]
        opened += len(late)
        ended += len(ends)
        false += sum(NIGHT[0] <= hour < NIGHT[1] for hour in ends)
    return SILENCE.row(
        f"{false}; {ended} resolved in the week after",
        on=f"{opened} {SILENCE.on}",
        holds=not false and ended > 0,
    )
