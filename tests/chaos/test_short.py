"""The first campaigns in short: the same faults, a few times each."""

from pathlib import Path

import pytest

from tests.chaos.campaign import RATE, perform, told
from tests.chaos.campaigns import CAMPAIGNS

SEED = 2


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
@pytest.mark.parametrize("name", ["kill", "members", "zombie", "broker", "network"])
def test_campaign(name: str, tmp_path: Path) -> None:
    campaign = CAMPAIGNS[name]
    outcome = perform(campaign, campaign.short, SEED, RATE, tmp_path, print)
    assert not outcome.faults, told(outcome)
