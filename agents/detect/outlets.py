"""Where revisions are written: the generation's own alerts, and those that subscribers of all generations read.

Own alerts stand in the lane's partition. Published ones stand in the partition that their series hashes to, whichever
generation wrote them: generations may have other lanes, and the latest state of a series must have one place. To a
generation without a prefix both are the same topics: it writes what it publishes, and nothing else.
"""

from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

from agents.stage import Outbound
from schemas.alert import Alert

ALERTS = "alerts"
CURRENT = "alerts.current"
PUBLISHED = "published"
PUBLISHED_CURRENT = "published.current"


class Outlets(NamedTuple):
    """The topics of one lane's alerts."""

    lane: int
    partitions: int | None = None
    """Of the published alerts; `None` where nothing is published."""
    shared: bool = False
    """Own and published alerts are the same topics."""

    def own(self, alert: Alert) -> list[Outbound]:
        """A revision as this generation has it."""
        return [] if self.shared else _both(ALERTS, CURRENT, self.lane, alert)

    def published(self, alerts: Iterable[Alert]) -> list[Outbound]:
        """Revisions for subscribers."""
        if self.partitions is None:
            return []
        topics = (ALERTS, CURRENT) if self.shared else (PUBLISHED, PUBLISHED_CURRENT)
        return [
            out for alert in alerts for out in _both(*topics, crc32(alert.series.encode()) % self.partitions, alert)
        ]


def _both(log: str, current: str, partition: int, alert: Alert) -> list[Outbound]:
    value = alert.encode()
    return [
        Outbound(log, partition, alert.id.encode(), value),
        Outbound(current, partition, alert.series.encode(), value),
    ]
