"""Alerts as wholes: what their revisions say together."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from agents.detect.lifecycle import RANK
from schemas.alert import Alert, Severity, Status
from schemas.base import moment


class Raised(NamedTuple):
    """One alert from its opening on. Times are in ms."""

    id: str
    series: str
    place: str
    subregion: str
    theme: str
    opened: int
    ended: int | None
    """When it resolved or was retracted; `None` while it is open."""
    severity: Severity
    """At its opening."""
    peak: Severity
    status: Status
    """The last."""
    moments: tuple[int, ...]
    """When it opened and when it escalated: what people are told of as news."""
    observed: int
    expected: float
    publishers: int
    horizon: str
    """The last four at its opening."""

    @property
    def wide(self) -> bool:
        """Whether it is a whole subregion's."""
        return self.place == self.subregion

    def overlaps(self, other: "Raised") -> bool:
        """Whether both were open at some moment, each with the moment at which it ended."""
        return (self.ended is None or other.opened <= self.ended) and (
            other.ended is None or self.opened <= other.ended
        )


def raised(revisions: Iterable[Alert]) -> list[Raised]:
    """The alerts of these revisions, in order of opening."""
    ordered = sorted(revisions, key=lambda alert: (alert.id, alert.revision))
    alerts = [_raised(list(group)) for _, group in groupby(ordered, key=lambda alert: alert.id)]
    return sorted(alerts, key=lambda alert: (alert.opened, alert.id))


def between(alerts: Iterable[Raised], since: int | None, until: int | None) -> list[Raised]:
    """Those that opened in `[since, until)`."""
    return [
        alert
        for alert in alerts
        if (since is None or alert.opened >= since) and (until is None or alert.opened < until)
    ]


def _raised(revisions: list[Alert]) -> Raised:
    first, last = revisions[0], revisions[-1]
    return Raised(
        id=first.id,
        series=first.series,
        place=first.place,
        subregion=first.subregion,
        theme=first.theme,
        opened=moment(first.at),
        ended=moment(last.at) if last.status in ("resolved", "retracted") else None,
        severity=first.severity,
        peak=max((alert.severity for alert in revisions), key=RANK.__getitem__),
        status=last.status,
        moments=tuple(moment(alert.at) for alert in revisions if alert.status in ("opened", "escalated")),
        observed=first.observed,
        expected=first.expected,
        publishers=first.publisher_count,
        horizon=first.horizon,
    )
