"""A drain ends: where nobody else ticks, and without the minute that the last volume would wait for."""

import time
from pathlib import Path

from schemas.base import HOUR, MINUTE
from schemas.row import MinuteRow, decode_row
from streams.demo.wire import Item
from tests.integration import recount
from tests.integration.deployment import Deployment
from tests.integration.past import arrived

HEADLINES = 8


def test_it_brings_its_own_ticks(kafka: str, prefix: str, tmp_path: Path) -> None:
    """Nearly all of one partition is held back, headlines and volume: the other has promised nothing for an hour."""
    deployment = Deployment(kafka, prefix, tmp_path)
    now = int(time.time() * 1000) // MINUTE * MINUTE
    times = [now - (HOUR if number % 2 else 0) - (HEADLINES - number) * MINUTE for number in range(HEADLINES)]
    items = [Item(at, f"Kenya deploys {number}00 soldiers", "Halden Press", "") for number, at in enumerate(times)]
    arrived(deployment, items)
    deployment.run("topics", "create", status=1)  # raw is kept for ever here, to hold the past
    with deployment.worker("--processes", "1", "--drain", TOCSIN_TICK="false") as worker:
        assert worker.wait(60) == 0
    assert recount.check(deployment) == HEADLINES
    told = [decode_row(record.value) for record in deployment.records("headlines.deduplicated")]
    volume = {row.at for row in told if isinstance(row, MinuteRow) and row.volume}
    assert {at + MINUTE for at in times[:-2:2]} <= volume, "minutes that had ended before the last headline"
