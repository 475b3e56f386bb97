"""How workers ended, counted by their supervisor: what a process cannot tell of its own end.

A counter that is raised right before a hard exit is never scraped. So the supervisor counts, and hands each process
that it starts what the ones before it (of the same place in its row) came to; that process shows it to Prometheus.
Over restarts the counts only rise; they begin at 0 with the supervisor.
"""

import os
import signal
from collections import Counter
from collections.abc import Mapping

from streams.engine.exits import Exit

ENDS = "TOCSIN_WORKER_EXITS"
"""Environment variable by which a supervisor tells a worker how the ones before it ended."""

STOPPED, REFUSED, UNREACHABLE, KILLED = "stopped", "refused", "unreachable", "killed"
REASONS = (STOPPED, REFUSED, UNREACHABLE, KILLED, *(kind.reason for kind in Exit))
"""The closed list of reasons."""

UNCOMMITTED = (Exit.TRANSACTION.reason, Exit.FENCED.reason)
"""Ends for which a transaction was given up."""

_BY_STATUS = {0: STOPPED, 2: REFUSED, 3: UNREACHABLE} | {kind.value: kind.reason for kind in Exit}
_BY_STATUS[-signal.SIGPROF] = Exit.WATCHDOG.reason  # the watchdog's last resort


def reason_of(status: int) -> str:
    """Why a process ended, from its exit status; negative: a signal."""
    return _BY_STATUS.get(status, KILLED if status < 0 else Exit.FAULT.reason)


def told(counts: Mapping[str, int]) -> str:
    """Counts as the value of the environment variable."""
    return ",".join(f"{reason}={count}" for reason, count in sorted(counts.items()))


def before(environment: Mapping[str, str] = os.environ) -> Counter[str]:
    """How the processes before this one ended; empty without a supervisor."""
    counts: Counter[str] = Counter()
    for part in filter(None, environment.get(ENDS, "").split(",")):
        reason, _, count = part.partition("=")
        if reason in REASONS and count.isdigit():
            counts[reason] += int(count)
    return counts
