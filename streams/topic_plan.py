"""The table of topics: how many partitions each has, how it is kept, and why."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.base import DAY, HOUR, MINUTE
from streams.settings import IMPORT, NAMES, PUBLISHED, RAW, Settings

RAW_BYTES = 16 * 1024 * 1024
"""The largest headline that a producer may send."""
RAW_MESSAGE_BYTES = RAW_BYTES + 64 * 1024
"""With room for a key, headers and the batch around it."""
INNER_MESSAGE_BYTES = 2 * RAW_BYTES
"""What a stage makes of a record is never refused for its size."""
FOR_EVER = -1
ANY_TIME = 2**63 - 1
CENTURY = 100 * 365 * DAY


class TopicSpec(NamedTuple):
    """What a topic has to be."""

    plain: str
    name: str
    partitions: int
    replication_factor: int | None
    """`None`: three, or as many as there are brokers."""
    config: Mapping[str, str]

    def resolved(self, brokers: int) -> "TopicSpec":
        """With its copies for a cluster of `brokers`; from three copies on, a write needs two of them."""
        copies = self.replication_factor or min(3, brokers)
        extra = {"min.insync.replicas": "2"} if copies >= 3 else {}
        return self._replace(replication_factor=copies, config={**self.config, **extra})


def plan(settings: Settings, lanes: int) -> list[TopicSpec]:
    """All topics of a deployment with `lanes` lanes, in the order in which data flows."""
    raw = settings.raw_retention_days * DAY
    widest = max(settings.raw_partitions, settings.import_partitions, lanes)
    table: dict[str, tuple[int, dict[str, object]]] = {
        RAW: (settings.raw_partitions, _kept(raw, size=RAW_MESSAGE_BYTES)),
        IMPORT: (settings.import_partitions, _history()),
        # a partition for each of any stage, so that a lane writes to its own number; by the broker's time, or the
        # refused rows of an old import would be gone at once
        "headlines.rejected": (widest, _kept(raw)),
        # as long as raw: `classify` has moved on and will not write them again, so a lane that stood still for
        # weeks must still find them
        "headlines.classified": (lanes, _kept(raw)),
        # raw and the 48 h that deduplication remembers, and a day to spare
        "headlines.deduplicated": (lanes, _kept(raw + 72 * HOUR)),
        "alerts": (lanes, _kept(FOR_EVER)),
        "alerts.current": (lanes, _latest(delete_retention=DAY)),
        "counts": (lanes, _kept(FOR_EVER)),
        "state.classify": (settings.raw_partitions, _latest()),
        "state.classify-import": (settings.import_partitions, _latest()),
        "state.deduplicate": (lanes, _latest()),
        "state.detect": (lanes, _latest()),
        "clocks": (1, _latest()),
        "generation": (1, _kept(FOR_EVER)),
        "published": (lanes, _kept(FOR_EVER)),
        "published.current": (lanes, _latest(delete_retention=DAY)),
    }
    own = {settings.topic(name) for name in NAMES if not name.startswith(PUBLISHED)}
    return [
        TopicSpec(
            name,
            settings.topic(name),
            table[name][0],
            settings.replication_factor,
            {setting: str(value) for setting, value in table[name][1].items()},
        )
        for name in NAMES
        if not (name.startswith(PUBLISHED) and settings.topic(name) in own)
    ]


def _kept(retention: int, size: int = INNER_MESSAGE_BYTES) -> dict[str, object]:
    """A log, stamped by the broker. No limit by size: what is lost must be lost by a rule that is written down."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": retention,
        "retention.bytes": FOR_EVER,
        "max.message.bytes": size,
        "message.timestamp.type": "LogAppendTime",
    }


def _history() -> dict[str, object]:
    """The import's log carries its own time, of any year, and is kept for ever.

    Segments must not be rolled by that time (a decade would be hundreds of them), and Kafka's own limit to a
    record's time (an hour ahead) would refuse what the import's rule has already judged.
    """
    return {
        **_kept(FOR_EVER, size=RAW_MESSAGE_BYTES),
        "message.timestamp.type": "CreateTime",
        "message.timestamp.before.max.ms": ANY_TIME,
        "message.timestamp.after.max.ms": ANY_TIME,
        "segment.ms": CENTURY,
    }


def _latest(delete_retention: int = 10 * MINUTE) -> dict[str, object]:
    """The latest value of each key. Small segments, soon compacted, or a recovery reads the whole history.

    Each transaction leaves a marker, which compaction keeps for `delete.retention.ms`: a day of them would be
    a million in each state partition, and a recovery takes seconds.
    """
    return {
        "cleanup.policy": "compact",
        "max.message.bytes": INNER_MESSAGE_BYTES,
        "message.timestamp.type": "LogAppendTime",
        "segment.ms": 5 * MINUTE,
        "segment.bytes": 32 * 1024 * 1024,
        "min.cleanable.dirty.ratio": "0.1",
        "max.compaction.lag.ms": 5 * MINUTE,
        "delete.retention.ms": delete_retention,
    }
