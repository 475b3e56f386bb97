"""The latest revision of each series: what is published, and what a generation had at a moment."""

from collections.abc import Collection, Iterable
from contextlib import aclosing

from schemas.alert import Alert
from schemas.base import DAY, moment
from streams.reading import At, merged, spans
from streams.settings import PUBLISHED, PUBLISHED_CURRENT, Settings

RECENT = 2 * DAY
"""An alert's id holds the event bucket of the row that opened it, and no row counts that is older than a day: an id of
more than two days ago comes again only if it is open still."""


async def published(settings: Settings) -> dict[str, Alert]:
    """What subscribers know, by series."""
    return latest(await _alerts(settings, PUBLISHED_CURRENT))


async def highest(settings: Settings, at: int, held: Collection[Alert]) -> dict[str, int]:
    """Of each published alert whose id may come after `at` (log time, ms), its highest revision.

    `held`: what the generation that takes over holds open. Of those, however long ago they began, all is looked for.
    """
    ids = {alert.id for alert in held}
    old = any(not _lately(alert, at) for alert in held)
    # what was published before its own time has come is there as well
    found = await _alerts(settings, PUBLISHED, None if old else At(time=at - 2 * RECENT))
    numbers: dict[str, int] = {}
    for alert in found:
        if alert.id in ids or _lately(alert, at):
            numbers[alert.id] = max(alert.revision, numbers.get(alert.id, 0))
    return numbers


def _lately(alert: Alert, at: int) -> bool:
    return at - moment(alert.onset) < RECENT


async def own(settings: Settings, before: int) -> dict[str, Alert]:
    """What a generation had decided before `before` (log time, ms), by series."""
    return latest([alert for alert in await _alerts(settings, "alerts") if moment(alert.at) < before])


def latest(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """The last of each series; given in the order in which each partition holds them."""
    return {alert.series: alert for alert in alerts}


async def _alerts(settings: Settings, topic: str, first: At | None = None) -> list[Alert]:
    found = []
    for part in await spans(settings, [topic], first):  # all of a series is in one partition
        async with aclosing(merged(settings, [part])) as records:
            found += [Alert.decode(record.value) async for record in records if record.value is not None]
    return found
