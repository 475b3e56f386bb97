"""Every metric of a worker, built once for each registry.

Names end in their base unit; labels have closed sets of values, which exist from the start where the set is small.
Records are counted when their transaction is committed: what a crash undid was never counted.
"""

import contextlib
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from agents.stage import Inbound, Step
from schemas.alert import Alert, Status
from schemas.rejected import Code
from schemas.row import VerdictKind
from streams.ends import REASONS, UNCOMMITTED

STAGES = ("classify", "classify-import", "deduplicate", "detect")
OUTPUTS = (
    "headlines.classified",
    "headlines.rejected",
    "headlines.deduplicated",
    "alerts",
    "alerts.current",
    "counts",
    "clocks",
)
LIVE = 3600.0
"""Seconds behind the present up to which log time is live, and its latency worth measuring."""

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SLOW = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(
        self, registry: CollectorRegistry, rules: str = "", ends: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        """`rules`: their version. `ends`: how earlier processes of this worker ended, by reason."""
        self.registry = registry
        self._records_in = Counter(
            "tocsin_records_in", "Records read and committed, by stage.", ["stage"], registry=registry
        )
        self._records_out = Counter(
            "tocsin_records_out",
            "Records written, by stage and topic (without prefix).",
            ["stage", "topic"],
            registry=registry,
        )
        self._headlines = Counter(
            "tocsin_headlines",
            "Headlines read: accepted (part of the volume) or stale (kept, not counted).",
            ["result"],
            registry=registry,
        )
        self._rejected = Counter(
            "tocsin_rejected",
            "Records that ended in headlines.rejected, by stage and reason.",
            ["stage", "code"],
            registry=registry,
        )
        self._step_errors = Counter(
            "tocsin_step_errors",
            "Records whose step raised: a fault of ours, not of the record.",
            ["stage"],
            registry=registry,
        )
        self.lost = Counter(
            "tocsin_lost_records",
            "Records that were gone before they were read, and that TOCSIN_LOST_RECORDS=accept went on without: "
            "in all the time of the generation, whoever owned the lane.",
            ["stage", "partition"],
            registry=registry,
        )
        self._verdicts = Counter(
            "tocsin_verdicts", "Headlines in lanes, by what deduplication decided.", ["kind"], registry=registry
        )
        self._alerts = Counter("tocsin_alerts", "Alert revisions written, by status.", ["status"], registry=registry)
        self._late = Counter(
            "tocsin_late_rows",
            "Rows dropped because they came after a promise that none would: must stay 0.",
            registry=registry,
        )
        self._transactions = Counter(
            "tocsin_transactions", "Transactions committed, by stage.", ["stage"], registry=registry
        )
        self._aborted = Counter(
            "tocsin_transactions_aborted",
            "Transactions given up by earlier processes of this supervised worker: failed, or fenced.",
            registry=registry,
        )
        self._aborted.inc(sum(ends.get(reason, 0) for reason in UNCOMMITTED))
        exits = Counter(
            "tocsin_worker_exits",
            "How earlier processes of this supervised worker ended, by reason.",
            ["reason"],
            registry=registry,
        )
        for reason in REASONS:
            exits.labels(reason).inc(ends.get(reason, 0))
        self._step_seconds = Histogram(
            "tocsin_step_seconds",
            "Time to decide about a chunk, by stage.",
            ["stage"],
            buckets=_FAST,
            registry=registry,
        )
        self._transaction_seconds = Histogram(
            "tocsin_transaction_seconds",
            "Time to commit a chunk, by stage.",
            ["stage"],
            buckets=_FAST,
            registry=registry,
        )
        self._latency = Histogram(
            "tocsin_latency_seconds",
            "From the arrival at the broker of the latest live record of a chunk to the chunk's commit, by stage.",
            ["stage"],
            buckets=_SLOW,
            registry=registry,
        )
        self._alert_latency = Histogram(
            "tocsin_alert_latency_seconds",
            "End to end: from the raw arrival (or the bucket's close) that a live alert revision was judged at to its "
            "commit.",
            buckets=_SLOW,
            registry=registry,
        )
        self._stage_clock = Gauge(
            "tocsin_lane_clock_seconds",
            "Log time that a stage has reached in a partition, as Unix time.",
            ["stage", "partition"],
            registry=registry,
        )
        self._raw_clock = Gauge(
            "tocsin_raw_clock_seconds",
            "Log time that a raw or import partition has reached, whoever owns it, as Unix time.",
            ["topic", "partition"],
            registry=registry,
        )
        self._waiting = Gauge(
            "tocsin_waiting_rows",
            "Rows that a lane holds until every raw partition has promised.",
            ["partition"],
            registry=registry,
        )
        self._memory = Gauge(
            "tocsin_state_entries",
            "Entries that a stage keeps: texts remembered, series with a state.",
            ["stage", "partition"],
            registry=registry,
        )
        self._learning = Gauge(
            "tocsin_learning_days",
            "Days with headlines that a lane has yet to see before its alerts open.",
            ["partition"],
            registry=registry,
        )
        self._publishing = Gauge(
            "tocsin_publishing",
            "Whether a lane's alerts are published: 0 no, 1 yes, 2 held until a handover is complete, 3 handed over.",
            ["partition"],
            registry=registry,
        )
        self.lag_records = Gauge(
            "tocsin_partition_lag_records",
            "Committed records of a partition not yet behind us, by stage.",
            ["stage", "partition"],
            registry=registry,
        )
        self.lag_seconds = Gauge(
            "tocsin_partition_lag_seconds",
            "Age of the oldest record that waits in this worker, 0 when none does.",
            ["stage", "partition"],
            registry=registry,
        )
        self.ticks = Counter("tocsin_ticks", "Ticks appended to silent raw partitions.", registry=registry)
        self.paused = Gauge(
            "tocsin_partition_paused",
            "1 while a raw partition waits for the slowest.",
            ["stage", "partition"],
            registry=registry,
        )
        self._recovery = Gauge(
            "tocsin_recovery_seconds", "How long the last take-over of partitions lasted.", registry=registry
        )
        self.lanes = Gauge("tocsin_lanes_open", "Lanes that this worker owns and has open.", registry=registry)
        Gauge("tocsin_build_info", "1; the build is in the labels.", ["version", "python"], registry=registry).labels(
            version("tocsin"), platform.python_version()
        ).set(1)
        Gauge("tocsin_rules_info", "1; the rules' version is in the label.", ["rules"], registry=registry).labels(
            rules
        ).set(1)
        self._exist()

    def _exist(self) -> None:
        """Give closed label sets their zeros, so that a first event is an increase and not an appearance."""
        for stage in STAGES:
            for metric in (
                self._records_in,
                self._transactions,
                self._step_errors,
                self._step_seconds,
                self._transaction_seconds,
                self._latency,
            ):
                metric.labels(stage)
        for code in get_args(Code):
            self._rejected.labels("classify", code)
        for kind in get_args(VerdictKind):
            self._verdicts.labels(kind)
        for status in get_args(Status):
            self._alerts.labels(status)
        for result in ("accepted", "stale"):
            self._headlines.labels(result)

    def committed(
        self,
        stage: str,
        partition: int,
        records: Sequence[Inbound],
        step: Step,
        step_seconds: float,
        transaction_seconds: float,
        now: float,
    ) -> None:
        """Count a chunk whose transaction is committed. `now`: Unix seconds."""
        self._records_in.labels(stage).inc(len(records))
        self._transactions.labels(stage).inc()
        self._step_seconds.labels(stage).observe(step_seconds)
        self._transaction_seconds.labels(stage).observe(transaction_seconds)
        out: dict[str, int] = {}
        for record in step.outputs:
            out[record.topic] = out.get(record.topic, 0) + 1
            if record.topic == "alerts" and record.value is not None:
                self._alerted(Alert.decode(record.value), now)
        for topic, count in out.items():
            self._records_out.labels(stage, topic).inc(count)
        for (what, which), count in step.tally.items():
            self._tallied(stage, what, which, count)
        self._stands(stage, partition, step, now)

    def _alerted(self, alert: Alert, now: float) -> None:
        since = now - datetime.fromisoformat(alert.at).timestamp()
        if 0 <= since < LIVE:
            self._alert_latency.observe(since)

    def _tallied(self, stage: str, what: str, which: str, count: int) -> None:
        if what == "headline":
            self._headlines.labels(which).inc(count)
        elif what == "rejected":
            self._rejected.labels("classify" if stage == "classify-import" else stage, which).inc(count)
        elif what == "raised":
            self._step_errors.labels(stage).inc(count)
        elif what == "verdict":
            self._verdicts.labels(which).inc(count)
        elif what == "alert":
            self._alerts.labels(which).inc(count)
        elif what == "late":
            self._late.inc(count)

    def _stands(self, stage: str, partition: int, step: Step, now: float) -> None:
        where = str(partition)
        if (clock := step.gauges.get("clock")) is not None:
            self._stage_clock.labels(stage, where).set(clock)
            if 0 <= now - clock < LIVE:
                self._latency.labels(stage).observe(now - clock)
        if (waiting := step.gauges.get("waiting")) is not None:
            self._waiting.labels(where).set(waiting)
        for name in ("memory", "series"):
            if (entries := step.gauges.get(name)) is not None:
                self._memory.labels(stage, where).set(entries)
        if (learning := step.gauges.get("learning_days")) is not None:
            self._learning.labels(where).set(learning)
        if (publishing := step.gauges.get("publishing")) is not None:
            self._publishing.labels(where).set(publishing)

    def raw_clock(self, topic: str, partition: int, arrival: int | None) -> None:
        """How far a raw partition has come, ms; `None`: there is nothing to tell."""
        if arrival is None:
            _forget(self._raw_clock, topic, str(partition))
        else:
            self._raw_clock.labels(topic, str(partition)).set(arrival / 1000)

    def opened(self, stage: str, partition: int) -> None:
        """A lane is ours: what it lost begins at 0, until its state says more."""
        self.lost.labels(stage, str(partition))

    def closed(self, stage: str, partition: int) -> None:
        """A lane is no longer ours: what its new owner says of it must not be contradicted by our last word."""
        where = str(partition)
        for metric in (self._stage_clock, self._memory, self.lag_records, self.lag_seconds, self.paused, self.lost):
            _forget(metric, stage, where)
        if stage == "deduplicate":
            _forget(self._waiting, where)
        if stage == "detect":
            _forget(self._learning, where)
            _forget(self._publishing, where)

    def recovered(self, seconds: float, lanes: int) -> None:
        """Partitions were taken over."""
        self._recovery.set(seconds)
        self.lanes.set(lanes)


def _forget(metric: Gauge | Counter, *labels: str) -> None:
    with contextlib.suppress(KeyError):
        metric.remove(*labels)
