"""The latest revision of each series: what is published, and what a generation had at a moment."""

from collections.abc import Iterable
from contextlib import aclosing

from schemas.alert import Alert
from schemas.base import moment
from streams.reading import merged, spans
from streams.settings import PUBLISHED_CURRENT, Settings


async def published(settings: Settings) -> dict[str, Alert]:
    """What subscribers know, by series."""
    return latest(await _alerts(settings, PUBLISHED_CURRENT))


async def own(settings: Settings, before: int) -> dict[str, Alert]:
    """What a generation had decided before `before` (log time, ms), by series."""
    return latest([alert for alert in await _alerts(settings, "alerts") if moment(alert.at) < before])


def latest(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """The last of each series; given in the order in which each partition holds them."""
    return {alert.series: alert for alert in alerts}


async def _alerts(settings: Settings, topic: str) -> list[Alert]:
    found = []
    for part in await spans(settings, [topic]):  # all of a series is in one partition
        async with aclosing(merged(settings, [part])) as records:
            found += [Alert.decode(record.value) async for record in records if record.value is not None]
    return found
