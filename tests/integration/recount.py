"""Recounting a deployment from its topics: nothing lost, nothing doubled, nothing different from a scan.

`recount` tells what it found; `check` asserts that there is nothing to find. What a row holds is read with a fast
decoder and only as far as it is counted: a campaign has hundreds of thousands of them.
"""

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from agents.rulebook import Rulebook
from tests.integration.deployment import Deployment

TICK = b'{"tocsin":"tick"'


class RowAt(NamedTuple):
    """One (raw record, lane) in a topic, and where it stands there."""

    source: str
    lane: int
    at: str
    lanes: frozenset[int]
    """All the lanes that this row's record has to be in, as far as the row itself tells; empty if it does not."""
    arrival: int | None = None
    """Of a headline, ms."""


class Recount(NamedTuple):
    """What was found. Each fault names the topic, partition and offset that it is about."""

    records: int
    """Raw records, without ticks."""
    rows: int
    refused: int
    revisions: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.lost, *self.doubled, *self.differing)


def where(topic: str, partition: int, offset: int) -> str:
    """A record's place, as text."""
    return f"{topic}/{partition}/{offset}"


def classified(deployment: Deployment) -> Counter[tuple[str, int]]:
    """How often each (raw record, lane) stands in `headlines.classified`."""
    return Counter((row.source, row.lane) for row in rows(deployment, "headlines.classified"))


def deduplicated(deployment: Deployment) -> Counter[tuple[str, int]]:
    """How often each (raw record, lane) stands in `headlines.deduplicated`, with a verdict."""
    return Counter((row.source, row.lane) for row in rows(deployment, "headlines.deduplicated", verdict=True))


def rows(deployment: Deployment, topic: str, verdict: bool = False) -> list[RowAt]:
    """All rows of a topic that come from a raw record; asserts that each is in its lane, and has a verdict or none."""
    lanes = Rulebook.load().lanes
    found = []
    for record in deployment.records(topic):
        kind = dict(record.headers).get("kind")
        if kind not in (b"headline", b"withdrawal", b"handover"):
            continue
        row = orjson.loads(record.value)
        place, source = where(topic, record.partition, record.offset), row["source"]
        assert row["kind"].encode() == kind, place
        assert row["lane"] == record.partition, place
        if kind == b"headline":
            assert (row.get("verdict") is not None) == verdict, (
                f"{place}: a row without a verdict, or with one too early"
            )
            wanted = frozenset(lanes.lane_of(country["subregion"]) for country in row["places"])
            arrival = row["headline"]["arrival"]
        else:
            wanted, arrival = frozenset(range(lanes.count)), None
        origin = where(source["topic"], source["partition"], source["offset"])
        found.append(RowAt(origin, record.partition, place, wanted, arrival))
    return found


def rejected(deployment: Deployment) -> Counter[str]:
    """How often each raw record stands in `headlines.rejected`."""
    found: Counter[str] = Counter()
    for record in deployment.records("headlines.rejected"):
        source = orjson.loads(record.value)["source"]
        if source is not None:
            found[where(source["topic"], source["partition"], source["offset"])] += 1
    return found


def check(deployment: Deployment, *options: str) -> int:
    """Assert that every raw record came out once, and that alerts are those of a scan. Returns records checked."""
    found = recount(deployment, *options)
    assert not found.faults, "\n".join(found.faults[:50])
    return found.records


def recount(
    deployment: Deployment, *options: str, log: Path | None = None, unscanned: Collection[str] = frozenset()
) -> Recount:
    """Compare what came out with what went in.

    `log` is a dump of the raw log; without one it is made now. `unscanned` are raw records that the scan is not to
    read: those that a deployment with a fault in it has rejected, and no other would.
    """
    dump = log or dumped(deployment)
    raw = raw_records(dump)
    before = rows(deployment, "headlines.classified")
    after = rows(deployment, "headlines.deduplicated", verdict=True)
    refused = rejected(deployment)
    lost, doubled = compare(raw, before, after, refused)
    revisions = alerts(deployment)
    read = without(dump, unscanned) if unscanned else dump
    scanned = deployment.run("scan", "--raw", "--json", *options, str(read)).splitlines()
    return Recount(
        len(raw), len(before), sum(refused.values()), len(revisions), lost, doubled, different(revisions, scanned)
    )


def dumped(deployment: Deployment, name: str = "dump.jsonl") -> Path:
    """A dump of the raw log as it is now."""
    path = deployment.directory / name
    path.write_bytes(deployment.run("topics", "dump"))
    return path


def raw_records(dump: Path) -> set[str]:
    """The places of all raw records of a dump but ticks."""
    found = set()
    with dump.open("rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            if "offset" in record and not base64.b64decode(record["value"] or "").startswith(TICK):
                found.add(where(record["topic"], record["partition"], record["offset"]))
    return found


def without(dump: Path, places: Collection[str]) -> Path:
    """A dump without some of its records."""
    left = dump.with_suffix(".left.jsonl")
    with dump.open("rb") as lines, left.open("wb") as out:
        out.writelines(line for line in lines if place_in(line) not in places)
    return left


def place_in(line: bytes) -> str | None:
    """The place of the record in a line of a dump."""
    record = orjson.loads(line)
    return where(record["topic"], record["partition"], record["offset"]) if "offset" in record else None


def compare(
    raw: Collection[str], before: Sequence[RowAt], after: Sequence[RowAt], refused: Mapping[str, int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is lost and what is doubled: between raw and classified or rejected, and between classified and verdicts."""
    lost, doubled = [], []
    standing = _standing(before)
    of_record: dict[str, set[int]] = defaultdict(set)
    wanted: dict[str, frozenset[int]] = {}
    for row in before:
        of_record[row.source].add(row.lane)
        wanted[row.source] = row.lanes
    for place in sorted(raw):
        lanes = of_record.get(place, set())
        if not lanes and place not in refused:
            lost.append(f"{place} is neither classified nor rejected")
        elif lanes and (missing := wanted[place] - lanes):
            lost.append(f"{place} is not in its lanes {sorted(missing)}")
        elif lanes and place in refused:
            doubled.append(f"{place} is both taken ({standing[place, min(lanes)][0]}) and refused")
        elif lanes and (more := lanes - wanted[place]) and (wanted[place] or len(lanes) > 1):
            doubled.append(f"{place} is in lanes {sorted(more)} too")
    doubled += [f"{place} comes from no raw record" for place in sorted((of_record.keys() | refused.keys()) - set(raw))]
    doubled += [f"{place} is refused {count} times" for place, count in refused.items() if count > 1]
    doubled += [f"{source} lane {lane}: {', '.join(at)}" for (source, lane), at in standing.items() if len(at) > 1]
    judged = _standing(after)
    lost += [
        f"{at[0]} ({source}) has no verdict" for (source, lane), at in standing.items() if (source, lane) not in judged
    ]
    doubled += [f"{source} lane {lane}: {', '.join(at)}" for (source, lane), at in judged.items() if len(at) > 1]
    doubled += [f"{at[0]} has no row before it" for key, at in judged.items() if key not in standing]
    return tuple(lost), tuple(doubled)


def _standing(found: Iterable[RowAt]) -> dict[tuple[str, int], list[str]]:
    standing: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in found:
        standing[row.source, row.lane].append(row.at)
    return standing


def different(alerts: Iterable[bytes], scanned: Iterable[bytes]) -> tuple[str, ...]:
    """Alert revisions that are not, byte for byte and once each, those of a scan."""
    ours, theirs = Counter(alerts), Counter(scanned)
    return tuple(
        [f"alert {_named(line)}: not from a scan: {line[:300]!r}" for line in ours - theirs]
        + [f"alert {_named(line)}: only from a scan: {line[:300]!r}" for line in theirs - ours]
    )


def _named(line: bytes) -> str:
    alert = orjson.loads(line)
    return f"{alert['series']} {alert['id']} revision {alert['revision']}"


def alerts(deployment: Deployment) -> list[bytes]:
    """Alert revisions as they stand in the topic, sorted by id and revision."""
    return in_order([record.value for record in deployment.records("alerts")])


def in_order(lines: list[bytes]) -> list[bytes]:
    """Sorted by id and revision."""

    def key(line: bytes) -> tuple[str, int]:
        alert = json.loads(line)
        return alert["id"], alert["revision"]

    return sorted(lines, key=key)


def same_as_scan(deployment: Deployment, *options: str) -> None:
    """Assert that the alerts are those of `tocsin scan --raw` on a dump of the raw log, byte for byte."""
    scanned = deployment.run("scan", "--raw", "--json", *options, str(dumped(deployment))).splitlines()
    assert alerts(deployment) == in_order(scanned)


def original(line: bytes) -> bytes:
    """The bytes that a rejected record keeps."""
    return base64.b64decode(json.loads(line)["original"])
