"""A revision of an alert, written so that it explains itself.

Numbers are rounded to six digits: what is written is for people and thresholds, what is decided by is not rounded.
"""

from collections.abc import Sequence

from agents.detect.bounds import most_usual
from agents.detect.buckets import LONG, start_of
from agents.detect.evidence import Evidence, Item, SeriesKey
from agents.detect.judge import judge
from agents.detect.lifecycle import Judged, Live, Voices
from agents.detect.memory import Memory, voices
from agents.detect.tail import interval
from schemas.alert import Alert, Baseline
from schemas.base import iso

SHOWN = 20


def revision(
    memory: Memory,
    key: SeriesKey,
    live: Live,
    judged: Judged,
    items: Sequence[Evidence],
    at: int,
    reason: str,
) -> Alert:
    """What an alert says now; `items` are the evidence in the horizon, newest first."""
    said = voices(items, key)
    return Alert(
        id=live.id,
        revision=live.revision,
        status=live.status,
        series=key.name,
        place=key.place,
        level=key.level,
        subregion=key.subregion,
        theme=key.theme,
        severity=live.severity,
        onset=start_of(live.onset),
        at=iso(at),
        horizon=judged.horizon,
        observed=judged.observed,
        expected=short(judged.expected),
        interval=interval(judged.expected, judged.dispersion),
        p=short(judged.p),
        alpha=memory.rules.alpha,
        exposure=short(judged.exposure),
        publishers=said.named[:SHOWN],
        publisher_count=said.number,
        evidence=tuple(told for item in items[:SHOWN] if (told := item.told(key)) is not None),
        evidence_count=judged.observed,
        baseline=baseline(memory, judged),
        merged=_merged(items[:SHOWN]),
        reason=reason,
        resolves=None
        if live.status in ("resolved", "retracted")
        else _resolves(judge(memory, key, judged.last), memory),
        rules=memory.version,
    )


def _merged(items: Sequence[Evidence]) -> dict[str, tuple[str, ...]]:
    """Families that were named in several ways, in order of first appearance."""
    names: dict[str, dict[str, None]] = {}
    for item in reversed(items):
        if isinstance(item, Item) and item.family is not None and item.publisher is not None:
            names.setdefault(item.family, {})[item.publisher] = None
    return {family: tuple(given) for family, given in names.items() if len(given) > 1}


def _resolves(both: Sequence[Judged], memory: Memory) -> str:
    """What would have to change, in words."""
    rules = memory.rules
    short, long = (f"at most {most_usual(one, rules)} (now {one.observed})" for one in both)
    return (
        f"Resolves when 2 h hold {short} unique headlines and 24 h {long}, for {rules.resolve_after_hours} h, "
        f"while 2 h bring at least {100 * rules.alive_share:g} % of their usual volume."
    )


def baseline(memory: Memory, judged: Judged) -> Baseline:
    """What the expectation of a judged horizon rests on."""
    lane = memory.lane
    assert lane is not None
    first = lane.first if lane.first is not None else lane.taught + 1
    return Baseline(
        since=start_of(first),
        days=short(max(lane.taught + 1 - first, 0) / LONG),
        samples=short(judged.samples),
        rate=short(judged.rate),
        dispersion=short(judged.dispersion),
    )


def told(judged: Judged, said: Voices) -> str:
    """What was seen, in words."""
    headlines = f"{judged.observed} unique headline{'' if judged.observed == 1 else 's'}"
    known = said.named or said.numbered
    publishers = f" from {said.number} publisher{'' if said.number == 1 else 's'}" if known else ""
    return f"{headlines}{publishers} in {_hours(judged)} where {amount(judged.expected)} were expected"


def amount(value: float) -> str:
    """A number for people."""
    if value >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 0.1 else f"{value:.1g}" if value >= 0.001 else "less than 0.001"


def _hours(judged: Judged) -> str:
    return "2 h" if judged.horizon == "2h" else "24 h"


def short(value: float) -> float:
    """To six digits."""
    return float(f"{value:.6g}")
