"""When too many records make a step raise, and what is remembered of it."""

import pytest

from agents.stage import Outbound, Step
from schemas.rejected import Rejected
from schemas.row import Source
from streams.engine.step_errors import LEAST, STEP_ERRORS, StepErrors, told


def after(*chunks: tuple[int, int]) -> StepErrors:
    """What is counted after chunks of (records, raised)."""
    errors = StepErrors()
    for records, raised in chunks:
        errors = errors.after(records, raised)
    return errors


@pytest.mark.parametrize(
    ("chunks", "too_many"),
    [
        ([(LEAST, LEAST)], True),
        ([(LEAST - 1, LEAST - 1)], False),
        ([(1000, 60)], True),
        ([(1000, 40)], False),
        ([(1000, 0), (100, 30)], False),
        ([(1000, 0), (100, 80)], True),
        ([(1, 1)] * (LEAST + 1), True),
        ([(1, 1)] * (LEAST - 1), False),
        ([(1000, 15)] * 20, False),
        ([(1000, 19), (20_000, 0), (19, 19)], False),
    ],
)
def test_too_many(chunks: list[tuple[int, int]], too_many: bool) -> None:
    assert after(*chunks).too_many(0.05) is too_many


def test_a_chunk_that_is_larger_counts_as_a_whole() -> None:
    assert not after((5000, 249)).too_many(0.05)
    assert after((5000, 251)).too_many(0.05)


def test_all_may_raise_where_that_is_allowed() -> None:
    assert not after((5000, 5000)).too_many(1.0)


def test_a_restart_goes_on_counting() -> None:
    before = StepErrors()
    for _ in range(LEAST - 1):
        later = before.after(1, 1)
        stored = before.change(later)[STEP_ERRORS]
        before = StepErrors.decode(stored)  # as if each record had its own process
    assert before.after(2, 2).too_many(0.05)


def test_nothing_is_written_while_nothing_is_counted_and_what_has_faded_is_removed() -> None:
    assert StepErrors().change(StepErrors().after(500, 0)) == {}
    faded = after((10, 1), (10_000, 0))
    assert after((10, 1)).change(faded) == {STEP_ERRORS: None}
    assert faded.change(faded.after(5, 0)) == {}


def test_the_message_names_records_and_cure() -> None:
    def rejected(offset: int, traceback: str | None) -> Outbound:
        source = Source(topic="headlines.raw", partition=3, offset=offset)
        value = Rejected.of("classify", "step_error", "boom", b"x", source, traceback).encode()
        return Outbound("headlines.rejected", 3, None, value)

    outputs = [rejected(at, "in step.py\nValueError: boom") for at in range(10, 18)] + [rejected(99, None)]
    said = told(StepErrors(400, 25), Step(outputs, {}, 0), 0.05)
    for part in ("25 of the last 400", "headlines.raw[3] at 10", "3 more", "ValueError: boom", "loses nothing"):
        assert part in said
    for cure in (
        "same version with the fault mended",
        "TOCSIN_STEP_ERROR_SHARE=1 lets this one go on",
        "tocsin handover",
    ):
        assert cure in said
    assert "at 99" not in said, "garbage is no fault of ours"
