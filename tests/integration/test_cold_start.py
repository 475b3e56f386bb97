"""The cold start: a history is imported before the first worker, and the first day already has a learnt baseline."""

import json
import time
from pathlib import Path

from schemas.alert import Alert
from schemas.base import DAY, HOUR
from streams.demo.wire import EXPECTED_SERIES, wire
from streams.replay.difference import moment_of
from tests.integration import recount
from tests.integration.deployment import Deployment, until
from tests.integration.lines import as_lines

IMPORTED = 30 * DAY
BURST = "\n".join(
    json.dumps({"title": f"North Korea sends {number} more {unit} to the front in Kursk", "source": f"Paper {number}"})
    for number, unit in enumerate(["troops", "soldiers", "brigades", "special forces soldiers", "army troops"] * 2)
)


def test_an_import_then_live_alerts_on_the_first_day(deployment: Deployment, tmp_path: Path) -> None:
    now = int(time.time() * 1000)
    quiet = [item for item in wire(now + 4 * DAY) if now - IMPORTED <= item.published_at < now - HOUR]
    archive, live = tmp_path / "archive.jsonl", tmp_path / "live.jsonl"
    archive.write_bytes(as_lines(quiet))
    live.write_text(BURST)
    report = json.loads(deployment.run("feed", "--import", "--json", str(archive)))
    assert report["ended"]
    with deployment.worker():
        until(lambda: deployment.generation() is not None, "the first worker has begun the generation")
        deployment.run("feed", str(live))
        opened = until(lambda: _opened(deployment), "an alert has opened")
    generation = deployment.generation()
    assert generation is not None
    assert generation.import_partitions == 2
    assert opened.baseline.days > 25
    assert moment_of(opened.model_dump()) - now < HOUR


def _opened(deployment: Deployment) -> Alert | None:
    alerts = [Alert.decode(line) for line in recount.alerts(deployment)]
    return next((alert for alert in alerts if alert.series == EXPECTED_SERIES and alert.revision == 1), None)


def test_without_an_import_the_same_burst_is_only_learnt_from(deployment: Deployment, tmp_path: Path) -> None:
    live = tmp_path / "live.jsonl"
    live.write_text(BURST)
    deployment.run("feed", str(live))
    with deployment.worker("--processes", "1", "--drain") as worker:
        assert worker.wait(60) == 0
    assert len({where for where, _ in recount.deduplicated(deployment)}) == 10
    assert recount.alerts(deployment) == []
