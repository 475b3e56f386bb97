"""Evidence that comes late, twice or is taken back: the alert ends as if it had come once and in order."""

import random
from collections.abc import Iterable
from pathlib import Path

from agents.detect.rules import load_rules
from agents.detect.step import Detector
from schemas.alert import Alert
from schemas.base import HOUR, MINUTE
from schemas.row import HeadlineRow, MinuteRow, ReleasedRow, Verdict
from tests.agents.detect.synthetic import COUNTRIES, DIRECTIONS, SUBREGIONS, Mean, Wire, days, headline, withdrawal
from tests.evaluate.table import Row

NEEDS: tuple[str, ...] = ()
SEEDS = range(20)
NOW = days(9) + 10 * HOUR
MEANS = tuple(
    Mean(place, theme, 0.02 * (1 + number % 4))
    for place in COUNTRIES
    for number, theme in enumerate(DIRECTIONS)
    if place != "VN"
)


def measure(_: Path) -> list[Row]:
    """Twenty bursts each."""
    quiet = list(Wire(MEANS).play(days(0), days(12)))
    same = dict.fromkeys(("late", "twice", "taken back"), 0)
    for seed in SEEDS:
        draw = random.Random(seed)
        told = [(NOW + draw.randrange(2 * HOUR), f"b{number}") for number in range(14)]
        expected = _last(quiet, [_one(at, at, name) for at, name in told])
        late = [_one(at, at + draw.randrange(55) * MINUTE, name) for at, name in told]
        again = Verdict(kind="redelivered", of="b0", reason="same-id")
        twice = [_one(at + draw.randrange(HOUR), at + HOUR, name, again) for at, name in told]
        wrong = [_one(at + 1, at + 1, f"wrong-{name}") for at, name in told[:4]]
        back = [withdrawal(NOW + 3 * HOUR + number, row.headline.id) for number, row in enumerate(wrong)]
        in_order = [_one(at, at, name) for at, name in told]
        same["late"] += _last(quiet, late) == expected
        same["twice"] += _last(quiet, [*in_order, *twice]) == expected
        same["taken back"] += _last(quiet, [*in_order, *wrong, *back]) == expected
    return [
        Row(
            measure="final alert as if evidence had come once and in order",
            on=f"bursts of 14 headlines, evidence {name}",
            to_reach="always",
            reached=f"{number} of {len(SEEDS)}",
            holds=number == len(SEEDS),
        )
        for name, number in same.items()
    ]


def _one(event: int, arrival: int, name: str, verdict: Verdict | None = None) -> HeadlineRow:
    number = sum(map(ord, name))
    unique = Verdict(kind="unique", reason="no-candidate")
    return headline(
        arrival,
        name,
        places=("VN",),
        themes=("unrest",),
        family=f"F{number % 5}",
        event=event,
        verdict=verdict or unique,
    )


def _last(quiet: Iterable[ReleasedRow], burst: Iterable[ReleasedRow]) -> list[dict[str, object]]:
    """The last revision of each alert of the burst's country, but for what names when and how it began."""
    rows = sorted([*quiet, *burst], key=_order)
    detector = Detector(3, SUBREGIONS, load_rules(), DIRECTIONS, "rules")
    last: dict[str, Alert] = {}
    for alert in detector.step(rows).alerts:
        if alert.place == "VN":
            last[alert.id] = alert
    left_out = {"id", "onset", "revision", "severity", "evidence"}
    return [alert.model_dump(exclude=left_out) for alert in last.values()]


def _order(row: ReleasedRow) -> tuple[int, int]:
    if isinstance(row, MinuteRow):
        return row.at, 0
    return (row.headline.arrival if isinstance(row, HeadlineRow) else row.arrival), 1
