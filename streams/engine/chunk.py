"""A chunk: what the engine makes of one fetch of one partition, and what an agent sees as one message."""

from collections.abc import Sequence
from typing import NamedTuple

from agents.stage import Inbound


class Reached(NamedTuple):
    """How far the consumer had come in one partition at one moment, sampled in its thread without a pause."""

    epoch: int
    number: int
    """Of the last chunk that was handed out; -1 before the first."""
    position: int
    """The next offset to be fetched. Passes the control records at a transaction's end, which no chunk shows."""
    stable: int | None
    """The offset behind the last committed record, as of the last fetch."""


class Chunk(NamedTuple):
    """Records of one partition, stamped in the consumer's thread.

    Drains and seeks both happen in that thread, so `epoch` (the number of the last seek) says on which side of a seek
    the chunk was read, and `number` (running, from 0 after each seek) shows if something between fetch and lane
    dropped one.
    """

    epoch: int
    number: int
    records: Sequence[Inbound]
