"""How a series stands at a bucket's close: each gate with its value and threshold. Reads, and changes nothing.

The values are those that the detector itself decides by: `opening.horizons`, `judge`, `lifecycle.enough`, the ledger's
volume. Nothing is computed here in another way, so an answer cannot drift from what the live path does.

An alert opens at a headline that no open narrower alert tells, in a lane that has learnt, when one horizon holds enough
unique headlines from enough publishers and p is under alpha. It resolves when both horizons have been usual again for
some hours while volume is alive.
"""

from collections.abc import Iterable
from typing import NamedTuple

from agents.detect import lifecycle
from agents.detect.bounds import most_usual, needed
from agents.detect.buckets import HOURLY, LATE, start_of
from agents.detect.evidence import SeriesKey
from agents.detect.judge import judge
from agents.detect.lifecycle import Judged, Live, Voices
from agents.detect.memory import Memory, voices
from agents.detect.opening import horizons
from agents.detect.revision import amount, baseline, short
from agents.detect.rules import DetectRules
from agents.detect.tail import interval
from schemas.base import iso
from schemas.standing import Gate, GateName, Standing, StandingAlert, StandingHorizon

_MISSING: dict[GateName, str] = {
    "learning": "the lane is learning",
    "headline": "no headline came just now",
    "narrower": "a narrower alert tells what came",
    "min_unique": "too few headlines",
    "min_publishers": "too few publishers",
    "alpha": "not surprising enough",
    "resolve_p": "more headlines than usual",
    "alive": "the feed is too silent to tell",
    "resolve_after": "not usual for long enough",
}


class _Told(NamedTuple):
    """A horizon without what narrower alerts tell, and how many those are."""

    judged: Judged
    said: Voices
    told: int


def standing(memory: Memory, key: SeriesKey, last: int) -> Standing:
    """The series as of the close of bucket `last`, before anything is learnt from what leaves the horizon."""
    whole = {one.horizon: one for one in judge(memory, key, last)}
    both = sorted(
        (
            _Told(judged, voices(items, key), whole[judged.horizon].observed - judged.observed)
            for judged, items in horizons(memory, key, last)
        ),
        key=lambda one: -one.judged.first,
    )
    series = memory.series.get(key.name)
    live = None if series is None else series.live
    opens = tuple(_opens(memory, key, last, both))
    resolves = () if live is None else tuple(_resolves(memory, live, last, list(whole.values())))
    return Standing(
        series=key.name,
        level=key.level,
        subregion=key.subregion,
        theme=key.theme,
        at=start_of(last + 1),
        known_until=start_of(last + 1),
        seen=series is not None,
        verdict=_verdict(live, opens, resolves),
        alert=None if live is None else _alert(live),
        opens=opens,
        resolves=resolves,
        changes=tuple(_to_open(memory, both, opens) if live is None else _to_resolve(memory, whole.values(), resolves)),
        horizons=(_horizon(memory, both[0]), _horizon(memory, both[1])),
        baseline=baseline(memory, both[1].judged),
        alpha=memory.rules.alpha,
        rules=memory.version,
    )


def passes(opens: Iterable[Gate]) -> bool:
    """Whether an alert would open: what is common holds, and all of one horizon."""
    listed = list(opens)
    common = all(gate.holds for gate in listed if gate.horizon is None)
    return common and any(all(gate.holds for gate in listed if gate.horizon == horizon) for horizon in ("2h", "24h"))


def _opens(memory: Memory, key: SeriesKey, last: int, both: list[_Told]) -> Iterable[Gate]:
    rules, lane = memory.rules, memory.lane
    assert lane is not None
    learning = memory.learning()
    days = max(lane.days - 1, 0)
    yield Gate(
        name="learning",
        holds=learning is None,
        value=days,
        threshold=rules.learning_days,
        told=f"the lane has seen headlines on {days} whole days" if learning is None else f"learning: {learning}",
    )
    fresh = [item for item in memory.evidence(key.name, 0, last) if item.seen == last]
    number = sum(item.number for item in fresh)
    yield Gate(
        name="headline",
        holds=number > 0,
        value=number,
        threshold=1,
        told=f"{number} unique {_plural('headline', number)} came in this bucket; a series is judged at nothing else",
    )
    left = memory.untold(key, 0, last)
    open_ = sorted(name for name, one in memory.open.items() if one.within(key))
    untold = number if left is None else sum(item.number for item in left if item.seen == last)
    yield Gate(
        name="narrower",
        holds=untold > 0 or not number,
        value=number - untold,
        threshold=number,
        told=f"{number - untold} of them told by the narrower alert {', '.join(open_)}"
        if open_
        else "no narrower alert is open",
    )
    for judged, said, _ in both:
        horizon = judged.horizon
        yield Gate(
            name="min_unique",
            horizon=horizon,
            holds=judged.observed >= rules.min_unique,
            value=judged.observed,
            threshold=rules.min_unique,
            told=f"{judged.observed} unique {_plural('headline', judged.observed)}",
        )
        yield Gate(
            name="min_publishers",
            horizon=horizon,
            holds=lifecycle.enough(said, rules),
            value=said.number,
            threshold=rules.min_publishers,
            told="waived: no headline names its publisher"
            if said.waived
            else f"{said.number} {_plural('publisher', said.number)}",
        )
        yield Gate(
            name="alpha",
            horizon=horizon,
            holds=judged.p < rules.alpha,
            value=short(judged.p),
            threshold=rules.alpha,
            told=f"p {judged.p:.2g}; {judged.observed} seen where {amount(judged.expected)} were expected",
        )


def _resolves(memory: Memory, live: Live, last: int, both: list[Judged]) -> Iterable[Gate]:
    rules = memory.rules
    for judged in both:
        yield Gate(
            name="resolve_p",
            horizon=judged.horizon,
            holds=judged.p > rules.resolve_p,
            value=short(judged.p),
            threshold=rules.resolve_p,
            told=f"p {judged.p:.2g} with {judged.observed} headlines",
        )
    alive = memory.ledger.alive(last) and memory.ledger.alive(last - LATE)
    yield Gate(
        name="alive",
        holds=alive,
        value=None,
        threshold=rules.alive_share,
        told="volume is alive" if alive else "volume is far under what it usually is: a feed that stops is not calm",
    )
    calm = 0.0 if live.calm is None else (last - live.calm) / HOURLY
    yield Gate(
        name="resolve_after",
        holds=live.calm is not None and calm >= rules.resolve_after_hours,
        value=calm,
        threshold=rules.resolve_after_hours,
        told="not usual again yet" if live.calm is None else f"usual again for {calm:g} h",
    )


def _verdict(live: Live | None, opens: tuple[Gate, ...], resolves: tuple[Gate, ...]) -> str:
    if live is not None:
        why = _names(gate for gate in resolves if not gate.holds) or "judged at the next close"
        return f"The alert {live.id} is open ({live.status}, {live.severity}) and does not resolve: {why}."
    if passes(opens):
        return "Everything for an alert is there."
    common = [_MISSING[gate.name] for gate in opens if gate.horizon is None and not gate.holds]
    missing = [_names(gate for gate in opens if gate.horizon == one and not gate.holds) for one in ("2h", "24h")]
    ways = [f"2 h: {missing[0]}", f"24 h: {missing[1]}"] if all(missing) else []
    return f"No alert: {'; '.join([*common, *ways])}."


def _names(gates: Iterable[Gate]) -> str:
    return ", ".join(dict.fromkeys(_MISSING[gate.name] for gate in gates))


def _to_open(memory: Memory, both: list[_Told], opens: tuple[Gate, ...]) -> Iterable[str]:
    rules = memory.rules
    common = {gate.name: gate for gate in opens if gate.horizon is None and not gate.holds}
    if "learning" in common:
        yield f"the lane sees headlines on more days: {memory.learning()}"
    if "headline" in common:
        yield "a headline of the series comes"
    if "narrower" in common:
        yield "a headline comes that no narrower alert tells"
    ways = [_way(one, rules) for one in both]
    if all(ways):
        yield "; or ".join(ways)


def _way(one: _Told, rules: DetectRules) -> str:
    """What a horizon misses; nothing where it has all."""
    judged, said, _ = one
    count = max(needed(judged, rules.alpha), rules.min_unique)
    parts = []
    if judged.observed < count:
        more = count - judged.observed
        parts.append(f"{more} more unique {_plural('headline', more)} ({count} in all)")
    if not lifecycle.enough(said, rules):
        parts.append(f"{rules.min_publishers} publishers (now {said.number})")
    return f"{_hours(judged)}: {' and '.join(parts)}" if parts else ""


def _to_resolve(memory: Memory, both: Iterable[Judged], resolves: tuple[Gate, ...]) -> Iterable[str]:
    rules = memory.rules
    for judged in both:
        count = most_usual(judged, rules)
        if judged.observed > count:
            most = f"at most {count} unique {_plural('headline', count)}" if count else "no unique headline"
            yield f"{_hours(judged)}: {most}, now {judged.observed}"
    missing = {gate.name for gate in resolves if not gate.holds}
    if "alive" in missing:
        yield f"2 h bring at least {100 * rules.alive_share:g} % of their usual volume"
    if "resolve_after" in missing:
        yield f"so at each close for {rules.resolve_after_hours} h"


def _horizon(memory: Memory, one: _Told) -> StandingHorizon:
    judged, said, told = one
    return StandingHorizon(
        horizon=judged.horizon,
        since=start_of(judged.first),
        observed=judged.observed,
        told=told,
        publishers=said.number,
        waived=said.waived,
        expected=short(judged.expected),
        interval=interval(judged.expected, judged.dispersion),
        p=short(judged.p),
        exposure=short(judged.exposure),
        dispersion=short(judged.dispersion),
        needed=needed(judged, memory.rules.alpha),
        usual=most_usual(judged, memory.rules),
    )


def _alert(live: Live) -> StandingAlert:
    return StandingAlert(
        id=live.id,
        status=live.status,
        severity=live.severity,
        revision=live.revision,
        opened=iso(live.opened),
        calm_since=None if live.calm is None else start_of(live.calm + 1),
        headlines=live.headlines,
    )


def _hours(judged: Judged) -> str:
    return "2 h" if judged.horizon == "2h" else "24 h"


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
