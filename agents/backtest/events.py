"""What is known to have happened, and which alerts told of it.

            window of a day that is known by its date, around = 24 h
    [ day before ][ the day ][ day after ]      an alert that opens or escalates in it found the event

An event of a country is told by the country's series and by those of its subregion as a whole: narrow before wide, so
that where a country tells it the subregion is silent. An event of a subregion (M49) is told by any series in it. An
event with a theme is told by that theme and by `any`; one without, by every theme.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agents.backtest.raised import Raised
from agents.detect.evidence import ANY
from schemas.base import DAY


class Known(NamedTuple):
    """Something that happened. Times are in ms."""

    name: str
    begins: int
    ends: int
    """Where its moment ends: the same, or the end of its day where no more is known than the day."""
    places: tuple[str, ...]
    theme: str | None = None

    @property
    def dated(self) -> bool:
        """Whether no more is known than its day."""
        return self.ends > self.begins


class Found(NamedTuple):
    """What became of a known event."""

    event: Known
    alert: Raised | None = None
    """The first that told of it."""
    at: int | None = None
    """When it opened or escalated."""
    others: tuple[Raised, ...] = ()
    """More that told of it."""
    before: Raised | None = None
    """Where none did: an alert of it that was open already, so that nothing new could be told."""
    outside: bool = False
    """Whether it lies where no alert could open: before the lanes had learnt, or after the last bucket."""

    @property
    def late(self) -> int | None:
        """ms from the event to the alert; negative where the alert came first."""
        return None if self.at is None else self.at - self.event.begins


class Findings(NamedTuple):
    """All known events, and the alerts that none of them accounts for."""

    events: tuple[Found, ...]
    unexpected: tuple[Raised, ...]

    @property
    def inside(self) -> tuple[Found, ...]:
        """Events that could be found."""
        return tuple(found for found in self.events if not found.outside)


def find(
    events: Iterable[Known],
    alerts: Sequence[Raised],
    subregions: Mapping[str, str],
    span: tuple[int, int],
    around: int = DAY,
) -> Findings:
    """Look for each event among the alerts. `span`: from when to when alerts could open."""
    accounted: set[str] = set()
    found = []
    for event in events:
        first, last = event.begins - around, event.ends + around
        its = [alert for alert in alerts if about(event, alert, subregions)]
        told = sorted((at, alert.wide, alert.id, alert) for alert in its for at in alert.moments if first <= at <= last)
        accounted.update(alert.id for *_, alert in told)
        if told:
            at, *_, alert = told[0]
            rest = {other.id: other for *_, other in told if other.id != alert.id}
            found.append(Found(event, alert, at, tuple(rest.values())))
        else:
            held = [alert for alert in its if alert.opened < first and (alert.ended is None or alert.ended > first)]
            outside = last < span[0] or first > span[1]
            found.append(Found(event, before=held[0] if held else None, outside=outside))
    return Findings(tuple(found), tuple(alert for alert in alerts if alert.id not in accounted))


def about(event: Known, alert: Raised, subregions: Mapping[str, str]) -> bool:
    """Whether the alert's series is one that would tell of the event."""
    if event.theme is not None and alert.theme not in (event.theme, ANY):
        return False
    if alert.place in event.places or alert.subregion in event.places:
        return True
    return alert.wide and any(subregions.get(place) == alert.subregion for place in event.places)
