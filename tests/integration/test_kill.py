"""A worker is killed under load: nothing is lost, nothing is counted twice, work goes on within seconds."""

import os
import signal
import time
from pathlib import Path

import pytest

from streams.demo.wire import wire
from tests.integration import recount
from tests.integration.deployment import Deployment, ready, until
from tests.integration.lines import as_lines

pytestmark = pytest.mark.alone


RESUMES_WITHIN = 5.0
"""Seconds, under a supervisor, with small state: 3 are promised, and what other tests left running takes its share."""


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
def test_kill_under_load(deployment: Deployment, tmp_path: Path) -> None:
    now = int(time.time() * 1000)
    headlines = tmp_path / "live.jsonl"
    headlines.write_bytes(as_lines(wire(now, days=20, seed=3), restamp=now))
    with deployment.worker("--processes", "2") as supervisor:
        until(lambda: ready(deployment.port) and ready(deployment.port + 1), "two workers ready")
        for victim in (0, 1):
            deployment.run("feed", str(headlines))
            pid = sorted(children(supervisor.pid))[victim]
            os.kill(pid, signal.SIGKILL)
            killed = time.monotonic()
            until(lambda pid=pid: pid not in children(supervisor.pid) and len(children(supervisor.pid)) == 2, "restart")
            until(lambda: ready(deployment.port) and ready(deployment.port + 1), "ready again")
            assert time.monotonic() - killed < RESUMES_WITHIN
        deployment.run("feed", str(headlines))
        raw = sum(not r.value.startswith(recount.TICK) for r in deployment.records("headlines.raw"))
        rows = until(
            lambda: (rows := recount.deduplicated(deployment)) and len({w for w, _ in rows}) == raw and rows,
            "everything has come out",
        )
        assert rows
        supervisor.terminate()
        assert supervisor.wait(40) in (0, 130)
    assert recount.check(deployment) == raw
