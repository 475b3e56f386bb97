"""What the evaluations of detection rest on: rivals as they are published, alpha from other data, scores of others."""

import numpy as np
import pytest

from schemas.alert import Alert
from schemas.base import HOUR
from tests.agents.backtest.make import revision
from tests.evaluate.calibration import UncalibratedError, largest
from tests.evaluate.levels import CHANGE, quiet_for_good, was_sustained
from tests.evaluate.nab import left_out, normalized
from tests.evaluate.rivals import FLOOR, RIVALS, Matrix, Rule
from tests.evaluate.synthetic import START

RULES = {rule.name: rule for rule in RIVALS}
HOURS = 30 * 24


def quiet(*peaks: int, level: int = 0) -> Matrix:
    """A month at one level, and then these hours."""
    return np.array([[level] * HOURS + list(peaks)], float)


def fires(rule: Rule, counts: Matrix, floor: int | None = None) -> list[int]:
    """The hours after the quiet month at whose end it fires."""
    return [int(hour) - HOURS for hour in np.flatnonzero(rule.fires(counts, floor)[0]) if hour >= HOURS]


@pytest.mark.parametrize(
    ("peaks", "expected"),
    [
        # Its handbook: 5, 5, 10, 35 an hour raise an alarm in the fourth hour, when both windows have been filled.
        ((1, 0, 0, 0, 5), [4]),
        ((1, 0, 0, 0, 4), []),
        ((1, 0, 2, 0, 0, 6), [5]),
        ((1, 0, 2, 1, 0, 6), []),
        # Nothing for four hours from the next event on.
        ((1, 0, 0, 0, 9, 9, 9, 9, 9, 99), [4, 9]),
    ],
)
def test_elastalert(peaks: tuple[int, ...], expected: list[int]) -> None:
    assert fires(RULES["ElastAlert"], quiet(*peaks)) == expected


@pytest.mark.parametrize("name", RULES)
def test_every_rule_sees_what_nobody_overlooks_and_nothing_where_nothing_is(name: str) -> None:
    assert {4, 5} & set(fires(RULES[name], quiet(1, 0, 0, 0, 90, 90)))
    assert fires(RULES[name], quiet(*[0] * 40)) == []
    assert fires(RULES[name], quiet(*[2] * 40, level=2)) == []


def test_a_floor_is_one_for_all() -> None:
    """Three of them fire at two headlines as they are published, and none with the floor."""
    peaks = quiet(1, 0, 0, 0, 2)
    assert {name for name, rule in RULES.items() if 4 in fires(rule, peaks)} >= {"EARS C2", "z-score"}
    assert not any(4 in fires(rule, peaks, FLOOR) for rule in RIVALS)
    assert all(4 in fires(rule, peaks, 0) for rule in RIVALS if rule.name in ("ElastAlert", "2 h : 7 d", "z-score"))


def test_the_largest_alpha_that_keeps_to_the_ceiling() -> None:
    asked: list[float] = []

    def keeps(alpha: float) -> bool:
        asked.append(alpha)
        return alpha <= 1e-4

    assert largest((1e-3, 1e-4, 1e-5, 1e-2), keeps) == 1e-4
    assert asked == [1e-5, 1e-4, 1e-3]
    with pytest.raises(UncalibratedError, match="no alpha from 1e-03 on"):
        largest((1e-3, 1e-2), keeps)
    with pytest.raises(UncalibratedError, match="do not bound it"):
        largest((1e-6, 1e-5), keeps)


def test_no_series_chooses_its_own_threshold() -> None:
    """By itself each of the first two would take another threshold than the rest of them."""
    found = {0.1: [9.0, 0.0, 0.0, 1.0], 0.2: [0.0, 9.0, 0.0, 1.0], 0.3: [1.0, 1.0, 3.0, 1.0]}
    assert left_out(found) == 0.0 + 0.0 + 0.0 + 1.0
    assert left_out({0.1: [1.0, 2.0], 0.2: [3.0, 4.0]}) == 7.0
    assert normalized(0, 33) == 50
    assert normalized(-33, 33) == 0
    assert normalized(33, 33) == 100


def course(*told: tuple[int, str]) -> list[Alert]:
    """Revisions by the day after the change."""
    # `revision` counts from a start of its own.
    from tests.agents.backtest.make import START as MADE

    return [revision("KP/coup", START - MADE + (CHANGE + 24 * day + 2) * HOUR, status) for day, status in told]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "day", "sustained"),
    [
        ((), 1, False),
        (((0, "opened"), (3, "sustained"), (9, "resolved")), 10, True),
        (((0, "opened"), (2, "resolved"), (6, "opened"), (9, "resolved")), 10, False),
        (((0, "opened"), (2, "resolved"), (20, "opened"), (21, "resolved")), 3, False),
        (((0, "opened"), (3, "sustained")), 35, True),
    ],
)
def test_a_series_is_quiet_when_no_alert_is_open_for_a_week(
    told: tuple[tuple[int, str], ...], day: int, sustained: bool
) -> None:
    revisions = course(*told)
    assert quiet_for_good(revisions) == day
    assert was_sustained(revisions, day) == sustained
