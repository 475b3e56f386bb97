"""Silence is cheap: what a tick a minute costs behind `headlines.raw`, and that nothing piles up.

When a silent partition is ticked at all is in `tests/streams/engine/test_ticker.py`.
"""

from collections import Counter

from agents.stage import Inbound
from schemas.base import MINUTE
from tests.determinism.compare import outcome
from tests.determinism.engine import Schedule, run
from tests.determinism.histories import rulebook
from tests.determinism.raw import RAW, START, TICK, RawLog

HEADLINE = b'{"title": "Kenya deploys troops to Somalia"}'


def silent(hours: int) -> RawLog:
    """One headline, then ticks alone: one a minute in each of two partitions."""
    ticks = [Inbound(n + 1, START + n * MINUTE + 500, TICK) for n in range(1, hours * 60 + 1)]
    return RawLog({(RAW, 0): [Inbound(0, START, HEADLINE), *ticks], (RAW, 1): ticks})


def written(hours: int) -> Counter[str]:
    """Records in each topic after so many hours."""
    done = run(rulebook(), silent(hours), Schedule(1, chunks=(1,)))
    found: Counter[str] = Counter()
    for (topic, _), log in done.broker.logs.items():
        found[topic] += len(log.records)
    return found


def test_a_day_after_the_last_headline_only_ticks_are_written() -> None:
    more = written(27) - written(26)
    assert more.pop(RAW) == 2 * 60
    assert more.pop("headlines.classified") == 4 * 2 * 60
    assert more.pop("clocks") == 2 * 60
    # Nothing behind the merge.
    assert not more


def test_silence_writes_no_alert() -> None:
    raw = silent(27)
    assert outcome(run(rulebook(), raw, Schedule(1)).broker, raw).alerts() == []
