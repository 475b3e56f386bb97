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
    Event(date(2010, 11, 23), "shelling of Yeonpyeong", frozenset({"KR", "KP"})),
    Event(date(2011, 3, 19), "air strikes in Libya", frozenset({"LY"})),
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
