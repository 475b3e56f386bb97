"""When news happens and when it is told: the hours of the day where it happens, the days of the week."""

from calendar import month_name
from datetime import UTC, datetime
from random import Random

from schemas.base import DAY, HOUR

_HOURS = (2, 1, 1, 1, 1, 3, 6, 9, 11, 12, 12, 11, 11, 11, 10, 10, 10, 9, 8, 7, 6, 5, 4, 3)
"""How much happens in each local hour, or is told of."""


def settle(at: int, tz: float, section: str, random: Random) -> int | None:
    """`at` moved to a likely hour of its local day; `None` where that day has no room for the story."""
    shift = int(tz * HOUR)
    local = at + shift
    weekend = datetime.fromtimestamp(local / 1000, UTC).weekday() >= 5
    kept = {"sport": 1.0 if weekend else 0.6, "world": 0.95, "security": 0.95}.get(section, 0.35 if weekend else 1.0)
    if random.random() > kept:
        return None
    hours = _HOURS[6:] + _HOURS[:6] if section == "sport" else _HOURS
    hour = random.choices(range(24), hours)[0]
    return local - local % DAY + hour * HOUR + random.randrange(HOUR) - shift


def season(at: int, south: bool) -> set[str]:
    """The season at `at`, and its month; in the south, of the northern month that it feels like."""
    month = datetime.fromtimestamp(at / 1000, UTC).month
    if south:
        month = (month + 5) % 12 + 1
    return {("winter", "spring", "summer", "autumn")[month % 12 // 3], month_name[month].lower()}
