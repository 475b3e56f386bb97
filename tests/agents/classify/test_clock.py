"""The clock of a partition can be written and read back, and is refused when it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.classify.clock import Clock

TIMES = st.integers(0, 4_133_980_800_000)
CLOCKS = st.builds(
    Clock,
    arrival=st.none() | TIMES,
    volume=st.lists(st.tuples(TIMES, st.sampled_from(["001", "030"]), st.integers(1, 1 << 40)), max_size=4).map(tuple),
    highest=st.none() | TIMES,
    rows=st.integers(0, 1 << 60),
    size=st.integers(0, 1 << 60),
    ended=st.booleans(),
)


@given(CLOCKS)
def test_what_was_written_is_read(clock: Clock) -> None:
    assert Clock.decode(clock.encode()) == clock


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Clock().arrival = 5  # type: ignore[misc]


@pytest.mark.parametrize("value", [b"", b"{", b'{"arrival": "soon"}', b'{"hour": 1}'])
def test_what_is_no_clock(value: bytes) -> None:
    with pytest.raises(ValidationError):
        Clock.decode(value)
