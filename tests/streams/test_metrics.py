"""Metrics count what was committed, and forget what was given away."""

from prometheus_client import CollectorRegistry, generate_latest

from agents.stage import Inbound, Outbound, Step
from schemas.rejected import Rejected
from streams.metrics import Metrics

NOW = 1_800_000_000.0


def shown(metrics: Metrics) -> list[str]:
    """The lines that Prometheus reads."""
    return generate_latest(metrics.registry).decode().splitlines()


def commit(metrics: Metrics, stage: str = "classify", partition: int = 0, **step: object) -> None:
    made = Step(**({"outputs": [], "state": {}, "position": 1} | step))  # type: ignore[arg-type]
    metrics.committed(stage, partition, [Inbound(0, 0, b"x")], made, 0.01, 0.02, NOW)


def test_counts_by_stage_reason_and_verdict() -> None:
    metrics = Metrics(CollectorRegistry(), "abc")
    rejected = Rejected.of("classify", "step_error", "boom", b"x", None)
    commit(
        metrics,
        outputs=[Outbound("headlines.rejected", 0, None, rejected.encode())],
        tally={("rejected", "step_error"): 1, ("raised", ""): 1, ("headline", "stale"): 2},
    )
    commit(metrics, "deduplicate", tally={("verdict", "near"): 3, ("late", ""): 1})
    lines = shown(metrics)
    for line in (
        'tocsin_records_in_total{stage="classify"} 1.0',
        'tocsin_records_out_total{stage="classify",topic="headlines.rejected"} 1.0',
        'tocsin_rejected_total{code="step_error",stage="classify"} 1.0',
        'tocsin_step_errors_total{stage="classify"} 1.0',
        'tocsin_headlines_total{result="stale"} 2.0',
        'tocsin_verdicts_total{kind="near"} 3.0',
        'tocsin_verdicts_total{kind="unique"} 0.0',
        "tocsin_late_rows_total 1.0",
        'tocsin_transactions_total{stage="deduplicate"} 1.0',
        'tocsin_rules_info{rules="abc"} 1.0',
    ):
        assert line in lines


def test_latency_is_of_live_records_alone() -> None:
    metrics = Metrics(CollectorRegistry())
    commit(metrics, "detect", gauges={"clock": NOW - 0.4})
    commit(metrics, "detect", gauges={"clock": NOW - 86_400})
    lines = shown(metrics)
    assert 'tocsin_latency_seconds_count{stage="detect"} 1.0' in lines
    assert 'tocsin_latency_seconds_bucket{le="0.3",stage="detect"} 0.0' in lines
    assert 'tocsin_latency_seconds_bucket{le="0.5",stage="detect"} 1.0' in lines


def test_a_lane_that_is_given_away_takes_its_gauges_along() -> None:
    metrics = Metrics(CollectorRegistry())
    for lane in (0, 1):
        commit(metrics, "deduplicate", lane, gauges={"clock": NOW, "waiting": 5, "memory": 7})
        metrics.lag_records.labels("deduplicate", str(lane)).set(9)
    metrics.closed("deduplicate", 0)
    text = "\n".join(shown(metrics))
    for gauge in ("tocsin_lane_clock_seconds", "tocsin_state_entries", "tocsin_partition_lag_records"):
        assert f'{gauge}{{partition="0"' not in text
        assert f'{gauge}{{partition="1"' in text
    assert 'tocsin_waiting_rows{partition="0"}' not in text
