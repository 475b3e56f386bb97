"""What is remembered follows from what is in the windows, not from how long the service has run."""

from tests.determinism.growth import year

QUICK = ("detect.half_life_days=1", "detect.sustained_half_life_days=0.1")
"""A silent series is forgotten after a week in place of three months."""


def test_a_stationary_wire_fills_no_state() -> None:
    weeks = list(year(weeks=8, wires=1, overrides=QUICK))
    assert weeks[-1].headlines > 1.9 * weeks[3].headlines
    assert weeks[-1].deduplicate_entries == weeks[0].deduplicate_entries
    for field in ("detect_entries", "detect_bytes", "texts", "series"):
        first, second = (sum(getattr(week, field) for week in half) for half in (weeks[2:5], weeks[5:]))
        assert second < 1.1 * first, field
    # Of all that was ever in a series only what was lately is left.
    assert max(week.deduplicate_bytes for week in weeks) < 10_000
