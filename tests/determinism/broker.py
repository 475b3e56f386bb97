"""A log in memory, as far as a lane can tell it from Kafka.

A transaction is all or nothing, and takes offsets either way: each leaves a mark behind its records, and an aborted
one leaves a hole where its records were. So offsets rise with gaps, and the next one is never known beforehand.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agents.stage import Inbound, Outbound, Step

Partition = tuple[str, int]


class Written(NamedTuple):
    """A committed record."""

    offset: int
    key: bytes | None
    value: bytes | None
    kind: str | None


@dataclass
class Log:
    """One partition."""

    records: list[Inbound] = field(default_factory=list)
    kinds: list[str | None] = field(default_factory=list)
    end: int = 0

    def append(self, records: Sequence[Outbound], committed: bool, marks: int) -> int:
        """Write a transaction's records; the offset of the first."""
        first = self.end
        if committed:
            self.records += [Inbound(first + n, 0, out.value, out.key) for n, out in enumerate(records)]
            self.kinds += [out.kind for out in records]
        self.end = first + len(records) + marks
        return first

    def since(self, offset: int, limit: int | None = None) -> Sequence[Inbound]:
        """Committed records from an offset on."""
        low, high = 0, len(self.records)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.records[middle].offset < offset else (low, middle)
        return self.records[low:] if limit is None else self.records[low : low + limit]

    def written(self) -> list[Written]:
        """All that a reader of committed records sees."""
        return [Written(r.offset, r.key, r.value, kind) for r, kind in zip(self.records, self.kinds, strict=True)]


@dataclass
class Entries:
    """A partition of a state topic, compacted."""

    values: dict[bytes, bytes] = field(default_factory=dict)
    position: int | None = None


class Broker:
    """All partitions, and each lane's committed state."""

    def __init__(self, raw: Mapping[Partition, Sequence[Inbound]]) -> None:
        self.logs: defaultdict[Partition, Log] = defaultdict(Log)
        self.states: defaultdict[Partition, Entries] = defaultdict(Entries)
        for partition, records in raw.items():
            end = records[-1].offset + 1 if records else 0
            self.logs[partition] = Log(list(records), [None] * len(records), end)

    def commit(self, lane: Partition, step: Step) -> dict[Partition, int]:
        """Outputs, state and position of a chunk, in one transaction."""
        state = self.states[lane]
        for key, value in step.state.items():
            if value is None:
                state.values.pop(key, None)
            else:
                state.values[key] = value
        state.position = step.position
        return self._append(step.outputs, committed=True)

    def abort(self, step: Step) -> None:
        """The same, cut off before its commit: nobody sees it, but the offsets are taken."""
        self._append(step.outputs, committed=False)

    def _append(self, outputs: Sequence[Outbound], committed: bool) -> dict[Partition, int]:
        grouped: dict[Partition, list[Outbound]] = {}
        for out in outputs:
            grouped.setdefault((out.topic, out.partition), []).append(out)
        return {where: self.logs[where].append(records, committed, 1) for where, records in grouped.items()}
