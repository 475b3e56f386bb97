"""Running a replay: workers of its own under a supervisor, until everything has come out.

Broken off anywhere (Ctrl-C, kill -9, a broker that goes away), it goes on where its last commit was when it is run
again: it is a generation like any other. Workers that die over and over without getting any further end it.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import orjson

from schemas.clock import PartitionClock
from streams.errors import Refusal
from streams.reading import merged, spans
from streams.replay.founding import Founded
from streams.replay.progress import Reach, Watch, all_out
from streams.replay.stretch import CLOCKS
from streams.supervisor import Supervisor

HOPELESS_AFTER = 6
"""Restarts of workers without any progress between them."""


class NoProgress(Refusal):
    """The workers of a replay die before they have done anything."""

    exit_code = 70


@dataclass
class Summary:
    """What a replay came to."""

    reach: Reach
    seconds: float
    """Of this run."""
    headlines: int
    """Accepted in this run."""
    status: int = 0
    """Exit status: 0 complete, 130 broken off."""
    alerts: Counter[str] = field(default_factory=Counter)
    """Revisions of the whole replay, by status."""


async def run(
    founded: Founded,
    command: Sequence[str],
    processes: int,
    name: str,
    tell: Callable[[Reach], None],
    say: Callable[[str], None],
) -> Summary:
    """Run `command` in so many processes until the replay is complete or broken off. `name` is that of this machine's
    workers: the same at every start, so that one that was killed is not waited for."""
    async with Watch(founded) as watch:
        reach = await watch.reach()
        before = await _accepted(founded)
        began = time.monotonic()
        status = 0
        if not reach.complete:
            supervisor = Supervisor(command, processes, name, 0, say, environment=founded.environment)
            patience = _Patience(supervisor)

            def heard(now: Reach) -> None:
                nonlocal reach
                reach = now
                patience.heard(now)
                tell(now)

            async def until() -> None:
                await all_out(watch, heard, patience.check, patience.excuse)

            status = await supervisor.run(until)
        seconds = time.monotonic() - began
        if status == 0:
            reach = await watch.reach()
    accepted = await _accepted(founded)
    alerts = await _alerts(founded) if status == 0 else Counter[str]()
    return Summary(replace(reach, headlines=accepted), seconds, accepted - before, status, alerts)


async def _accepted(founded: Founded) -> int:
    """Headlines accepted so far, by all partitions."""
    found: dict[bytes, int] = {}
    async with aclosing(merged(founded.settings, await spans(founded.settings, [CLOCKS]))) as records:
        async for record in records:
            if record.value is not None:
                found[record.key] = PartitionClock.decode(record.value).rows
    return sum(found.values())


async def _alerts(founded: Founded) -> Counter[str]:
    found: Counter[str] = Counter()
    async with aclosing(merged(founded.settings, await spans(founded.settings, ["alerts"]))) as records:
        async for record in records:
            found[str(orjson.loads(record.value)["status"])] += 1
    return found


class _Patience:
    """Gives workers a few restarts without progress, and not more."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._share = -1.0
        self._restarts = 0

    def heard(self, reach: Reach) -> None:
        if reach.share > self._share:
            self._share, self._restarts = reach.share, self._supervisor.restarts

    def excuse(self) -> None:
        """An outage: restarts up to now do not count."""
        self._restarts = self._supervisor.restarts

    def check(self) -> None:
        if self._supervisor.restarts - self._restarts >= HOPELESS_AFTER:
            raise NoProgress(
                f"{HOPELESS_AFTER} workers ended without any progress; what they said is above. What is done is kept: "
                "put it right and run the same command again"
            )
