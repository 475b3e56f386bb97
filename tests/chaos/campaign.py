"""A campaign: which Kafka, which faults, how often; and how it is carried out and recounted."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tests.chaos.brokers import Brokers, Tell, alone
from tests.chaos.ground import Ground
from tests.chaos.watch import Stall, longest, longest_gap
from tests.integration import recount

RATE = 200.0
"""Headlines a second."""
SHOWN = 20


@dataclass(frozen=True)
class Campaign:
    """What is done to a deployment."""

    name: str
    what: str
    """For the table: what was done."""
    times: int
    short: int
    """Times of the short form."""
    faults: Callable[[Ground, int], None]
    """Starts workers and load, and does the worst so many times."""
    kafka: Callable[[Path, Tell], AbstractContextManager[Brokers]] = alone
    ends: frozenset[int] = frozenset()
    """With which statuses workers may end that were not told to; negative: by a signal."""
    stall_limit: float | None = None
    """Seconds that no stall may exceed."""
    missing: Callable[[], str | None] = lambda: None
    """What this machine lacks for it."""


class Outcome(BaseModel):
    """A row of the table."""

    model_config = ConfigDict(frozen=True)

    campaign: str
    what: str
    times: int
    records: int
    revisions: int
    lost: int
    doubled: int
    differing: int
    stall: float
    """Seconds."""
    stalls: str
    """The longest in each stretch that is told apart."""
    seconds: float
    seed: int
    command: str
    faults: tuple[str, ...]


def perform(campaign: Campaign, times: int, seed: int, rate: float, directory: Path, tell: Tell) -> Outcome:
    """Carry it out and recount. Raises what broke it down; faults that were found are in the outcome."""
    began = time.monotonic()
    tell(f"starting Kafka; logs are in {directory}")
    with campaign.kafka(directory / "kafka", tell) as brokers, Ground(brokers, directory, seed, rate, tell) as ground:
        ground.may_end |= campaign.ends
        campaign.faults(ground, times)
        ground.settle()
        tell("recounting")
        log = ground.before_recount()
        found = recount.recount(ground.deployment, log=log, unscanned=ground.unscanned)
        stalls = stalls_of(ground)
    faults = [*ground.faults, *found.faults]
    if not found.revisions:
        faults.append("no alert was raised: the comparison with a scan says nothing")
    worst = max([stall for _, stall in stalls], default=Stall(0.0, 0, 0.0))
    if campaign.stall_limit is not None and worst.seconds > campaign.stall_limit:
        faults.append(
            f"lane {worst.lane} stood still for {worst.seconds:.1f} s from "
            f"{time.strftime('%H:%M:%S', time.localtime(worst.begin))}; {campaign.stall_limit:.0f} s are allowed"
        )
    return Outcome(
        campaign=campaign.name,
        what=campaign.what,
        times=times,
        records=found.records,
        revisions=found.revisions,
        lost=len(found.lost),
        doubled=len(found.doubled),
        differing=len(found.differing),
        stall=round(worst.seconds, 1),
        stalls=", ".join(f"{name} {stall.seconds:.1f} s" for name, stall in stalls) if len(stalls) > 1 else "",
        seconds=round(time.monotonic() - began),
        seed=seed,
        command=f'make chaos ARGS="{campaign.name} --times {times} --seed {seed}"',
        faults=tuple(faults),
    )


def stalls_of(ground: Ground) -> list[tuple[str, Stall]]:
    """The longest stall of each stretch of a campaign."""
    commits = ground.watch.commits
    if ground.by_observer:
        return [(name, longest_gap(commits, begin, end)) for name, begin, end in ground.windows]
    arrivals: dict[int, list[tuple[int, float]]] = {lane: [] for lane in range(ground.lanes)}
    for row in recount.rows(ground.deployment, "headlines.deduplicated", verdict=True):
        if row.arrival is not None:
            arrivals[row.lane].append((int(row.at.rsplit("/", 1)[1]), row.arrival / 1000))
    return [(name, longest(commits, arrivals, begin, end)) for name, begin, end in ground.windows]


def told(outcome: Outcome) -> str:
    """The outcome, for the terminal."""
    lines = [
        f"{outcome.campaign}: {outcome.times} times, {outcome.records:,} records in, {outcome.lost} lost, "
        f"{outcome.doubled} doubled, {outcome.revisions} alert revisions, {outcome.differing} differing, "
        f"longest stall {outcome.stall:.1f} s, {outcome.seconds:.0f} s in all"
    ]
    if outcome.stalls:
        lines.append(f"  longest stalls: {outcome.stalls}")
    lines += [f"  FAULT: {fault}" for fault in outcome.faults[:SHOWN]]
    if len(outcome.faults) > SHOWN:
        lines.append(f"  ... and {len(outcome.faults) - SHOWN} more")
    return "\n".join(lines)
