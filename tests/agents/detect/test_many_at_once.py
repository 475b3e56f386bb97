"""Many headlines of a series in one row of counts are judged as one after the other, and in no time."""

import random
from collections.abc import Iterator

import pytest

from agents.detect import counts
from agents.detect.count_rows import MOST, read_row
from agents.detect.counts import CountRun, LaneCounts
from agents.detect.evidence import Counted, SeriesKey
from agents.detect.memory import Lane
from agents.detect.opening import judge_row
from agents.rulebook import Rulebook
from schemas.alert import Alert
from schemas.base import DAY, HOUR, QUARTER
from tests.agents.detect.test_count_run import START, quiet, rows, rulebook

__all__ = ["rulebook"]


def naive(self: LaneCounts, item: Counted, key: SeriesKey, lane: Lane) -> list[Alert]:
    """Each headline in its turn."""
    memory = self.memory
    memory.add_item(item._replace(number=0), lane)
    told = memory.told_of(key, item)
    memory.grow(item, key, told)
    said = [
        judge_row(memory, key, memory.grow(item, key, number), (key,)) for number in range(told + 1, item.number + 1)
    ]
    return [alert for alert in said if alert is not None]


def bursts(seed: int) -> Iterator[bytes]:
    """A fortnight with a headline a day, and rows of up to sixty headlines in the second week, by place and theme."""
    draw = random.Random(seed)
    yield from quiet(START, 8, every=DAY)
    for at in range(START + 8 * DAY, START + 14 * DAY, HOUR):
        yield from rows(at)
        for place in ("KP", "030"):
            for theme in ("troop-deployment", "any"):
                if draw.random() < 0.1:
                    unique = draw.choice((1, 2, 5, 6, 9, 20, 60))
                    publishers = draw.randrange(unique + 1)
                    yield [*rows(at, place=place, theme=theme, unique=unique, publishers=min(publishers, 9))][1]


def alerts(rulebook: Rulebook, values: Iterator[bytes]) -> tuple[list[bytes], list[object]]:
    """All revisions, and what is kept of the alerts that are open at the end."""
    run = CountRun(rulebook, HOUR)
    found = [alert for value in values for alert in run.take(read_row(value))] + run.end()
    return [alert.encode() for alert in found], [
        series.live for lane in run.lanes for series in lane.memory.series.values()
    ]


@pytest.mark.parametrize("seed", range(4))
def test_as_one_after_the_other(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    found = alerts(rulebook, bursts(seed))
    monkeypatch.setattr(LaneCounts, "_one_by_one", naive)
    assert found == alerts(rulebook, bursts(seed))
    assert sum(b'"status":"opened"' in alert for alert in found[0]) >= 2
    assert any(b'"status":"escalated"' in alert for alert in found[0])


@pytest.mark.parametrize("publishers", [1, 2, 9], ids=["none opens", "never critical", "critical"])
def test_as_many_as_a_row_may_tell(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch, publishers: int) -> None:
    asked = 0

    def judged(*arguments: object) -> Alert | None:
        nonlocal asked
        asked += 1
        return judge_row(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(counts, "judge_row", judged)
    now = START + 9 * DAY
    run = CountRun(rulebook)
    values = [*quiet(START, 9, every=90 * DAY), *rows(now, unique=6, publishers=min(publishers, 6))]
    values += rows(now + QUARTER, unique=MOST, publishers=publishers)
    found = [alert for value in values for alert in run.take(read_row(value))] + run.end()
    assert bool(found) == (publishers > 1)
    assert asked < 150
