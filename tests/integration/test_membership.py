"""Who owns a lane, and for how long nobody does: a worker that is told to stop leaves, one that dies is missed."""

import signal
import time

import pytest

from tests.integration import recount
from tests.integration.deployment import Deployment, ready, until
from tests.integration.test_exits import headlines, value
from tests.integration.test_worker import metrics

pytestmark = pytest.mark.alone


def lanes(port: int) -> float:
    """How many lanes the worker that serves on this port has open; -1 while it is not ready."""
    try:
        return value(metrics(port), "tocsin_lanes_open") if ready(port) else -1
    except OSError:
        return -1


@pytest.mark.parametrize(
    ("number", "seconds"),
    [(signal.SIGTERM, 5.0), (signal.SIGKILL, 8.0)],  # of the latter 6 are the session timeout
    ids=["told to stop", "killed"],
)
def test_the_other_has_all_lanes_in_time(deployment: Deployment, number: signal.Signals, seconds: float) -> None:
    other = deployment.port + 500
    with (
        deployment.worker(TOCSIN_INSTANCE_ID="a") as gone,
        deployment.worker(TOCSIN_INSTANCE_ID="b", TOCSIN_HTTP_PORT=str(other)),
    ):
        until(lambda: lanes(deployment.port) == lanes(other) == 5, "five lanes each")
        gone.send_signal(number)
        began = time.monotonic()
        until(lambda: lanes(other) == 10, "taken over", seconds=30)
        took = time.monotonic() - began
        assert 0 < value(metrics(other), "tocsin_recovery_seconds") < took
        assert gone.wait(20) == (0 if number is signal.SIGTERM else -9)
        assert took < seconds
        deployment.run("feed", "-", stdin=headlines(6))
        until(lambda: len({w for w, _ in recount.deduplicated(deployment)}) == 6, "work goes on")
