"""The stage under a crash: what is committed is what one undisturbed run gives."""

import base64
import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.deduplicate.agent import REJECTED, TOPIC, DeduplicateStage
from agents.deduplicate.memory import WINDOW
from agents.deduplicate.merge_state import IMPORT_TOPIC, Partition
from agents.deduplicate.rules import load_rules
from agents.deduplicate.similarity import Reading
from agents.stage import Inbound, Memory, Outbound
from schemas.base import HOUR, MINUTE
from schemas.rejected import Rejected
from schemas.row import ClassifiedRow, HeadlineRow, MinuteRow, Source, TickRow, WithdrawalRow, decode_row
from tests.agents.deduplicate.rows import NOON, row

RULES = load_rules()
PART = ("headlines.raw", 0)
LANE = 2


def tick(arrival: int) -> TickRow:
    return TickRow(arrival=arrival, source=Source(topic=PART[0], partition=PART[1], offset=0))


def inbound(rows: Sequence[ClassifiedRow], first: int = 0) -> list[Inbound]:
    return [Inbound(first + number, 0, item.encode()) for number, item in enumerate(rows)]


def stage() -> DeduplicateStage:
    return DeduplicateStage(LANE, {PART: NOON}, None, RULES)


class Shell:
    """Keeps what a broker would: the outputs at their offsets, the state, the position; crashes on demand."""

    def __init__(self, tells: bool = True) -> None:
        self.log: list[tuple[int, Outbound]] = []
        self.state: dict[bytes, bytes] = {}
        self.position = self.offset = 0
        self.tells = tells
        self.read_back = 0
        self.start()

    def start(self) -> None:
        self.stage = stage()
        memory = self.stage.restore(self.state)
        if memory is not None:
            assert memory[:2] == (TOPIC, LANE)
            kept = [Inbound(at, 0, out.value) for at, out in self.log if at >= memory.offset]
            self.read_back = sum(1 for at, out in self.log if at >= memory.offset and out.kind == "headline")
            self.stage.remember(kept)

    def chunk(self, records: Sequence[Inbound], crash: bool) -> None:
        step = self.stage.step(records)
        if crash:
            self.start()
            return
        first = self.offset
        for out in step.outputs:
            assert (out.topic, out.partition, out.key) in ((TOPIC, LANE, b"2"), (REJECTED, LANE, None))
            self.log.append((self.offset, out))
            self.offset += 1
        self.offset += 1  # the transaction's marker
        for key, value in step.state.items():
            assert value is not None
            self.state[key] = value
        self.position = step.position
        if self.tells:
            self.stage.committed({(TOPIC, LANE): first} if step.outputs else {})

    def run(self, lane: Sequence[Inbound], plan: Sequence[tuple[int, str]]) -> list[bytes | None]:
        read = 0
        for size, what in [*plan, (len(lane), "")]:
            records = [record for record in lane if record.offset >= max(read, self.position)][:size]
            self.chunk(records, what == "crash")
            read = records[-1].offset + 1 if records else read
            if what == "restart":
                self.start()
            if what:
                read = self.position
        return [out.value for _, out in self.log]


OTHER = "Crew of fuel ship questioned after boarding near Ukraine"
TITLE = "Coast guard seizes tanker carrying {} fuel off Ukraine port"
LANES = st.lists(
    st.tuples(st.sampled_from(["illegal", "smuggled", "cheap", "", "7 tons of", "9 tons of"]), st.integers(0, 5)),
    max_size=25,
)
PLANS = st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["", "", "crash", "restart"])), max_size=15)
GAPS = [0, 1, MINUTE, HOUR, 20 * HOUR, WINDOW]


def lane_of(made: list[tuple[str, int]]) -> list[Inbound]:
    rows: list[ClassifiedRow] = []
    arrival = NOON
    for number, (word, gap) in enumerate(made):
        arrival += GAPS[gap]
        rows.append(row(TITLE.format(word), {"UA": "Ukraine"}, arrival, id=f"{number % 7}", offset=number, lane=LANE))
        rows.append(tick(arrival))
    rows.append(tick(arrival + 2 * WINDOW))
    return [Inbound(2 * number, 0, item.encode()) for number, item in enumerate(rows)]


@settings(max_examples=150)
@given(LANES, PLANS, st.booleans())
def test_crashes_and_restarts_change_nothing(
    made: list[tuple[str, int]], plan: list[tuple[int, str]], tells: bool
) -> None:
    lane = lane_of(made)
    assert Shell(tells).run(lane, plan) == Shell().run(lane, [])


def test_only_the_window_is_read_back() -> None:
    shell = Shell()
    lane = lane_of([(f"consignment {number} of", 3) for number in range(200)])[:-1]
    shell.run(lane, [(4, "")] * 100)
    shell.start()
    assert 48 <= shell.read_back <= 50


def test_a_chunk_becomes_released_rows_and_changed_state() -> None:
    taken = stage()
    assert taken.restore({}) is None
    source = Source(topic=PART[0], partition=PART[1], offset=3)
    first = row(TITLE.format("cheap"), {"UA": "Ukraine"}, NOON + 5, lane=LANE)
    withdrawal = WithdrawalRow(lane=LANE, withdraws="x", arrival=NOON + 6, digest="d", source=source)
    minute = MinuteRow(at=NOON - NOON % MINUTE + MINUTE, volume=((0, "151", 1),), source=source)
    step = taken.step(inbound([withdrawal, first, minute, tick(NOON + MINUTE)], first=10))
    assert [out.kind for out in step.outputs] == ["headline", "withdrawal", "minute"]
    judged = decode_row(step.outputs[0].value or b"")
    assert isinstance(judged, HeadlineRow)
    assert judged.verdict is not None
    assert decode_row(step.outputs[1].value or b"") == withdrawal
    assert decode_row(step.outputs[2].value or b"") == minute.model_copy(update={"source": None})
    assert (step.position, set(step.state)) == (14, {b"merge", b"hours"})
    assert dict(step.tally) == {("verdict", "unique"): 1}
    assert dict(step.gauges) == {"waiting": 0, "memory": 1, "clock": (NOON + MINUTE) / 1000}
    assert taken.step([]).state == {}
    taken.committed({(TOPIC, LANE): 40})
    assert set(taken.step([]).state) == {b"hours"}


def test_a_broken_promise_is_tallied() -> None:
    taken = stage()
    taken.step(inbound([row("a", arrival=NOON + 2), tick(NOON + 9)]))
    assert dict(taken.step(inbound([row("b", arrival=NOON + 1)], first=2)).tally) == {("late", ""): 1}


NO_ROWS = [None, b"", b"{}", b"[1]", b"\xff", json.dumps({"kind": "headline"}).encode()]
STRANGER = tick(NOON).model_copy(update={"source": Source(topic="headlines.raw", partition=9, offset=0)}).encode()


@pytest.mark.parametrize("value", [*NO_ROWS, STRANGER])
def test_what_is_no_row_of_the_lane_is_rejected_and_the_others_go_on(value: bytes | None) -> None:
    taken = stage()
    records = [*inbound([row("a", arrival=NOON + 1)]), Inbound(1, 0, value), *inbound([tick(NOON + 2)], first=2)]
    step = taken.step(records)
    assert [(out.topic, out.partition) for out in step.outputs] == [(REJECTED, LANE), (TOPIC, LANE)]
    said = Rejected.decode(step.outputs[0].value or b"")
    assert (said.stage, said.code, base64.b64decode(said.original)) == ("deduplicate", "step_error", value or b"")
    assert said.source == Source(topic="headlines.classified", partition=LANE, offset=1)
    assert step.position == 3
    assert dict(step.tally) == {("rejected", "step_error"): 1, ("verdict", "unique"): 1}
    assert taken.step(inbound([tick(NOON + 3)], first=3)).position == 4


@pytest.mark.parametrize("value", [b"{}", STRANGER])
def test_what_is_no_row_is_rejected_once_however_often_it_is_read(value: bytes) -> None:
    shell = Shell()
    lane = [*inbound([row("a", arrival=NOON + 5)]), Inbound(1, 0, value), *inbound([tick(NOON + 1)], first=2)]
    shell.chunk(lane, crash=True)
    assert shell.log == []
    shell.chunk(lane, crash=False)
    assert shell.position == 0  # the row waits, so the record after it is read again
    for _ in range(2):
        shell.start()
        shell.chunk(lane[:2], crash=False)
        shell.chunk(lane[2:], crash=False)
    shell.chunk([Inbound(3, 0, value), *inbound([tick(NOON + 6)], first=4)], crash=False)
    assert [out.topic for _, out in shell.log] == [REJECTED, REJECTED, TOPIC]
    assert [Rejected.decode(out.value or b"").source.offset for _, out in shell.log[:2]] == [1, 3]  # type: ignore[union-attr]
    assert shell.position == 5


def stumble(stage: DeduplicateStage, title: str) -> None:
    """Make reading this title raise, as a bug would."""
    reader = stage._deduplicator._reader
    read = reader.read

    def stumbling(row: HeadlineRow) -> Reading:
        if row.headline.title == title:
            raise RuntimeError("cannot read this")
        return read(row)

    reader.read = stumbling  # type: ignore[method-assign]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("id", ["x", "a"])
def test_a_row_that_judging_stumbles_over_is_rejected_and_not_remembered(restart: bool, id: str) -> None:
    """With a new id and text, and with the id of an earlier row, where its text is read last of all."""
    bad = TITLE.format("broken")
    shell = Shell()
    stumble(shell.stage, bad)
    rows: list[ClassifiedRow] = [
        row(TITLE.format("cheap"), {"UA": "Ukraine"}, NOON + 1, id="a"),
        row(bad, {"UA": "Ukraine"}, NOON + 2, id=id),
        row(OTHER, {"UA": "Ukraine"}, NOON + 3, id="b"),
        tick(NOON + 4),
    ]
    shell.chunk(inbound(rows), crash=False)
    assert [out.topic for _, out in shell.log] == [TOPIC, REJECTED, TOPIC]
    said = Rejected.decode(shell.log[1][1].value or b"")
    assert "cannot read this" in said.detail
    assert said.source == Source(topic="headlines.classified", partition=LANE, offset=1)
    assert decode_row(base64.b64decode(said.original)) == rows[1]
    if restart:
        shell.start()
    else:
        del shell.stage._deduplicator._reader.read
    late = [row(bad, {"UA": "Ukraine"}, NOON + 5, id="c", text_key="c"), row(OTHER, arrival=NOON + 6, id="d")]
    shell.chunk(inbound([*late, tick(NOON + 7)], first=4), crash=False)
    judged = [decode_row(out.value or b"") for _, out in shell.log if out.kind == "headline"]
    verdicts = [item.verdict for item in judged if isinstance(item, HeadlineRow) and item.verdict is not None]
    assert [(said.kind, said.of) for said in verdicts] == [
        ("unique", None),
        ("unique", None),
        ("near", "a"),
        ("exact", "b"),
    ]


def test_what_is_no_own_output_is_not_remembered() -> None:
    taken = stage()
    taken.remember([Inbound(0, 0, value) for value in [*NO_ROWS, row("a").encode()]])
    assert taken.step([]).gauges["memory"] == 0


def test_restore_asks_for_nothing_before_the_first_headline() -> None:
    shell = Shell()
    shell.chunk(inbound([tick(NOON + 1)]), crash=False)
    assert stage().restore(shell.state) is None
    shell.chunk(inbound([row("a", arrival=NOON + 1), tick(NOON + 2)], first=1), crash=False)
    assert stage().restore(shell.state) == Memory(TOPIC, LANE, 0)


def test_restore_asks_only_for_what_a_row_to_come_can_repeat() -> None:
    shell = Shell()
    shell.chunk(inbound([row(TITLE.format("cheap"), {"UA": "Ukraine"}, NOON + 1), tick(NOON + 2)]), crash=False)
    shell.chunk(inbound([row("b", arrival=NOON + 3 * HOUR), tick(NOON + 4 * HOUR)], first=2), crash=False)
    shell.chunk([], crash=False)
    assert stage().restore(shell.state) == Memory(TOPIC, LANE, 0)
    shell.chunk(inbound([tick(NOON + 3 * HOUR + WINDOW)], first=5), crash=False)
    later = stage().restore(shell.state)
    assert later is not None
    assert later.offset > 0
    shell.chunk(inbound([tick(NOON + 3 * HOUR + WINDOW + 1)], first=6), crash=False)
    assert stage().restore(shell.state) is None
    # The memory that was not read back is not missed, and the lane goes on.
    shell.start()
    late = row(TITLE.format("cheap"), {"UA": "Ukraine"}, NOON + 3 * HOUR + WINDOW + 1, id="z")
    shell.chunk(inbound([late, tick(NOON + 4 * HOUR + WINDOW)], first=7), crash=False)
    judged = [out.value or b"" for _, out in shell.log if out.kind == "headline"][-1]
    assert b'"unique"' in judged
    assert b'"z"' in judged
    assert stage().restore(shell.state) is not None


def test_restore_asks_for_nothing_when_all_inputs_have_ended() -> None:
    shell = Shell()
    shell.chunk(inbound([row("a", arrival=NOON + 1), tick(NOON + 2)]), crash=False)
    assert stage().restore(shell.state) is not None
    shell.chunk(inbound([tick(NOON + 3).model_copy(update={"end": NOON + 3})], first=2), crash=False)
    assert stage().restore(shell.state) is None


def test_restore_asks_by_the_last_headline_where_an_import_begins_without_a_promise() -> None:
    inputs: dict[Partition, int | None] = {PART: NOON, (IMPORT_TOPIC, 0): None}
    taken = DeduplicateStage(LANE, inputs, None, RULES)
    ended = Source(topic=IMPORT_TOPIC, partition=0, offset=0)
    first = taken.step(inbound([row("a", arrival=NOON + 1), tick(NOON + WINDOW * 2)]))
    assert first.outputs == []
    second = taken.step(inbound([TickRow(arrival=NOON + 9, source=ended)], first=2))
    assert "headline" in [out.kind for out in second.outputs]
    entries = {key: value for key, value in {**first.state, **second.state}.items() if value is not None}
    assert DeduplicateStage(LANE, inputs, None, RULES).restore(entries) == Memory(TOPIC, LANE, 0)
