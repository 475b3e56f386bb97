"""A step that raises: one record is rejected with its traceback, many stop the worker and are not lost."""

import json

import pytest

from schemas.row import HeadlineRow, decode_row
from tests.integration import recount
from tests.integration.deployment import Deployment, ready, until
from tests.integration.test_exits import headlines, last_log, value
from tests.integration.test_worker import metrics

STAGES = ("classify", "deduplicate", "detect")


@pytest.fixture
def faulty(deployment: Deployment) -> Deployment:
    """Workers with faults put in."""
    deployment.program = "tests.integration.faulty"
    return deployment


def poison(stage: str, count: int) -> bytes:
    """Headlines that make a stage raise, none like another."""
    return b"".join(b'{"title": "raise %s in Kenya, part %d"}\n' % (stage.encode(), n) for n in range(count))


def released(deployment: Deployment) -> set[str]:
    """The titles that have come out of deduplication."""
    rows = [decode_row(record.value) for record in deployment.records("headlines.deduplicated")]
    return {row.headline.title for row in rows if isinstance(row, HeadlineRow)}


def test_one_poison_record_a_stage_is_rejected_alone_with_its_traceback(faulty: Deployment) -> None:
    faulty.run("feed", "-", stdin=headlines(5) + b"".join(poison(stage, 1) for stage in STAGES) + headlines(5, 5))
    with faulty.worker() as worker:
        until(lambda: ready(faulty.port), "ready")
        until(lambda: len(faulty.records("headlines.rejected")) == 3, "rejected")
        until(lambda: len(released(faulty)) == 11, "neighbours, and the one that detection stumbles over")
        assert worker.poll() is None
        text = metrics(faulty.port)
        for stage in STAGES:
            assert value(text, f'tocsin_step_errors_total{{stage="{stage}"}}') == 1
    for record in faulty.records("headlines.rejected"):
        rejected = json.loads(record.value)
        assert rejected["code"] == "step_error"
        assert f"a fault in {rejected['stage']}" in rejected["detail"]
        assert rejected["traceback"].startswith("Traceback")
        assert "faulty.py" in rejected["traceback"]
        assert rejected["source"]["offset"] >= 0


def test_garbage_stops_nobody(faulty: Deployment) -> None:
    faulty.run("feed", "-", stdin=b"no json\n" * 300 + headlines(1))
    with faulty.worker("--processes", "1", "--drain") as worker:
        assert worker.wait(60) == 0
    assert recount.check(faulty) == 301


@pytest.mark.parametrize("stage", STAGES)
def test_many_stop_the_worker_and_none_is_lost_when_the_fault_is_gone(faulty: Deployment, stage: str) -> None:
    faulty.run("feed", "-", stdin=poison(stage, 100))
    for _ in range(2):  # a restart must not reject another few each time
        with faulty.worker("--processes", "1", "--drain") as worker:
            assert worker.wait(60) == 74
        said = last_log(faulty)
        for part in ("exit 74 (step_errors)", "InjectedError", "Nothing of the chunk is written", "] at "):
            assert part in said
    assert len(faulty.records("headlines.rejected")) < 20
    before = len(faulty.records("headlines.rejected"))
    with faulty.worker("--processes", "1", "--drain", FIXED="1") as worker:
        assert worker.wait(60) == 0
    assert len(faulty.records("headlines.rejected")) == before
    if stage == "detect":
        assert len(released(faulty)) == 100
    else:
        assert len(released(faulty)) == 100 - before
