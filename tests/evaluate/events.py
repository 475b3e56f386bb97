"""Known events, and whether alerts opened in time.

An alert tells of an event when it is of its place and of a theme that the event is of, or of the place as a whole: a
ship that the navy sank on the day before finds no attack.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from agents.detect.evidence import ANY


class Event(NamedTuple):
    """Something that happened, and where its alert may stand."""

    day: date
    name: str
    places: frozenset[str]
    themes: frozenset[str]
    """Which its news are of."""


EVENTS = [
    Event(
        date(2008, 8, 8),
        "war in Georgia",
        frozenset({"GE", "RU"}),
        frozenset({"invasion", "armed-clash", "air-strike", "troop-deployment"}),
    ),
    Event(date(2008, 11, 26), "attacks in Mumbai", frozenset({"IN"}), frozenset({"terror-attack", "hostage"})),
    Event(
        date(2008, 12, 27),
        "war in Gaza",
        frozenset({"PS", "IL"}),
        frozenset({"air-strike", "shelling", "missile-launch", "assassination"}),
    ),
    Event(date(2009, 5, 25), "North Korea's second nuclear test", frozenset({"KP"}), frozenset({"nuclear"})),
    Event(date(2009, 6, 28), "coup in Honduras", frozenset({"HN"}), frozenset({"coup"})),
    Event(
        date(2010, 5, 31),
        "raid on the Gaza flotilla",
        frozenset({"IL", "PS", "TR"}),
        frozenset({"naval-incident", "blockade"}),
    ),
    Event(date(2010, 11, 23), "shelling of Yeonpyeong", frozenset({"KR", "KP"}), frozenset({"shelling"})),
    Event(date(2011, 2, 17), "uprising in Libya", frozenset({"LY"}), frozenset({"unrest", "armed-clash"})),
    Event(date(2011, 3, 19), "air strikes in Libya", frozenset({"LY"}), frozenset({"air-strike", "missile-launch"})),
    Event(date(2011, 5, 2), "death of bin Laden", frozenset({"PK", "US"}), frozenset({"assassination"})),
    Event(date(2012, 3, 22), "coup in Mali", frozenset({"ML"}), frozenset({"coup"})),
    Event(
        date(2012, 11, 14),
        "war in Gaza",
        frozenset({"PS", "IL"}),
        frozenset({"air-strike", "shelling", "missile-launch", "assassination"}),
    ),
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
    told = alert["place"] in event.places and (alert["theme"] in event.themes or alert["theme"] == ANY)
    return told and abs(opened - event.day) <= timedelta(days=1)
