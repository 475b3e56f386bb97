"""How workers ended outlives them: counted by the supervisor, shown by the successor."""

import signal
from collections import Counter

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from streams import ends
from streams.metrics import Metrics


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (0, "stopped"),
        (2, "refused"),
        (3, "unreachable"),
        (-9, "killed"),
        (-11, "killed"),
        (-signal.SIGPROF, "watchdog"),
        (1, "fault"),
        (70, "fault"),
        (71, "transaction"),
        (72, "fenced"),
        (73, "watchdog"),
        (74, "step_errors"),
        (75, "lost"),
    ],
)
def test_reason_of(status: int, reason: str) -> None:
    assert ends.reason_of(status) == reason
    assert reason in ends.REASONS


def test_what_is_told_is_understood() -> None:
    counts = Counter({"killed": 3, "fenced": 1})
    assert ends.before({ends.ENDS: ends.told(counts)}) == counts
    assert ends.before({}) == Counter()
    assert ends.before({ends.ENDS: "nonsense=2,killed=x,=,killed=1"}) == Counter({"killed": 1})


def test_shown_with_every_reason_from_the_start() -> None:
    metrics = Metrics(CollectorRegistry(), ends={"transaction": 2, "fenced": 1, "killed": 4})
    lines = generate_latest(metrics.registry).decode().splitlines()
    assert {line.split("{")[1].split('"')[1] for line in lines if line.startswith("tocsin_worker_exits_total")} == set(
        ends.REASONS
    )
    assert 'tocsin_worker_exits_total{reason="killed"} 4.0' in lines
    assert 'tocsin_worker_exits_total{reason="watchdog"} 0.0' in lines
    assert "tocsin_transactions_aborted_total 3.0" in lines
