"""Alerts drawn at random and judged by their headlines: do they point at a real event of that theme in that place?

Fifty were drawn (`random.Random(2026).sample` over the ids in order) of those that opened in r/worldnews after the
first 60 days, and fifty of those in wklnd, by the rules as they were then and with `min_unique` 3. An alert is false
when its theme is not what its headlines tell (`theme`), when the place is only spoken of in them or is somebody's
nationality (`place`), or when they have no event in common (`mixed`). The place is right where it happened and, but for
unrest, where a state or those who rule it did, suffered or answered it. What is told long after its event is true as
long as it is of that event.

`labels/alerts.jsonl` keeps the verdicts by hashes of the series and of the headlines. An alert of today is the one that
was judged when it is of the same series and at least half of the headlines of both are the same; other alerts of those
drawn are gone, and what opens instead was not judged.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from schemas.alert import Alert
from schemas.base import DAY
from tests.evaluate.labels import key, labels
from tests.evaluate.scans import MIN_UNIQUE, days, opened, rules, scanned
from tests.evaluate.table import Measure, Row, share

NEEDS = ("reddit.jsonl.gz", "wklnd.jsonl.gz")
LEAST = 0.9
NAMES = {"reddit": "r/worldnews after the first 60 days", "wklnd": "wklnd"}
REAL = {
    name: Measure("alerts drawn at random that point at a real event of that theme in that place", ">= .90", on=on)
    for name, on in NAMES.items()
}
A_DAY = Measure("alerts a day over all series, once learnt", on=NAMES["wklnd"])
MEASURES = (*REAL.values(), A_DAY)


class Standing(NamedTuple):
    """What became of the verdicts on an archive."""

    real: int
    still: int
    """Alerts that were judged and still open."""
    gone_real: int
    gone_false: int
    faults: Counter[str]
    """Of those that still open."""


def measure(data: Path) -> list[Row]:
    """A row an archive, and alerts a day of wklnd."""
    rows = []
    for file in NEEDS:
        name = file.partition(".")[0]
        scan = scanned(data / file)
        assert scan.first is not None
        assert scan.last is not None
        learnt = DAY * (60 if name == "reddit" else rules().detect.learning_days)
        since, until = scan.first // DAY * DAY + learnt, scan.last
        alerts = opened(scan.alerts, since)
        verdicts = [row for row in labels("alerts.jsonl").values() if row["archive"] == name]
        rows.append(_row(REAL[name], stands(alerts, verdicts), len(verdicts)))
        if name == "wklnd":
            span = days(since, until)
            rows.append(
                A_DAY.row(
                    f"{len(alerts) / span:.2f} ({len(alerts)} in {span:.0f} days)",
                    on=f"{A_DAY.on}, min_unique {MIN_UNIQUE}",
                )
            )
    return rows


def stands(alerts: Iterable[Alert], verdicts: Iterable[dict[str, Any]]) -> Standing:
    """Look for each judged alert among those that open now."""
    now: dict[str, list[frozenset[str]]] = {}
    for alert in alerts:
        titles = frozenset(key(item.title) for item in alert.evidence)
        now.setdefault(key(alert.series), []).append(titles)
    real, gone, faults = 0, Counter[bool](), Counter[str]()
    for verdict in verdicts:
        was = frozenset(verdict["evidence"])
        if not any(2 * len(was & titles) >= len(was | titles) for titles in now.get(verdict["series"], ())):
            gone[verdict["real"]] += 1
        elif verdict["real"]:
            real += 1
        else:
            faults[verdict["fault"]] += 1
    return Standing(real, real + faults.total(), gone[True], gone[False], faults)


def _row(plan: Measure, found: Standing, drawn: int) -> Row:
    faults = ", ".join(f"{name} {number}" for name, number in sorted(found.faults.items())) or "none"
    gone = found.gone_real + found.gone_false
    return plan.row(
        on=f"{plan.on}, min_unique {MIN_UNIQUE}, {found.still} of {drawn} judged alerts that still open",
        reached=f"{share(found.real, found.still)}; false: {faults}; gone: {gone}, {found.gone_false} of them false",
        holds=found.still > 0 and found.real >= LEAST * found.still,
        note="one reader judged the alerts, by their headlines alone",
    )
