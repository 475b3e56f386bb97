"""Four levels that are never confused, a window that is exact, and verdicts that no restart changes."""

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.deduplicate.memory import WINDOW
from agents.deduplicate.rules import load_rules
from agents.deduplicate.step import Deduplicator
from schemas.base import HOUR, MINUTE
from schemas.row import HeadlineRow, Verdict
from tests.agents.deduplicate.rows import NOON, row

RULES = load_rules()
FIRST = "Coast guard seizes tanker carrying fuel off Ukraine port"
EDITED = "Coast guard seizes tanker carrying fuel off Ukraine port: officials"
EDITED_MORE = "Coast guard seizes tanker with smuggled fuel off Ukraine port: officials"
OTHER = "Crew of fuel ship questioned after boarding near Ukraine"
UA = {"UA": "Ukraine"}


def verdict(judged: HeadlineRow) -> Verdict:
    assert judged.verdict is not None
    return judged.verdict


def test_the_four_levels() -> None:
    deduplicator = Deduplicator(RULES)
    first = deduplicator.judge(row(FIRST, UA, id="a"))
    assert verdict(first) == Verdict(kind="unique", reason="no-candidate")
    assert verdict(deduplicator.judge(row(FIRST, UA, id="a"))) == Verdict(kind="redelivered", of="a", reason="same-id")
    assert verdict(deduplicator.judge(row(FIRST, UA, id="b"))) == Verdict(kind="exact", of="a", reason="same-text")
    near = verdict(deduplicator.judge(row(EDITED, UA, id="c")))
    assert (near.kind, near.of, near.similarity, near.reason) == ("near", "a", 0.9, "similar-text")
    assert verdict(deduplicator.judge(row(OTHER, UA, id="d"))) == Verdict(kind="unique", reason="no-candidate")


def test_nothing_but_the_verdict_changes() -> None:
    given = row(FIRST, UA)
    assert Deduplicator(RULES).judge(given).model_copy(update={"verdict": None}) == given


def test_a_judged_row_is_what_pydantic_would_make_of_it() -> None:
    for item in (row(FIRST, UA), row(FIRST, UA).model_copy(update={"verdict": None})):
        judged = Deduplicator(RULES).judge(item)
        copied = item.model_copy(update={"verdict": judged.verdict})
        assert judged == copied
        assert judged.encode() == copied.encode()
        assert judged.model_fields_set == copied.model_fields_set
        assert HeadlineRow.decode(judged.encode()) == judged
        assert item.verdict is None


def test_a_repeat_of_a_repeat_names_the_original() -> None:
    deduplicator = Deduplicator(RULES)
    judged = [
        verdict(deduplicator.judge(row(title, UA, id=id)))
        for id, title in [("a", FIRST), ("b", EDITED), ("c", EDITED_MORE), ("d", EDITED_MORE), ("d", EDITED_MORE)]
    ]
    assert [(said.kind, said.of) for said in judged] == [
        ("unique", None),
        ("near", "a"),
        ("near", "a"),
        ("exact", "a"),
        ("redelivered", "a"),
    ]


@pytest.mark.parametrize(("id", "title"), [("a", FIRST), ("b", FIRST), ("b", EDITED)])
def test_the_window_is_exact_to_the_millisecond(id: str, title: str) -> None:
    for gap, new in ((WINDOW, False), (WINDOW + 1, True)):
        deduplicator = Deduplicator(RULES)
        deduplicator.judge(row(FIRST, UA, id="a", arrival=NOON))
        later = verdict(deduplicator.judge(row(title, UA, id=id, arrival=NOON + gap)))
        assert (later.kind == "unique") == new


def test_a_repeat_refreshes_the_memory_with_its_own_arrival() -> None:
    deduplicator = Deduplicator(RULES)
    for day in range(5):
        said = verdict(deduplicator.judge(row(FIRST, UA, id=f"day {day}", arrival=NOON + day * 24 * HOUR)))
        assert (said.kind, said.of) == (("exact", "day 0") if day else ("unique", None))


def test_a_redelivery_refreshes_the_memory_too() -> None:
    deduplicator = Deduplicator(RULES)
    for day in range(5):
        said = verdict(deduplicator.judge(row(FIRST, UA, id="a", arrival=NOON + day * 24 * HOUR)))
        assert said.kind == ("redelivered" if day else "unique")


@pytest.mark.parametrize("read_first", [UA, {}])
def test_of_one_text_the_latest_row_is_compared(read_first: dict[str, str]) -> None:
    """Rows with one text may be read differently (capitals decide); then memory must not depend on the first."""
    deduplicator = Deduplicator(RULES)
    deduplicator.judge(row(FIRST, read_first, id="a"))
    deduplicator.judge(row(FIRST, {} if read_first else UA, id="b"))
    said = verdict(deduplicator.judge(row(EDITED, UA, id="c")))
    assert said.kind == ("unique" if read_first else "near")


def test_memory_is_bounded_by_the_window() -> None:
    deduplicator = Deduplicator(RULES)
    for hour in range(200):
        deduplicator.judge(row(f"Patrol boat number {hour} sighted off Ukraine", UA, arrival=NOON + hour * HOUR))
    assert len(deduplicator) == 49


def test_the_place_is_an_exact_key() -> None:
    deduplicator = Deduplicator(RULES)
    deduplicator.judge(row("Protesters storm parliament in the capital at dawn", {"FR": "capital"}))
    elsewhere = row("Protesters storm the parliament in the capital at dawn", {"DE": "capital"}, text_key="other")
    assert verdict(deduplicator.judge(elsewhere)).reason == "no-candidate"


def test_without_a_place_only_the_exact_text_counts() -> None:
    deduplicator = Deduplicator(RULES)
    deduplicator.judge(row("Protesters storm parliament in the capital at dawn", id="a"))
    again = "Protesters storm the parliament in the capital at dawn"
    assert verdict(deduplicator.judge(row(again))).reason == "no-candidate"
    assert verdict(deduplicator.judge(row(again, id="b"))).reason == "same-text"


def test_a_repeat_brings_no_country_and_no_theme_of_its_own() -> None:
    deduplicator = Deduplicator(RULES)
    both = {"UA": "Ukraine", "PL": "Poland"}
    title = "Convoy with Ukraine flags halted near Poland border crossing"
    deduplicator.judge(row(title, UA, id="a", themes=("sanctions",)))
    said = verdict(deduplicator.judge(row(title + " again", both, id="b", themes=("sanctions",))))
    assert (said.kind, said.reason) == ("unique", "veto:country")
    said = verdict(deduplicator.judge(row(title + " today", UA, id="c", themes=("sanctions", "coup"))))
    assert (said.kind, said.reason) == ("unique", "veto:theme")
    said = verdict(deduplicator.judge(row(title + " now", UA, id="d", uncounted=("coup",))))
    assert said.kind == "near"


def test_the_closest_is_taken_then_the_older_then_the_smaller_id() -> None:
    title = "Minister tours flooded villages along the Danube in Ukraine {}"
    for order in (("m", "k"), ("k", "m")):
        deduplicator = Deduplicator(RULES)
        for id in order:
            item = row(title.format("pontoon" + id), UA, id=id)
            seen = item.model_copy(update={"verdict": Verdict(kind="unique", reason="no-candidate")})
            deduplicator.recall(seen.encode())
        assert verdict(deduplicator.judge(row(title.format(""), UA, id="z"))).of == "k"
    deduplicator = Deduplicator(RULES)
    deduplicator.judge(row(title.format("dykes burst locks"), UA, id="a", arrival=NOON))
    deduplicator.judge(row(title.format("burst"), UA, id="b", arrival=NOON + 1))
    said = verdict(deduplicator.judge(row(title.format(""), UA, id="c", arrival=NOON + 2)))
    assert said.similarity == 0.875


def test_only_rows_with_a_verdict_are_remembered() -> None:
    deduplicator = Deduplicator(RULES)
    deduplicator.recall(row(FIRST).encode())
    assert len(deduplicator) == 0


def test_what_is_read_back_is_read_in_a_country_only_when_it_is_asked_for() -> None:
    deduplicator = Deduplicator(RULES)
    for title, codes, id in (
        ("Convoy halted near crossing", UA, "a"),
        ("Tanker sinks off the harbour", {"PL": "Tanker"}, "b"),
    ):
        seen = row(title, codes and {code: title.split()[0] for code in codes}, id=id)
        deduplicator.recall(seen.model_copy(update={"verdict": Verdict(kind="unique", reason="no-candidate")}).encode())
    read: list[str] = []
    reader = deduplicator._reader.read
    deduplicator._reader.read = lambda row: read.append(row.headline.id) or reader(row)  # type: ignore[method-assign, func-returns-value]
    deduplicator.judge(row("Convoy crosses bridge at night", {"UA": "Convoy"}, id="c"))
    assert read == ["c", "a"]


WORDS = ["convoy", "Bridge", "attack", "tanker", "night", "Tarkov", "Olenko", "opens", "closes", "not", "7", "9"]
TITLES = st.lists(st.sampled_from(WORDS), min_size=2, max_size=6, unique=True).map(" ".join)
ROWS = st.tuples(
    TITLES,
    st.sets(st.sampled_from(["UA", "PL"]), max_size=2),
    st.sampled_from([0, 0, HOUR, 7 * HOUR, 20 * HOUR, WINDOW]),
    st.integers(0, 30),
    st.booleans(),
)


@settings(max_examples=200)
@given(st.lists(ROWS, max_size=40), st.integers(0, 40), st.integers(0, WINDOW))
def test_a_restart_changes_no_verdict(
    made: list[tuple[str, set[str], int, int, bool]], restart: int, more: int
) -> None:
    """Memory rebuilt from what the own output says of the last 48 h, or of longer, judges as if never lost."""
    rows, arrival = [], NOON
    for title, codes, gap, id, shout in made:
        arrival += gap
        # Capitals differ under one text key, as they do in the wild: the latest row's are the ones that count.
        written = title.upper() if shout else title
        named = {code: written.split()[0] for code in sorted(codes)}
        rows.append(row(written, named, arrival, id=f"{id}", text_key=title.casefold()))
    whole = Deduplicator(RULES)
    expected = [whole.judge(item) for item in rows]
    restart = min(restart, len(rows))
    again = Deduplicator(RULES)
    for judged in expected[:restart]:
        if expected[restart - 1].headline.arrival - judged.headline.arrival <= WINDOW + more:
            again.recall(judged.encode())
    assert [again.judge(item) for item in rows[restart:]] == expected[restart:]


NAMES = ["".join(letters) + "evsk" for letters in product("bdgklmnprstvz", "aeiou", "bdgklmnprst")]
TEMPLATES = [
    ("numbers", "Ukraine convoy of {} trucks crosses border bridge", [str(number) for number in range(100, 700)]),
    ("names", "Ukraine convoy of Mr {} crosses border bridge", [name.title() for name in NAMES[:600]]),
]


@pytest.mark.parametrize(("title", "fill"), [item[1:] for item in TEMPLATES], ids=[item[0] for item in TEMPLATES])
def test_the_texts_of_a_template_are_not_compared_with_all_of_it(title: str, fill: list[str]) -> None:
    deduplicator = Deduplicator(RULES)
    for number, word in enumerate(fill):
        before = deduplicator.compared
        said = verdict(deduplicator.judge(row(title.format(word), UA, NOON + number)))
        assert said.kind == "unique"
        assert deduplicator.compared - before <= 2 * RULES.latest
    assert len(deduplicator) == 600


@pytest.mark.parametrize(("title", "fill"), [item[1:] for item in TEMPLATES], ids=[item[0] for item in TEMPLATES])
def test_an_edit_of_an_old_text_of_a_template_is_still_found(title: str, fill: list[str]) -> None:
    deduplicator = Deduplicator(RULES)
    for number, word in enumerate(fill):
        deduplicator.judge(row(title.format(word), UA, NOON + number, id=word))
    for number, word in enumerate(fill[::50]):
        edited = row(title.format(word) + ": officials", UA, NOON + HOUR + number)
        assert verdict(deduplicator.judge(edited)).of == word


def test_what_the_bound_leaves_out_is_the_same_after_a_restart() -> None:
    """Repeats put a text back to the end; a restart sees only the last 48 h."""
    rules = RULES.model_copy(update={"latest": 2})
    draw = Random(7)
    rows, arrival = [], NOON
    for number in range(600):
        arrival += draw.choice([1, MINUTE, HOUR, 2 * HOUR])
        words = draw.sample(["convoy", "bridge", "attack", "tanker", "night", "harbour", "rail", "grain"], 4)
        rows.append(row(" ".join(words), {"UA": words[0]}, arrival, id=f"{number}"))
    whole = Deduplicator(rules)
    expected = [whole.judge(item) for item in rows]
    bounded = sum(a != b for a, b in zip(expected, map(Deduplicator(RULES).judge, rows), strict=True))
    assert bounded > 10
    for restart in range(0, 600, 40):
        again = Deduplicator(rules)
        for judged in expected[:restart]:
            if expected[restart - 1].headline.arrival - judged.headline.arrival <= WINDOW:
                again.recall(judged.encode())
        assert [again.judge(item) for item in rows[restart:]] == expected[restart:]
