"""The same raw log gives the same alerts: on Kafka and in a scan, with any number of partitions."""

import base64
import json
from pathlib import Path

import pytest

from schemas.base import DAY, QUARTER, moment
from streams.demo.wire import EXPECTED_SERIES, wire
from tests.integration import recount
from tests.integration.deployment import Deployment
from tests.integration.lines import as_lines

END = 1_795_000_000_000
"""A fixed present, ms."""
DAYS = 14
"""A week to learn in, and another."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's wire, long past."""
    path = tmp_path_factory.mktemp("wire") / "wire.jsonl"
    path.write_bytes(as_lines(wire(END - 400 * DAY, days=DAYS)))
    return path


@pytest.mark.parametrize("partitions", [1, 7])
def test_import_and_scan_give_the_same_alerts(
    kafka: str, prefix: str, tmp_path: Path, history: Path, partitions: int
) -> None:
    deployment = Deployment(kafka, prefix, tmp_path)
    deployment.environment["TOCSIN_IMPORT_PARTITIONS"] = str(partitions)
    deployment.run("topics", "create")
    deployment.run("feed", "--import", str(history))
    with deployment.worker("--processes", "1", "--drain") as worker:
        assert worker.wait(120) == 0
    scanned = deployment.run("scan", "--json", str(history)).splitlines()
    opened = {json.loads(line)["series"] for line in scanned if json.loads(line)["status"] == "opened"}
    assert EXPECTED_SERIES in opened
    assert recount.alerts(deployment) == recount.in_order(scanned)
    recount.check(deployment)
    _counts_give_the_same(deployment, scanned)


def _counts_give_the_same(deployment: Deployment, scanned: list[bytes]) -> None:
    """The detector over the topic `counts`, as far as buckets have closed.

    Where volume grows by more than `exposure_growth` in a bucket, p is smaller live, and what lies at a border comes
    a headline later over counts: that may befall a revision in ten.
    """
    dumped = [json.loads(line) for line in deployment.run("topics", "dump", "counts").splitlines()]
    counted = [json.loads(base64.b64decode(record["value"])) for record in dumped]
    told = max(moment(count["bucket"]) for count in counted) + QUARTER
    live = [alert for line in scanned if moment((alert := json.loads(line))["at"]) <= told]
    judged = [json.loads(line) for line in deployment.run("detect", "counts", "--json").splitlines()]
    kinds = ("id", "revision", "status", "severity", "onset")
    assert [[alert[field] for field in kinds] for alert in judged] == [
        [alert[field] for field in kinds] for alert in live
    ]
    fields = ("at", "horizon", "observed", "publisher_count")
    differing = [
        alert["id"]
        for alert, other in zip(live, judged, strict=True)
        if any(alert[field] != other[field] for field in fields)
    ]
    assert len(differing) <= len(live) / 10, differing
