"""What a campaign sees of the ends of workers, and of the records that they stumbled over."""

import sys
from pathlib import Path

import pytest

from schemas.rejected import Rejected
from tests.chaos.campaigns import CAMPAIGNS
from tests.chaos.campaigns.poison import injected
from tests.chaos.headlines import MAGIC
from tests.chaos.workers import Process


@pytest.mark.parametrize(
    ("said", "status", "ends"),
    [
        pytest.param("all is well", 0, set(), id="told to stop"),
        pytest.param("", 130, set(), id="a supervisor told to stop"),
        pytest.param("tocsin: exit 70 (fault): upkeep: ValueError: x", 70, {70}, id="by itself"),
        pytest.param("WARNING worker 2 ended with -9 (killed); starting it again", 0, {-9}, id="killed"),
        pytest.param("worker 0 ended with 3 (unreachable); starting it again in 2 s", 0, {3}, id="at its start"),
        pytest.param("worker 0 ended with 0 (stopped); starting it again", 0, {0}, id="though nobody told it to"),
        pytest.param("tocsin: exit 72 (fenced): a\ntocsin: exit 71 (transaction): b", 1, {72, 71, 1}, id="several"),
    ],
)
def test_ends(said: str, status: int, ends: set[int], tmp_path: Path) -> None:
    code = f"import sys; print({said!r}); sys.exit({status})"
    process = Process([sys.executable, "-c", code], {}, tmp_path / "log")
    process.process.wait(20)
    assert process.ends() == ends


def test_no_campaign_calls_for_a_fault_of_ours() -> None:
    for campaign in CAMPAIGNS.values():
        assert not campaign.ends & {70, 0, 1}, campaign.name


@pytest.mark.parametrize(
    ("original", "stage", "meant"),
    [
        (f'{{"title": "{MAGIC} for day 4"}}', "classify", True),
        (f'{{"title": "{MAGIC} for day 4"}}', "deduplicate", False),
        ('{"title": "Kenya deploys troops"}', "classify", False),
    ],
)
def test_only_what_was_sent_to_be_stumbled_over_may_be(original: str, stage: str, meant: bool) -> None:
    rejected = Rejected.of(stage, "step_error", "", original.encode(), None, "Traceback")  # type: ignore[arg-type]
    assert injected(rejected) is meant
