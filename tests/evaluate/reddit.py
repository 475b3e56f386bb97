"""Known events in a thin stream of real headlines, through a real Kafka.

r/worldnews, 25 headlines a day, goes through `tocsin feed --import` and a worker with `detect.min_unique=3`, and the
same file through `tocsin scan`; the two must agree byte for byte. An event counts as found when an alert of its place
and of a theme of it opens or escalates from the day before to the day after.
"""

import os
import tempfile
import time
import uuid
from pathlib import Path

from streams.broker.server import LocalKafka
from tests.evaluate.events import EVENTS, find
from tests.evaluate.scans import THIN
from tests.evaluate.table import Measure, Row
from tests.integration import recount
from tests.integration.deployment import Deployment

NEEDS = ("reddit.jsonl.gz",)
EVENTS_FOUND = Measure("known events found; alerts opened; Kafka against a scan", ">= 11 of 12")
MEASURES = (EVENTS_FOUND,)


def measure(data: Path) -> list[Row]:
    """One row: the events, and the alerts a day beside them."""
    archive = data / NEEDS[0]
    with tempfile.TemporaryDirectory() as directory:
        given = os.environ.get("TOCSIN_KAFKA_BOOTSTRAP_SERVERS")
        if given:
            lines = through_kafka(given, Path(directory), archive)
        else:
            with LocalKafka(Path(directory) / "kafka", port=0) as local:
                lines = through_kafka(local.bootstrap, Path(directory), archive)
    findings = find(lines)
    for event, alert in findings:
        print(f"  {event.day} {event.name}: {alert['series'] + ' ' + alert['at'] if alert else 'NOT FOUND'}")
    opened = sum(1 for line in lines if b'"status":"opened"' in line)
    found = sum(1 for finding in findings if finding.alert)
    return [
        EVENTS_FOUND.row(
            on="r/worldnews 2008 to 2012, min_unique 3",
            reached=f"{found} of {len(EVENTS)}; {opened}; {len(lines)} revisions, the same byte for byte",
            holds=found >= 11,
        )
    ]


def through_kafka(bootstrap: str, directory: Path, archive: Path) -> list[bytes]:
    """Import, work off, compare with a scan of the same file; returns the alert revisions."""
    deployment = Deployment(bootstrap, f"e{uuid.uuid4().hex[:6]}", directory)
    deployment.run("topics", "create")
    deployment.run("feed", "--import", str(archive))
    began = time.monotonic()
    with deployment.worker("--processes", "1", "--drain", "--set", THIN) as worker:
        if worker.wait(1200) != 0:
            raise AssertionError("the worker failed")
    print(f"worked off in {time.monotonic() - began:.0f} s")
    lines = recount.alerts(deployment)
    scanned = recount.in_order(deployment.run("scan", "--json", "--set", THIN, str(archive)).splitlines())
    if lines != scanned:
        raise AssertionError(f"scan and Kafka differ: {len(scanned)} and {len(lines)} revisions")
    print(f"scan gives the same {len(lines)} revisions, byte for byte")
    return lines
