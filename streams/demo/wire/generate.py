"""The wire: about two months of ordinary news of the world, and the story that it ends with.

Same `end`, `days` and `seed`: the same items. Nothing in it is taken from a real outlet; what it says never happened.
"""

from random import Random

from schemas.alert import Alert
from schemas.base import DAY, HOUR, MINUTE
from streams.demo.wire.desk import Item, delivered, report, spread
from streams.demo.wire.material import Material, load
from streams.demo.wire.story import Beat, stories

EXPECTED_SERIES = "KP/troop-deployment"
"""The alert that the wire is written to raise."""


def expected(alert: Alert) -> bool:
    """Whether `alert` is the one that the wire is written to raise."""
    return alert.series == EXPECTED_SERIES


def wire(end: int, days: int = 64, seed: int = 7) -> list[Item]:
    """The items of the last `days` before `end` (ms), by time; the closing story fills the last four days."""
    random = Random(seed)
    material = load()
    publishers = list(material.publishers.values())
    start = end - days * DAY
    # Stories begin two days early, so that the first day has its follow-ups too.
    beats = [*stories(material, start - 2 * DAY, end, random), *_march(material, end, random)]
    used: set[str] = set()
    items: list[Item] = []
    for beat in sorted(beats, key=lambda beat: beat.at):
        for first in report(
            beat.at, beat.section, beat.country.code, beat.facts, beat.texts, beat.weight, publishers, used, random
        ):
            for copy in (first, *spread(first, beat.section, beat.country.code, publishers, random)):
                items.extend(delivered(copy, random))
    return sorted(item for item in items if start <= item.published_at <= end)


def _march(material: Material, end: int, random: Random) -> list[Beat]:
    """The closing story: every line once, most by one outlet; reprinting is up to the desks."""
    country = material.countries["KP"]
    return [
        Beat(end - int(line.after * HOUR) + random.randrange(9 * MINUTE), "security", country, {}, (line.text,), 0.0)
        for line in material.march
    ]
