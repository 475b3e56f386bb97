"""The first campaigns in short: the same faults, a few times each, one after the other on one deployment."""

from pathlib import Path

import pytest

from tests.chaos.brokers import proxied
from tests.chaos.campaign import stalls_of
from tests.chaos.campaigns import CAMPAIGNS
from tests.chaos.ground import Ground
from tests.integration import recount

SEED = 2
RATE = 100.0
"""Headlines a second."""


@pytest.mark.alone
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
def test_the_worst_in_short(tmp_path: Path) -> None:
    with proxied(tmp_path / "kafka", print) as brokers, Ground(brokers, tmp_path, SEED, RATE, print) as ground:
        members = CAMPAIGNS["members"]
        members.faults(ground, members.short)
        hand_over = ground.windows[-1].name
        ground.dismiss()
        for name in ("kill", "zombie", "broker", "network"):
            campaign = CAMPAIGNS[name]
            print(f"{name}: {campaign.what}")
            ground.may_end |= campaign.ends
            campaign.faults(ground, campaign.short)
        ground.settle()
        log = ground.before_recount()
        found = recount.recount(ground.deployment, log=log)
        stalls = dict(stalls_of(ground))
    print(found.records, found.revisions, stalls)
    assert not found.faults, "\n".join(found.faults[:30])
    assert not ground.faults
    assert found.revisions > 0
    assert members.stall_limit is not None
    assert stalls[hand_over].seconds < members.stall_limit
