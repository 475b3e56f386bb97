"""What two runs have to have in common, and in which words.

Over one raw log: every lane of `headlines.deduplicated` (keys, kinds, values, in order), every lane of `alerts`,
`alerts.current` and `counts`, and the set of `headlines.rejected`: byte for byte.

Over one log ticked in other ways: a headline's raw offset is another, as ticks take offsets, and it stands in the rows
(`source.offset`) and in the rejected. There each offset is replaced by the number of its partition's records before it
that are no ticks; then rows are compared byte for byte as well. Alerts hold no offset: theirs are compared as they
are.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.pipeline import Input, Pipeline
from agents.rulebook import Rulebook
from schemas.row import decode_row
from tests.determinism.broker import Broker, Partition
from tests.determinism.raw import IMPORT, TICK, RawLog

ORDERED = ("headlines.deduplicated", "alerts", "alerts.current", "counts")
Told = tuple[bytes | None, str | None, bytes | None]


class Outcome(NamedTuple):
    """All that subscribers can see of a run."""

    ordered: Mapping[Partition, Sequence[Told]]
    rejected: Sequence[bytes]

    def first_difference(self, other: "Outcome") -> str | None:
        """Where two runs differ; `None` if nowhere."""
        for part in sorted({*self.ordered, *other.ordered}):
            mine, theirs = self.ordered.get(part, ()), other.ordered.get(part, ())
            for n, (one, two) in enumerate(zip(mine, theirs, strict=False)):
                if one != two:
                    return f"{part[0]}[{part[1]}], record {n}:\n  {one}\n  {two}"
            if len(mine) != len(theirs):
                rest = [*mine, *theirs][min(len(mine), len(theirs)) :] and (mine + theirs)[-1]  # type: ignore[operator]
                return f"{part[0]}[{part[1]}]: {len(mine)} records and {len(theirs)}, the last {rest}"
        if self.rejected != other.rejected:
            return f"rejected: {len(self.rejected)} and {len(other.rejected)}, or others"
        return None

    def alerts(self) -> list[bytes]:
        """Of all lanes, by lane."""
        return [
            value or b""
            for (topic, _), told in sorted(self.ordered.items())
            if topic == "alerts"
            for _, _, value in told
        ]


def outcome(broker: Broker, raw: RawLog, ticks: bool = False) -> Outcome:
    """What a run came to; `ticks`: to be compared with one over a log that was ticked in other ways."""
    ranks = _ranks(raw) if ticks else None
    ordered = {
        part: [(w.key, w.kind, _ranked(w.value, ranks, part[0])) for w in log.written()]
        for part, log in broker.logs.items()
        if part[0] in ORDERED
    }
    rejected = sorted(
        _ranked(w.value, ranks, part[0]) or b""
        for part, log in broker.logs.items()
        if part[0] == "headlines.rejected"
        for w in log.written()
    )
    return Outcome(ordered, rejected)


def pipeline(rulebook: Rulebook, raw: RawLog) -> list[bytes]:
    """The alerts of the steps composed in memory, by lane and in order."""
    inputs = [Input(topic, p, promise, topic == IMPORT) for (topic, p), promise in raw.inputs.items()]
    made = Pipeline(rulebook, inputs, raw.cut)
    found = [alert for part, records in sorted(raw.records.items()) for alert in made.feed(*part, records).alerts]
    assert made.late == 0
    return [alert.encode() for alert in sorted(found, key=lambda alert: rulebook.lanes.lane_of(alert.subregion))]


def _ranks(raw: RawLog) -> dict[tuple[str, int, int], int]:
    ranks = {}
    for part, records in raw.records.items():
        rank = 0
        for record in records:
            ranks[*part, record.offset] = rank
            rank += record.value != TICK
    return ranks


def _ranked(value: bytes | None, ranks: Mapping[tuple[str, int, int], int] | None, topic: str) -> bytes | None:
    if ranks is None or value is None or topic not in ("headlines.deduplicated", "headlines.rejected"):
        return value
    if topic == "headlines.rejected":
        told = json.loads(value)
        source = told["source"]
        source["offset"] = ranks[source["topic"], source["partition"], source["offset"]]
        return json.dumps(told).encode()
    row = decode_row(value)
    if row.source is None:
        return value
    where = row.source.topic, row.source.partition, row.source.offset
    return row.model_copy(update={"source": row.source.model_copy(update={"offset": ranks[where]})}).encode()
