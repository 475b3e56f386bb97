"""Recounting a deployment from its topics: nothing lost, nothing doubled, nothing different from a scan."""

import base64
import json
from collections import Counter

from schemas.row import HeadlineRow, decode_row
from tests.integration.deployment import Deployment

TICK = b'{"tocsin":"tick"'


def where(topic: str, partition: int, offset: int) -> str:
    """A record's place, as text."""
    return f"{topic}/{partition}/{offset}"


def classified(deployment: Deployment) -> Counter[tuple[str, int]]:
    """How often each (raw record, lane) stands in `headlines.classified`."""
    return _rows(deployment, "headlines.classified")


def deduplicated(deployment: Deployment) -> Counter[tuple[str, int]]:
    """How often each (raw record, lane) stands in `headlines.deduplicated`, with a verdict."""
    return _rows(deployment, "headlines.deduplicated", verdict=True)


def _rows(deployment: Deployment, topic: str, verdict: bool = False) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for record in deployment.records(topic):
        row = decode_row(record.value)
        assert dict(record.headers)["kind"] == row.kind.encode()
        if isinstance(row, HeadlineRow):
            assert row.lane == record.partition
            assert (row.verdict is not None) == verdict
            found[where(row.source.topic, row.source.partition, row.source.offset), row.lane] += 1
    return found


def rejected(deployment: Deployment) -> Counter[str]:
    """How often each raw record stands in `headlines.rejected`."""
    found: Counter[str] = Counter()
    for record in deployment.records("headlines.rejected"):
        source = json.loads(record.value)["source"]
        if source is not None:
            found[where(source["topic"], source["partition"], source["offset"])] += 1
    return found


def check(deployment: Deployment, *options: str) -> int:
    """Assert that every raw record came out once, and that alerts are those of a scan. Returns records checked."""
    raw = {
        where(topic, record.partition, record.offset)
        for topic in ("headlines.raw", "headlines.import")
        for record in deployment.records(topic)
        if not (record.value or b"").startswith(TICK)
    }
    rows, verdicts, refused = classified(deployment), deduplicated(deployment), rejected(deployment)
    assert {place for place, _ in rows} | set(refused) == raw, "lost"
    assert not {place for place, _ in rows} & set(refused), "both taken and refused"
    assert max([*rows.values(), *refused.values()], default=1) == 1, "doubled"
    assert verdicts == rows, "a row without a verdict, or with two"
    same_as_scan(deployment, *options)
    return len(raw)


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
    dump = deployment.directory / "dump.jsonl"
    dump.write_bytes(deployment.run("topics", "dump"))
    scanned = deployment.run("scan", "--raw", "--json", *options, str(dump)).splitlines()
    assert alerts(deployment) == in_order(scanned)


def original(line: bytes) -> bytes:
    """The bytes that a rejected record keeps."""
    return base64.b64decode(json.loads(line)["original"])
