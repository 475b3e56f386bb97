"""How many alerts there were: by severity, a day, a hundred series-days.

Days count from when the first lane had learnt enough to open alerts: before that nothing can be false. Series-days are
these days times the series that had a headline before the last of them ended.
"""

from collections.abc import Iterable
from typing import NamedTuple, get_args

from agents.backtest.raised import Raised
from schemas.alert import Severity
from schemas.base import DAY

SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class Watched(NamedTuple):
    """From when to when alerts could open, ms, and in how many series."""

    since: int
    until: int
    series: int

    @property
    def days(self) -> float:
        return max(self.until - self.since, 0) / DAY

    @property
    def series_days(self) -> float:
        return self.days * self.series

    def a_day(self, number: int) -> float | None:
        """So many alerts a day; `None` where there was no time."""
        return number / self.days if self.days else None

    def a_hundred(self, number: int) -> float | None:
        """So many alerts a hundred series-days."""
        return 100 * number / self.series_days if self.series_days else None


class Tally(NamedTuple):
    """Alerts of one severity."""

    severity: Severity
    opened: int
    """Opened at it."""
    rose: int
    """Had it at their worst."""


def tallies(alerts: Iterable[Raised]) -> list[Tally]:
    """A row for each severity, from the least to the worst."""
    listed = list(alerts)
    return [
        Tally(
            severity,
            sum(alert.severity == severity for alert in listed),
            sum(alert.peak == severity for alert in listed),
        )
        for severity in SEVERITIES
    ]
