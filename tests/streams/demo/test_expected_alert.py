"""The wire through the whole pipeline: the alert that it is written to raise comes, and no ordinary day has one."""

from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from agents.rulebook import Rulebook
from schemas.alert import Alert
from schemas.base import DAY
from streams.cli.scanning import Scanned, scan_log
from streams.demo.wire import expected, wire
from streams.demo.wire.sample import encode
from streams.sources import log

END = int(datetime(2026, 11, 20, 18, tzinfo=UTC).timestamp() * 1000)
STORY = ("KP/", "KR/", "RU/", "UA/", "030/", "151/")
"""Where the closing story is told of: its countries and the subregions above them."""


@pytest.fixture(scope="module")
def scanned() -> Scanned:
    # Three weeks are enough to learn from and a third of the time to wait.
    rows = [encode(item) for item in wire(END, days=24)]
    return scan_log(Rulebook.load(), log(rows, END + 60_000), len(rows), lambda _: nullcontext(lambda _: None))


def _started(alert: Alert) -> float:
    return (END - datetime.fromisoformat(alert.onset).timestamp() * 1000) / DAY


def test_nothing_of_the_wire_is_refused(scanned: Scanned) -> None:
    assert not scanned.refused
    assert not scanned.pipeline.tally.rejected
    assert not scanned.pipeline.tally.stale


def test_every_verdict_is_given(scanned: Scanned) -> None:
    verdicts = scanned.pipeline.tally.verdicts
    assert verdicts["exact"] > verdicts["near"] > 20
    assert verdicts["redelivered"] > 20


def test_the_expected_alert_opens_and_becomes_critical(scanned: Scanned) -> None:
    revisions = [alert for alert in scanned.alerts if expected(alert)]
    assert revisions[0].status == "opened"
    assert "critical" in {alert.severity for alert in revisions}
    assert _started(revisions[0]) < 3
    assert all(alert.publisher_count >= 2 for alert in revisions)


def test_the_pact_is_an_alert_of_both_its_parties(scanned: Scanned) -> None:
    opened = {alert.series for alert in scanned.alerts}
    assert {"KP/defence-pact", "RU/defence-pact"} <= opened


def test_nothing_else_is_an_alert(scanned: Scanned) -> None:
    others = Counter(
        alert.id for alert in scanned.alerts if not alert.series.startswith(STORY) or _started(alert) > 4.5
    )
    assert not others
