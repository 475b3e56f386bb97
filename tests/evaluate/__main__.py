"""`make evaluate`: what Tocsin finds in real headlines, through real Kafka; writes `docs/EVALUATION.md`.

Reads the folder that `TOCSIN_DATA` names and skips, loudly, what is not there. Ends with 1 when a figure is missed.
"""

import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

from streams.broker.server import LocalKafka
from tests.evaluate.events import Finding, find
from tests.integration import recount
from tests.integration.deployment import Deployment

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "EVALUATION.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
THIN = "detect.min_unique=3"
"""A setting for 25 headlines a day."""


def main() -> int:
    """Evaluate what there is data for."""
    data = os.environ.get("TOCSIN_DATA")
    archive = Path(data) / "reddit.jsonl.gz" if data else None
    if archive is None or not archive.exists():
        print("SKIPPED: set TOCSIN_DATA to a folder with reddit.jsonl.gz (r/worldnews, 25 headlines a day, 2008-2012)")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        given = os.environ.get("TOCSIN_KAFKA_BOOTSTRAP_SERVERS")
        if given:
            lines = through_kafka(given, Path(directory), archive)
        else:
            with LocalKafka(Path(directory) / "kafka", port=0) as local:
                lines = through_kafka(local.bootstrap, Path(directory), archive)
    findings = find(lines)
    report = table(findings, lines)
    print(report)
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{report}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0 if all(finding.alert for finding in findings) else 1


def through_kafka(bootstrap: str, directory: Path, archive: Path) -> list[bytes]:
    """Import, work off, compare with a scan of the same file; returns the alert revisions."""
    deployment = Deployment(bootstrap, f"e{uuid.uuid4().hex[:6]}", directory)
    deployment.run("topics", "create")
    deployment.run("feed", "--import", str(archive))
    began = time.monotonic()
    with deployment.worker("--processes", "1", "--drain", "--set", THIN) as worker:
        if worker.wait(1200) != 0:
            sys.exit("the worker failed")
    print(f"worked off in {time.monotonic() - began:.0f} s")
    lines = recount.alerts(deployment)
    scanned = recount.in_order(deployment.run("scan", "--json", "--set", THIN, str(archive)).splitlines())
    if lines != scanned:
        sys.exit(f"scan and Kafka differ: {len(scanned)} and {len(lines)} revisions")
    print(f"scan gives the same {len(lines)} revisions, byte for byte")
    return lines


def table(findings: list[Finding], lines: list[bytes]) -> str:
    """Markdown of what was found."""
    rows = ["| event | day | first alert | at | observed, expected |", "|---|---|---|---|---|"]
    for event, alert in findings:
        found = (
            f"{alert['series']} ({alert['status']}) | {alert['at']} | {alert['observed']}, {alert['expected']:.2g}"
            if alert
            else "none | — | —"
        )
        rows.append(f"| {event.name} | {event.day} | {found} |")
    opened = sum(1 for line in lines if b'"status":"opened"' in line)
    rows.append(f"\n{opened:,} alerts opened in all, {len(lines):,} revisions; the same from Kafka and from a scan.")
    return "\n".join(rows)


sys.exit(main())
