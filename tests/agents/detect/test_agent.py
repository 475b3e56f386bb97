"""The stage in bytes: topics, keys, positions, and the same outputs however it is chunked and restarted."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.detect.agent import DetectStage
from agents.detect.rules import load_rules
from agents.stage import Inbound, Outbound
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


@settings(max_examples=6, deadline=None)
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
