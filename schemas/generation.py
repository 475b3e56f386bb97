"""The first record of a generation: what every worker of it has to agree on.

Written once, by the first worker, to a topic that is never compacted or expired; whoever reads a different one
refuses to start. A change of any of it is a new generation under a new prefix.
"""

from schemas.base import Versioned


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
