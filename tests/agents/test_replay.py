"""A replay in memory: what is decided on a stretch of the log is what the full run decides there.

The oracle is the full run itself. A replay begins at the first record with a timestamp of `since` or later, as Kafka
finds it, and is given all that follows, so that it has to stop by itself.
"""

import math
import random
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.classify.agent import ClassifyStage
from agents.classify.clock import Stretch
from agents.classify.step import Classifier
from agents.classify.times import read_moment
from agents.deduplicate.memory import WINDOW
from agents.deduplicate.merge import Merge
from agents.deduplicate.rules import load_rules
from agents.deduplicate.step import Deduplicator
from agents.detect.buckets import LONG
from agents.detect.exposure import halved
from agents.detect.rate import Rate
from agents.pipeline import Input, Pipeline
from agents.stage import Inbound
from schemas.alert import Alert
from schemas.base import DAY, HOUR, MINUTE, QUARTER
from schemas.row import HeadlineRow, MinuteRow, ReleasedRow, TickRow, decode_row, time_of
from tests.agents.classify.test_agent import rulebook as quiet
from tests.agents.classify.test_step import T0, TICK, titled
from tests.agents.deduplicate.rows import NOON, row
from tests.agents.test_pipeline import RAW, Records, cut, dealt, history, in_bytes, in_order, rulebook

LAST = 40 * MINUTE
"""Behind every record of a random log."""


class Part(NamedTuple):
    """Of one partition, what a replay reads, and where."""

    records: Sequence[Inbound]
    start: int
    stretch: Stretch


def part(log: Sequence[Inbound], since: int, until: int) -> Part:
    """The stretch [since, until) of a partition, as `tocsin replay` finds it: by timestamps alone."""
    first = next((n for n, record in enumerate(log) if record.timestamp >= since), len(log))
    end = next((n for n, record in enumerate(log) if record.timestamp >= until), len(log))
    last = log[end - 1].offset if end > first else None
    return Part(log[first:], until if last is None else since, Stretch(until, last))


def released(
    parts: Sequence[tuple[Sequence[Inbound], int, Stretch | None]], chunks: Sequence[int]
) -> list[list[ReleasedRow]]:
    """What leaves the merge of each lane, partition after partition in chunks of these sizes."""
    book = quiet()
    promises: dict[tuple[str, int], int | None] = {(RAW, number): start for number, (_, start, _) in enumerate(parts)}
    merges = [Merge(promises) for _ in range(book.lanes.count)]
    offset = 0
    for number, (log, start, stretch) in enumerate(parts):
        classifier = Classifier(RAW, number, book.reader, book.lanes, book.version, start, False, stretch)
        clock, at, sizes = classifier.start, 0, [*chunks]
        while at < len(log):
            size = sizes.pop(0) if sizes else 3
            clock, rows, _ = classifier.step(clock, log[at : at + size])
            at += size
            for lane, item in rows:
                merges[lane].take(offset, item)
                offset += 1
    assert all(merge.late == 0 for merge in merges)
    return [list(merge.release()) for merge in merges]


LOG = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, -1, 700, 30_000, MINUTE, 4 * MINUTE, -2 * MINUTE]),
        st.sampled_from(["US", "FR", "KP", "FR KP", "", "tick", "rubbish", "withdraw"]),
    ),
    max_size=12,
)
VALUES = {"tick": TICK, "rubbish": b"?", "withdraw": b'{"withdraws":"x"}'}


def logged(made: Sequence[tuple[int, str]]) -> list[Inbound]:
    """A live partition: timestamps may jump back, offsets have gaps, a tick far behind ends it."""
    at, log = T0, []
    for number, (delay, what) in enumerate(made):
        at += delay
        log.append(Inbound(2 * number, max(T0, at), VALUES.get(what) or titled(f"{what} {number % 3}")))
    return [*log, Inbound(2 * len(made) + 3, T0 + LAST + QUARTER, TICK)]


@settings(max_examples=300)
@given(
    made=st.lists(LOG, min_size=1, max_size=3),
    since=st.integers(0, 12),
    length=st.integers(1, 25),
    sizes=st.lists(st.integers(1, 5), max_size=8),
)
def test_rows_and_minutes_are_those_of_the_full_run(
    made: list[list[tuple[int, str]]], since: int, length: int, sizes: list[int]
) -> None:
    begin, until = T0 + since * MINUTE, T0 + (since + length) * MINUTE
    logs = [logged(each) for each in made]
    full = released([(log, T0, None) for log in logs], [])
    replayed = released([part(log, begin, until) for log in logs], sizes)
    for whole, stretch in zip(full, replayed, strict=True):
        # An empty minute, which closes a bucket, is told where something came before it: from the first of that on.
        known = next((time_of(item) for item in whole if _alive(item) and _within(item, begin, until)), until)
        assert [item for item in stretch if not _empty(item)] == [
            item for item in whole if not _empty(item) and _within(item, begin, until)
        ]
        assert [item for item in stretch if _empty(item)] == [
            item for item in whole if _empty(item) and _within(item, known, until)
        ]


def _empty(item: ReleasedRow) -> bool:
    return isinstance(item, MinuteRow) and not item.volume


def _alive(item: ReleasedRow) -> bool:
    return item.kind == "headline" or (isinstance(item, MinuteRow) and bool(item.volume))


def _within(item: ReleasedRow, since: int, until: int) -> bool:
    """A row by its arrival, a minute by the arrivals that it counts."""
    return since < item.at <= until if isinstance(item, MinuteRow) else since <= time_of(item) < until


@pytest.mark.parametrize("crash", range(1, 8))
def test_a_crash_anywhere_changes_nothing_and_the_end_is_told_once(crash: int) -> None:
    times = [(1, "US"), (2, "FR"), (MINUTE, "KP"), (5, "US"), (3 * MINUTE, "FR"), (1, "KP"), (MINUTE, "US")]
    log = logged(times)
    records, start, stretch = part(log, T0, T0 + 2 * MINUTE)

    def stage() -> ClassifyStage:
        return ClassifyStage(RAW, 0, quiet(), start, stretch=stretch)

    whole = stage().step(records).outputs
    first = stage()
    before = first.step(records[:crash])
    first.step(records[crash:])  # never committed
    again = stage()
    again.restore({key: value for key, value in before.state.items() if value is not None})
    after = again.step(records[crash:])
    assert [out for out in before.outputs + after.outputs if out.kind not in ("tick", None)] == [
        out for out in whole if out.kind not in ("tick", None)
    ]
    ends = [decode_row(out.value or b"") for out in before.outputs + after.outputs if out.kind == "tick"]
    told = [tick for tick in ends if isinstance(tick, TickRow) and tick.arrival == T0 + 2 * MINUTE]
    assert len(told) == quiet().lanes.count
    assert all(tick.end is None for tick in told)
    assert max(tick.arrival for tick in ends if isinstance(tick, TickRow)) == T0 + 2 * MINUTE


def test_what_lies_behind_is_passed_over_without_a_trace() -> None:
    records, start, stretch = part(logged([(1, "US"), (2 * MINUTE, "FR"), (1, "KP")]), T0, T0 + MINUTE)
    stage = ClassifyStage(RAW, 0, quiet(), start, stretch=stretch)
    stage.step(records[:1])
    behind = stage.step(records[1:])
    assert (behind.outputs, behind.state, behind.position) == ([], {}, records[-1].offset + 1)


def test_a_partition_with_nothing_to_read_holds_nobody_back() -> None:
    logs = [logged([(1, "US")]), [Inbound(7, T0 + DAY, titled("FR"))]]
    parts = [part(log, T0, T0 + MINUTE) for log in logs]
    assert parts[1][1:] == (T0 + MINUTE, Stretch(T0 + MINUTE, None))
    kinds = sorted(item.kind for lane in released(parts, []) for item in lane)
    assert kinds == ["headline", *["minute"] * quiet().lanes.count]


# --- alerts ---


def live(seed: int) -> Records:
    """A live log of twelve days in two partitions, promised two days further."""
    records: Records = {}
    for (_, partition), mine in dealt(history(seed), 2).items():
        last = mine[-1]
        records[RAW, partition] = [*mine[:-1], last._replace(value=TICK, timestamp=last.timestamp + 2 * DAY)]
    return records


@cache
def beginning(seed: int) -> int:
    """Where the log begins, a whole minute."""
    return min(mine[0].timestamp for mine in live(seed).values()) // MINUTE * MINUTE


def replayed(seed: int, since: int, until: int | None, chance: random.Random) -> list[Alert]:
    """The alerts of a stretch, in memory."""
    parts = {
        where: part(mine, since, until) if until is not None else Part(mine, since, Stretch(1 << 62, 1 << 62))
        for where, mine in live(seed).items()
    }
    pipeline = Pipeline(rulebook(), [Input(*where, read.start, False, read.stretch) for where, read in parts.items()])
    queues = {where: cut(read.records, chance) for where, read in parts.items()}
    alerts: list[Alert] = []
    while queues:
        where = chance.choice(list(queues))
        alerts += pipeline.feed(*where, queues[where].pop(0)).alerts
        queues = {where: queue for where, queue in queues.items() if queue}
    assert pipeline.late == 0
    return alerts


@cache
def whole(seed: int) -> list[Alert]:
    """The alerts of the full run."""
    return replayed(seed, beginning(seed), None, random.Random(1))


def encoded(alerts: Sequence[Alert]) -> list[bytes]:
    return in_order([alert.encode() for alert in alerts])


def test_the_full_run_is_that_of_the_stages_in_bytes() -> None:
    assert encoded(whole(0)) == in_bytes(live(0), random.Random(2), beginning(0))
    assert whole(0)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("days", [5, 10])
def test_from_the_beginning_alerts_are_those_of_the_full_run_byte_for_byte(seed: int, days: int) -> None:
    until = beginning(seed) + days * DAY + 7 * HOUR
    full = whole(seed)
    mine = replayed(seed, beginning(seed), until, random.Random(days))
    assert encoded([alert for alert in mine if read_moment(alert.at).at < until]) == encoded(
        [alert for alert in full if read_moment(alert.at).at < until]
    )
    assert all(read_moment(alert.at).at <= until for alert in mine)


# --- verdicts ---

TITLES = [
    "Kenya sends troops to Somalia border",
    "Kenya sends troops to the Somalia border",
    "Peru and Chile sign treaty",
]
STEPS = st.sampled_from([1, HOUR, 20 * HOUR, 47 * HOUR, WINDOW, WINDOW + 1, 3 * DAY])


def judged(rows: Sequence[HeadlineRow]) -> list[HeadlineRow]:
    deduplicator = Deduplicator(load_rules())
    return [deduplicator.judge(item) for item in rows]


@settings(max_examples=300)
@given(
    made=st.lists(st.tuples(STEPS, st.sampled_from(TITLES), st.sampled_from("ab")), max_size=14),
    skipped=st.integers(0, 6),
)
def test_two_days_on_verdicts_differ_at_most_in_the_original_that_a_chain_names(
    made: list[tuple[int, str, str]], skipped: int
) -> None:
    at, rows = NOON, []
    for delay, title, paper in made:
        at += delay
        places = {"PE": "Peru"} if title.startswith("Peru") else {"KE": "Kenya", "SO": "Somalia"}
        rows.append(row(title, places, at, id=f"{title}/{paper}"))
    if skipped >= len(rows):
        return
    since = rows[skipped].headline.arrival
    short = judged([item for item in rows if item.headline.arrival >= since])
    full = [item for item in judged(rows) if item.headline.arrival >= since]
    for number, (ours, theirs) in enumerate(zip(short, full, strict=True)):
        if ours.headline.arrival < since + WINDOW:
            continue
        assert ours.verdict is not None
        assert theirs.verdict is not None
        assert ours.verdict.model_copy(update={"of": None}) == theirs.verdict.model_copy(update={"of": None})
        if ours.verdict.of != theirs.verdict.of:
            assert chain_begins(full[: number + 1]) < since + WINDOW


def chain_begins(rows: Sequence[HeadlineRow]) -> int:
    """The arrival at which the chain of repeats begins that the last row ends: each within 48 h of the next."""
    family = [item.headline.arrival for item in rows if item.headline.title[:4] == rows[-1].headline.title[:4]]
    begins = family[-1]
    for arrival in reversed(family):
        if begins - arrival > WINDOW:
            break
        begins = arrival
    return begins


def test_a_chain_of_repeats_names_the_first_that_its_run_has_seen() -> None:
    """Each within 48 h of the one before: the full run still names what was first, a replay what it saw first."""
    chain = [row(TITLES[0], {"KE": "Kenya"}, NOON + day * DAY, id=f"day {day}") for day in range(6)]
    full, short = judged(chain)[-1], judged(chain[1:])[-1]
    assert full.headline.arrival > chain[1].headline.arrival + WINDOW
    assert (full.verdict and full.verdict.of, short.verdict and short.verdict.of) == ("day 0", "day 1")


# --- the warm-up ---


@pytest.mark.parametrize(("days", "share"), [(7, 0.71), (14, 0.50), (28, 0.25), (47, 0.10), (61, 0.05), (93, 0.01)])
def test_what_a_warm_up_leaves_of_the_past(days: int, share: float) -> None:
    """Half a year at one rate, then another: how far the full run is from one that began with the other."""
    rules = rulebook().detect
    before, after, bucket = 2, 6, 0
    full, short, exposures = Rate(0), Rate(0), [0.0, 0.0]
    for day in range(180 + days):
        for _ in range(LONG):
            bucket += 1
            exposures = [each * halved(1, rules.half_life_days) for each in exposures]
            exposures[0] += 1
            full = full.taught(bucket, before if day < 180 else after, math.inf, rules)
            if day >= 180:
                exposures[1] += 1
                short = short.taught(bucket, after, math.inf, rules)
    rates = full.level(bucket, rules) / exposures[0], short.level(bucket, rules) / exposures[1]
    assert rates[1] == pytest.approx(after)
    assert (after - rates[0]) / (after - before) == pytest.approx(share, abs=0.006)
