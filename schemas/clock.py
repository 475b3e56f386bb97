"""How far each raw partition has been read: what `clocks` holds, the latest value of each key.

Classifiers share it so that a silent partition is ticked only while something waits for it, and so that none runs
far ahead of the slowest. Staleness costs latency and memory, never order.
"""

from schemas.base import Versioned


class PartitionClock(Versioned):
    """The clock of one raw or import partition, as of its last committed chunk."""

    topic: str
    """Plain name: `headlines.raw` or `headlines.import`."""
    partition: int
    arrival: int
    """Running maximum of arrival, ticks included, ms."""
    highest: int | None
    """Arrival of the latest record that made a row, ms; `None` before the first."""
    rows: int
    """Headlines accepted so far."""
    size: int
    """Bytes of the records read so far."""
    ended: bool = False
    publisher: str | None = None
    """The generation that publishes, and ticks, as the latest handover in the partition says; `None` before any."""

    @property
    def key(self) -> bytes:
        """The record's key in the topic."""
        return f"{self.topic}/{self.partition}".encode()
