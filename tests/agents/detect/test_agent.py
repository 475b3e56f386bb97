"""The stage in bytes: topics, keys, positions, and the same outputs however it is chunked and restarted."""

from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.detect.agent import DetectStage
from agents.detect.rules import load_rules
from agents.detect.step import Decided, Detector
from agents.stage import Inbound, Outbound
from schemas.row import ReleasedRow
from tests.agents.detect.synthetic import DIRECTIONS, SUBREGIONS
from tests.agents.detect.test_restore import SETTINGS, rows


def stage() -> DetectStage:
    return DetectStage(3, SUBREGIONS, load_rules(overrides=SETTINGS), DIRECTIONS, "rules-1")


def records() -> list[Inbound]:
    # From where there is much to tell, up to the silence.
    return [Inbound(100 + 2 * i, 0, row.encode()) for i, row in enumerate(rows()[:1800])]


def run(sizes: list[int]) -> tuple[list[Outbound], dict[bytes, bytes], int]:
    """Play with these chunks in turn, each by a new owner."""
    state: dict[bytes, bytes] = {}
    outputs: list[Outbound] = []
    left, position, turn = records(), 0, 0
    while left:
        size = sizes[turn % len(sizes)]
        chunk, left, turn = left[:size], left[size:], turn + 1
        owner = stage()
        assert owner.restore(state) is None
        step = owner.step(chunk)
        outputs += step.outputs
        position = step.position
        for key, value in step.state.items():
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
    return outputs, state, position


@settings(max_examples=6)
@given(st.lists(st.integers(40, 900), min_size=1, max_size=4))
def test_chunks_and_owners_do_not_matter(sizes: list[int]) -> None:
    assert run(sizes) == run([5000])


def test_what_is_written_where() -> None:
    outputs, _, position = run([5000])
    assert position == records()[-1].offset + 1
    alerts = [out for out in outputs if out.topic == "alerts"]
    current = [out for out in outputs if out.topic == "alerts.current"]
    assert alerts
    assert [out.value for out in alerts] == [out.value for out in current]
    for one, other in zip(alerts, current, strict=True):
        assert one.value is not None
        told = orjson.loads(one.value)
        assert one.key == told["id"].encode()
        assert other.key == told["series"].encode()
        assert told["rules"] == "rules-1"
    keys = {out.key for out in outputs if out.topic == "counts"}
    assert b"volume/3" in keys
    assert b"KP/missile-launch" in keys
    assert {out.partition for out in outputs} == {3}


def test_what_is_no_row_is_rejected_and_the_rest_goes_on() -> None:
    owner = stage()
    good = records()[0]
    step = owner.step([Inbound(7, 0, b"{}"), Inbound(8, 0, None), good])
    (rejected,) = step.outputs
    assert rejected.topic == "headlines.rejected"
    assert rejected.value is not None
    assert orjson.loads(rejected.value)["source"] == {"topic": "headlines.deduplicated", "partition": 3, "offset": 7}
    assert step.position == good.offset + 1
    assert b"lane" in step.state


@pytest.mark.parametrize("size", [1, 150, 700, 5000])
def test_a_row_that_the_code_stumbles_over_is_rejected_and_leaves_no_trace(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = records()
    bad = {given[at].offset for at in (0, 3, 4, 320, 321, 900, 1500, 1799)}
    wrong = {record.value for record in given if record.offset in bad}
    good = [record for record in given if record.offset not in bad]
    expected, state, _ = played(good, 5000)
    assert any(out.topic == "alerts" for out in expected)

    step = Detector.step

    def stumble(self: Detector, rows: Sequence[ReleasedRow]) -> Decided:
        decided = step(self, rows)  # half done, and more: all of it has to be taken back
        if any(row.encode() in wrong for row in rows):
            raise ZeroDivisionError("a bug of ours")
        return decided

    monkeypatch.setattr(Detector, "step", stumble)
    outputs, stumbled, position = played(given, size)
    rejected = [orjson.loads(out.value or b"") for out in outputs if out.topic == "headlines.rejected"]
    assert [told["source"]["offset"] for told in rejected] == sorted(bad)
    assert {told["code"] for told in rejected} == {"step_error"}
    assert all("a bug of ours" in told["detail"] and "stumble" in told["detail"] for told in rejected)
    assert [out for out in outputs if out.topic != "headlines.rejected"] == expected
    assert stumbled == state
    assert position == given[-1].offset + 1


def played(given: list[Inbound], size: int) -> tuple[list[Outbound], dict[bytes, bytes], int]:
    """By one owner, in chunks of this size."""
    owner, state, position = stage(), dict[bytes, bytes](), 0
    owner.restore({})
    outputs: list[Outbound] = []
    for at in range(0, len(given), size):
        step = owner.step(given[at : at + size])
        outputs += step.outputs
        position = step.position
        for key, value in step.state.items():
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
    return outputs, state, position
