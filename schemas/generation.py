"""The first record of a generation: what every worker of it has to agree on.

Written once, by the first worker, to a topic that is never compacted or expired; whoever reads a different one
refuses to start. A change of any of it is a new generation under a new prefix.
"""

from schemas.base import Record, Versioned


class Replay(Record):
    """The stretch of the raw topic that a replay reads; what comes after it is left alone."""

    since: int | None
    """Arrival from which it reads, ms, a whole minute; `None`: from the beginning of the generation it repeats."""
    until: int
    """Arrival up to which it reads, ms, a whole minute: it promises this at the end of every partition."""
    first: tuple[int, ...]
    """Of each raw partition the first offset to be read."""
    last: tuple[int | None, ...]
    """Of each raw partition the offset of the last record before `until`; `None` where there is none to be read."""


class Generation(Versioned):
    """What a generation was started with."""

    start: int
    """What live partitions promise from the beginning, ms, a whole minute: no live record has an earlier arrival."""
    cut: int
    """Volume is counted from the import before, from live after, ms, a whole minute."""
    raw_topic: str
    raw_partitions: int
    import_partitions: int
    """0 where the generation started without a history: none can be imported later."""
    lanes: int
    rules: str
    """Version of the rules, overrides included."""
    import_topic: str = ""
    """Full name of the import topic: several generations may read one history."""
    alerts_topic: str = ""
    """Full name of the topic of published alerts, which is shared by all generations."""
    alerts_partitions: int = 0
    """Of the published alerts: an alert stands in the partition that its series hashes to."""
    raw_begins: tuple[int, ...] = ()
    """Of each raw partition the first offset that it had; empty in a record from before this was written down, and in
    a replay, whose stretch says where it begins. What lies behind it is read, or missed: never skipped in silence."""
    import_begins: tuple[int, ...] = ()
    """The same of the import."""
    replay: Replay | None = None
    """Set in a replay: it never publishes and never ticks."""
    prefix: str = ""
    """Told by whoever reads it, like `founded`."""
    founded: int = 0
    """The broker's stamp on this record, ms: told by whoever reads it, 0 in the topic. With the prefix it names the
    generation, also where a prefix was used before."""

    @property
    def name(self) -> str:
        """What control records call it; no other generation, before or later, has the same."""
        return f"{self.prefix}@{self.founded}"
