"""The recount sees what a campaign could break."""

from collections.abc import Mapping, Sequence

import pytest

from tests.integration.recount import RowAt, compare, different

BOTH = frozenset({0, 1})
RAW = {"raw/0/1", "raw/0/2", "raw/0/3"}
BEFORE = (
    RowAt("raw/0/1", 0, "classified/0/7", BOTH),
    RowAt("raw/0/1", 1, "classified/1/4", BOTH),
    RowAt("raw/0/2", 1, "classified/1/5", frozenset()),
)
AFTER = tuple(row._replace(at=row.at.replace("classified", "deduplicated")) for row in BEFORE)
REFUSED = {"raw/0/3": 1}


def found(
    before: Sequence[RowAt] = BEFORE, after: Sequence[RowAt] = AFTER, refused: Mapping[str, int] = REFUSED
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a recount tells."""
    return compare(RAW, before, after, refused)


def test_a_sound_log_has_no_fault() -> None:
    assert found() == ((), ())


@pytest.mark.parametrize(
    ("changed", "lost", "says"),
    [
        ({"refused": {}}, True, "raw/0/3 is neither"),
        ({"before": BEFORE[1:], "after": AFTER[1:]}, True, "raw/0/1 is not in its lanes [0]"),
        ({"after": AFTER[:2]}, True, "classified/1/5 (raw/0/2) has no verdict"),
        ({"before": (*BEFORE, BEFORE[0]._replace(at="classified/0/9"))}, False, "classified/0/7, classified/0/9"),
        ({"after": (*AFTER, AFTER[0]._replace(at="deduplicated/0/9"))}, False, "deduplicated/0/7, deduplicated/0/9"),
        ({"refused": {"raw/0/3": 2}}, False, "raw/0/3 is refused 2 times"),
        ({"refused": {**REFUSED, "raw/0/1": 1}}, False, "raw/0/1 is both taken (classified/0/7) and refused"),
        ({"refused": {**REFUSED, "raw/0/9": 1}}, False, "raw/0/9 comes from no raw record"),
        ({"before": (*BEFORE, RowAt("raw/0/2", 0, "classified/0/8", frozenset()))}, False, "raw/0/2 is in lanes"),
        ({"before": BEFORE[:2]}, True, "raw/0/2 is neither"),
        ({"before": BEFORE[:2], "refused": {**REFUSED, "raw/0/2": 1}}, False, "deduplicated/1/5 has no row before it"),
    ],
)
def test_each_fault_is_told_with_its_place(changed: dict[str, object], lost: bool, says: str) -> None:
    told = found(**changed)[0 if lost else 1]  # type: ignore[arg-type]
    assert any(says in fault for fault in told), told


def test_alerts_are_compared_once_each() -> None:
    alert = b'{"series":"KE/shelling","id":"a","revision":1}'
    assert different([alert], [alert]) == ()
    assert "not from a scan" in different([alert, alert], [alert])[0]
    assert "only from a scan" in different([], [alert])[0]
