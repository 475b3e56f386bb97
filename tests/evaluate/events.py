"""Known events, and whether alerts opened in time."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple


class Event(NamedTuple):
    """Something that happened, and where its alert may stand."""

    day: date
    name: str
    places: frozenset[str]


EVENTS = [
    Event(date(2008, 8, 8), "war in Georgia", frozenset({"GE", "RU"})),
    Event(date(2008, 11, 26), "attacks in Mumbai", frozenset({"IN"})),
    Event(date(2008, 12, 27), "war in Gaza", frozenset({"PS", "IL"})),
    Event(date(2009, 5, 25), "North Korea's second nuclear test", frozenset({"KP"})),
    Event(date(2009, 6, 28), "coup in Honduras", frozenset({"HN"})),
    Event(date(2010, 5, 31), "raid on the Gaza flotilla", frozenset({"IL", "PS", "TR"})),
    Event(date(2010, 11, 23), "shelling of Yeonpyeong", frozenset({"KR", "KP"})),
    Event(date(2011, 2, 17), "uprising in Libya", frozenset({"LY"})),
    Event(date(2011, 3, 19), "air strikes in Libya", frozenset({"LY"})),
    Event(date(2011, 5, 2), "death of bin Laden", frozenset({"PK", "US"})),
    Event(date(2012, 3, 22), "coup in Mali", frozenset({"ML"})),
    Event(date(2012, 11, 14), "war in Gaza", frozenset({"PS", "IL"})),
]


class Finding(NamedTuple):
    """An event with the first alert that opened for it from the day before to the day after, if any."""

    event: Event
    alert: dict[str, Any] | None


def find(lines: Iterable[bytes], events: Iterable[Event] = EVENTS) -> list[Finding]:
    """Look in alert revisions (JSON Lines) for each event."""
    opened = sorted(
        (alert for alert in map(json.loads, lines) if alert["status"] in ("opened", "escalated")),
        key=lambda alert: alert["at"],
    )
    return [Finding(event, next((a for a in opened if _fits(event, a)), None)) for event in events]


def _fits(event: Event, alert: dict[str, Any]) -> bool:
    opened = datetime.fromisoformat(alert["at"]).date()
    return alert["place"] in event.places and abs(opened - event.day) <= timedelta(days=1)
