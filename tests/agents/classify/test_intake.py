"""Whatever the bytes are: a headline, a withdrawal, a tick or a coded reason, never an exception."""

import json
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.classify.intake import Intake
from agents.classify.meant import Control, Item, Refusal, Withdrawal
from agents.classify.publishers import Publishers
from agents.classify.reader import RULES
from schemas.base import DAY, HOUR, MINUTE
from schemas.headline import Headline

AT = 1_764_000_000_000  # 2025-11-24T16:00:00Z


@cache
def intake() -> Intake:
    return Intake(Publishers.load(RULES))


def sent(**fields: object) -> bytes:
    return json.dumps({"title": "Troops move to the border", **fields}).encode()


def accepted(value: bytes) -> Item:
    read = intake().read(value)
    assert isinstance(read, Item), read
    return read


def headline(**fields: object) -> Headline:
    return accepted(sent(**fields)).arrived(AT)


REFUSED: list[tuple[str, bytes | None, str]] = [
    ("tombstone", None, "empty_value"),
    ("no bytes", b"", "empty_value"),
    ("blank", b" \n\t ", "empty_value"),
    ("latin-1", b'{"title": "Caf\xe9"}', "not_utf8"),
    ("utf-16", '{"title": "x"}'.encode("utf-16"), "not_utf8"),
    ("surrogate in utf-8", b'{"title": "\xed\xa0\x80"}', "not_utf8"),
    ("plain text", b"Troops move", "not_json"),
    ("cut off", b'{"title": "Troo', "not_json"),
    ("two objects", b'{"title": "a"} {"title": "b"}', "not_json"),
    ("NaN", b'{"title": "a", "x": NaN}', "not_json"),
    ("Infinity", b'{"title": "a", "published_at": -Infinity}', "not_json"),
    ("beyond doubles", b'{"title": "a", "published_at": 1e999}', "not_json"),
    ("lone surrogate", b'{"title": "\\ud800"}', "not_json"),
    ("nested for ever", b'{"title": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not_json"),
    ("null byte", b'{"title": "a\x00b"}', "not_json"),
    ("array", b'[{"title": "a"}]', "not_an_object"),
    ("string", b'"Troops move"', "not_an_object"),
    ("null", b"null", "not_an_object"),
    ("unknown control", b'{"tocsin": "boom", "title": "a"}', "control_unknown"),
    ("control of a wrong type", b'{"tocsin": {"tick": 1}}', "control_unknown"),
    ("handover to nobody", b'{"tocsin": "handover", "handover": "h", "since": 0}', "control_unknown"),
    (
        "handover of no alerts",
        b'{"tocsin": "handover", "handover": "h", "former": "", "to": "g@1", "since": 0, "adoption": {"alerts": [{}]}}',
        "control_unknown",
    ),
    ("end of a wrong type", b'{"tocsin": "tick", "end": 1}', "control_unknown"),
    ("no title", b'{"url": "https://a.example/b"}', "title_missing"),
    ("null title", b'{"title": null}', "title_missing"),
    ("number title", b'{"title": 5}', "title_wrong_type"),
    ("array title", b'{"title": ["a"]}', "title_wrong_type"),
    ("empty title", b'{"title": ""}', "title_empty"),
    ("invisible title", json.dumps({"title": " \u0000\u202e\u200b\u00a0\n"}).encode(), "title_empty"),
    ("2,001 characters", json.dumps({"title": "a" * 2_001}).encode(), "title_too_long"),
    ("10 MB title", json.dumps({"title": "a b" * 3_500_000}).encode(), "title_too_long"),
    ("grows when cleaned", json.dumps({"title": "\ufdfa" * 1_999}).encode(), "title_too_long"),
    ("number url", sent(url=5), "wrong_type"),
    ("object source", sent(source={"name": "x"}), "wrong_type"),
    ("array publisher", sent(publisher=["x"]), "wrong_type"),
    ("boolean time", sent(published_at=True), "wrong_type"),
    ("object date", sent(date={}), "wrong_type"),
    ("object withdrawal", b'{"withdraws": {}}', "wrong_type"),
    ("empty withdrawal", b'{"withdraws": " "}', "wrong_type"),
    ("1969", sent(published_at="1969-12-31T23:59:59Z"), "date_out_of_range"),
    ("year 1000", sent(date="1000-01-01"), "date_out_of_range"),
    ("year 9999", sent(published_at="9999-12-31T23:59:59-12:00"), "date_out_of_range"),
    ("2101", sent(date="2101-01-01"), "date_out_of_range"),
    ("negative epoch", sent(published_at=-1), "date_out_of_range"),
    ("absurd epoch", sent(published_at=10**18), "date_out_of_range"),
    ("absurd float epoch", sent(published_at=1e300), "date_out_of_range"),
    ("absurd written epoch", sent(published_at="9" * 20), "date_out_of_range"),
]


@pytest.mark.parametrize(("value", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_with_its_code(value: bytes | None, code: str) -> None:
    read = intake().read(value)
    assert isinstance(read, Refusal)
    assert read.code == code
    assert read.detail


def test_the_title_is_judged_before_other_fields() -> None:
    read = intake().read(b'{"title": "", "url": 5, "published_at": "1000-01-01"}')
    assert isinstance(read, Refusal)
    assert read.code == "title_empty"


def test_a_type_is_judged_before_a_date() -> None:
    read = intake().read(sent(url=5, published_at="1000-01-01"))
    assert isinstance(read, Refusal)
    assert read.code == "wrong_type"
    assert "url" in read.detail


def test_mended_with_a_flag() -> None:
    read = accepted(json.dumps({"title": "Troops\u202e move\u0000 out"}).encode())
    assert read.title == "Troops move out"
    assert read.flags == ("control_characters",)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert accepted(b"\xef\xbb\xbf" + sent()).id == accepted(sent()).id


def test_of_a_repeated_key_the_last_counts_and_it_is_flagged() -> None:
    read = accepted(b'{"title": "First", "title": "Second"}')
    assert (read.title, read.flags) == ("Second", ("repeated_key",))
    assert accepted(b'{"title": "A \\": b", "x": {"title": "c"}}').flags == ()


def test_unknown_fields_are_kept() -> None:
    read = accepted(sent(rank=3, tags=["a", {"b": None}]))
    assert read.extra == {"rank": 3, "tags": ["a", {"b": None}]}
    assert read.flags == ()


@pytest.mark.parametrize("extra", ["x" * 9_000, json.loads("[" * 40 + "]" * 40)], ids=["large", "deep"])
def test_absurd_extras_are_dropped_with_a_flag(extra: object) -> None:
    read = accepted(sent(extra=extra))
    assert read.extra == {}
    assert read.flags == ("extra_dropped",)


def test_a_second_name_or_time_is_kept_as_extra() -> None:
    read = accepted(sent(publisher="Gulf Herald", source="Some Feed", published_at=AT, date="2025-11-01"))
    assert read.publisher == "Gulf Herald"
    assert read.moment is not None
    assert read.moment.at == AT
    assert read.extra == {"source": "Some Feed", "date": "2025-11-01"}


def test_an_address_that_is_none_is_dropped_with_a_flag() -> None:
    read = accepted(sent(url="javascript:alert(1)"))
    assert (read.url, read.flags) == (None, ("url_dropped",))


def test_a_long_name_is_cut_with_a_flag() -> None:
    read = accepted(sent(publisher="N" * 5_000))
    assert read.publisher == "N" * 200
    assert read.flags == ("publisher_cut",)


def test_identity_is_of_the_item_never_of_the_delivery() -> None:
    first = accepted(
        sent(url="https://www.herald.example/a?utm_source=x", source="The Herald", published_at=AT, rank=1)
    )
    again = accepted(sent(url="https://herald.example/a", source="the  herald", published_at=AT + HOUR, rank=2))
    elsewhere = accepted(sent(url="https://post.example/a", source="The Post"))
    assert first.id == again.id
    assert first.id != elsewhere.id
    assert first.text_key == elsewhere.text_key
    assert len(first.id) == 24


def test_titles_of_punctuation_alone_are_told_apart() -> None:
    assert accepted(b'{"title": "?!"}').text_key != accepted(b'{"title": "..."}').text_key


TIMES: list[tuple[str, dict[str, object], int | None, int, str, bool]] = [
    # what was sent; published_at, event time relative to AT, timing, stale
    ("none", {}, None, 0, "absent", False),
    ("null", {"published_at": None}, None, 0, "absent", False),
    ("words", {"published_at": "yesterday"}, None, 0, "unreadable", False),
    ("empty", {"published_at": ""}, None, 0, "unreadable", False),
    ("no such day", {"date": "2025-02-30"}, None, 0, "unreadable", False),
    ("absurdly long", {"published_at": "2" * 500}, None, 0, "unreadable", False),
    ("a year alone", {"date": "2025"}, None, 0, "unreadable", False),
    ("now", {"published_at": "2025-11-24T16:00:00Z"}, 0, 0, "published", False),
    ("half an hour ago", {"published_at": "2025-11-24T15:30:00Z"}, -30 * MINUTE, -30 * MINUTE, "published", False),
    ("an hour ago", {"published_at": "2025-11-24T15:00:00Z"}, -HOUR, -HOUR, "published", False),
    ("in a zone", {"published_at": "2025-11-24T21:00:00+05:30"}, -30 * MINUTE, -30 * MINUTE, "published", False),
    ("without a zone", {"published_at": "2025-11-24 15:30"}, -30 * MINUTE, -30 * MINUTE, "published", False),
    ("zone by name", {"published_at": "2025-11-24 15:30 UTC"}, -30 * MINUTE, -30 * MINUTE, "published", False),
    ("lower case", {"published_at": "2025-11-24t15:30:00z"}, -30 * MINUTE, -30 * MINUTE, "published", False),
    ("mail style", {"published_at": "Mon, 24 Nov 2025 15:30:00 GMT"}, -30 * MINUTE, -30 * MINUTE, "published", False),
    ("epoch s", {"published_at": 1_764_000_000}, 0, 0, "published", False),
    ("epoch s, fraction", {"published_at": 1_763_999_999.5}, -500, -500, "published", False),
    ("epoch ms", {"published_at": 1_763_999_999_500}, -500, -500, "published", False),
    ("epoch ms as text", {"published_at": "1763999999500"}, -500, -500, "published", False),
    ("two hours ago", {"published_at": "2025-11-24T14:00:00Z"}, -2 * HOUR, -HOUR, "clamped", False),
    ("in the future", {"published_at": "2025-11-24T16:00:01Z"}, 1_000, 0, "clamped", False),
    ("a day ago", {"published_at": "2025-11-23T16:00:00Z"}, -DAY, -HOUR, "clamped", False),
    ("over a day ago", {"published_at": "2025-11-23T15:59:59.999Z"}, -DAY - 1, -HOUR, "clamped", True),
    ("time in date", {"date": "2025-11-24T15:30:00Z"}, -30 * MINUTE, -30 * MINUTE, "published", False),
    ("today", {"date": "2025-11-24"}, -16 * HOUR, 0, "date", False),
    ("today in published_at", {"published_at": "20251124"}, -16 * HOUR, 0, "date", False),
    ("tomorrow", {"date": "2025-11-25"}, 8 * HOUR, 0, "date", False),
    ("yesterday", {"date": "2025-11-23"}, -40 * HOUR, -HOUR, "date", False),
    ("two days ago", {"date": "2025-11-22"}, -64 * HOUR, -HOUR, "date", True),
]


@pytest.mark.parametrize("case", TIMES, ids=[case[0] for case in TIMES])
def test_event_time(case: tuple[str, dict[str, object], int | None, int, str, bool]) -> None:
    _, fields, published, event, timing, stale = case
    got = headline(**fields)
    assert got.published_at == (None if published is None else AT + published)
    assert (got.event_time - AT, got.timing, got.stale) == (event, timing, stale)


def test_yesterdays_last_minutes_are_near() -> None:
    midnight = AT - 16 * HOUR
    got = accepted(sent(date="2025-11-23")).arrived(midnight + 10 * MINUTE)
    assert got.event_time == midnight - 1


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (b'{"tocsin":"tick"}', Control(False)),
        (b'{"tocsin":"tick","end":true}', Control(True)),
        (b'{"tocsin":"tick","end":false}', Control(False)),
        (b'{"withdraws":"0123456789abcdef01234567"}', Withdrawal("0123456789abcdef01234567")),
        (b'{"title":null,"withdraws":"https://www.a.example/x?utm_id=1"}', Withdrawal("https://a.example/x")),
    ],
)
def test_what_is_no_headline(value: bytes, meant: object) -> None:
    assert intake().read(value) == meant


def test_a_headline_may_have_a_field_named_withdraws() -> None:
    assert accepted(sent(withdraws="x")).extra == {"withdraws": "x"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(["title", "published_at", "date", "source", "publisher", "url", "tocsin", "end", "withdraws"])


@given(
    st.binary(max_size=200)
    | st.dictionaries(FIELDS | st.text(max_size=5), ANY_JSON, max_size=6).map(lambda value: json.dumps(value).encode())
)
@example(json.dumps({"title": "a", "published_at": "0001-01-01T00:00:00+14:00"}).encode())
@example(json.dumps({"title": "&#xD800;&#0;"}).encode())
@example(json.dumps({"title": "a", "url": "https://[::1"}).encode())
@settings(max_examples=300)
def test_never_raises_and_what_is_accepted_can_be_written_and_read(value: bytes) -> None:
    read = intake().read(value)
    if isinstance(read, Item):
        made = read.arrived(AT)
        assert Headline.decode(made.encode()) == made
        assert AT - HOUR <= made.event_time <= AT


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_text_is_a_title_or_refused(title: str) -> None:
    read = intake().read(json.dumps({"title": title}).encode())
    assert isinstance(read, Item | Refusal)
    if isinstance(read, Item):
        assert read.title == read.title.strip()
        assert read.title.isprintable()


@pytest.mark.parametrize(
    "url", ["https://www.reuters.com/a/b?x=1", "http://reuters.com", "https://m.reuters.com:8080/"]
)
def test_a_family_follows_from_the_host_alone(url: str) -> None:
    read = accepted(sent(url=url))
    assert read.family == Publishers.load(RULES).family(None, url, None) == "Reuters"


@pytest.mark.parametrize("depth", [17, 300, 1_000])
def test_what_is_nested_too_deep_is_dropped_and_the_headline_is_kept(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    read = accepted(b'{"title": "Troops move to the border", "x": ' + nested + b"}")
    assert read.extra == {}
    assert "extra_dropped" in read.flags


@pytest.mark.parametrize(
    "field", ["tocsin", "title", "withdraws", "published_at", "date", "source", "publisher", "url"]
)
@pytest.mark.parametrize(
    "value",
    [
        b"[" * 1_000 + b"]" * 1_000,
        b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
        b"9" * 300,
        b"-" + b"9" * 300,
        b"9" * 5_000,
        b"1e400",
        b"1e308",
        b"-1e308",
        b"1e-400",
        b'"&#' + b"9" * 4_301 + b';"',
        b'"' + b"9" * 5_000 + b'"',
    ],
    ids=[
        "arrays",
        "objects",
        "300 digits",
        "minus",
        "5,000 digits",
        "1e400",
        "1e308",
        "-1e308",
        "1e-400",
        "&#",
        "text",
    ],
)
def test_no_value_of_any_field_raises(field: str, value: bytes) -> None:
    for others in (b"", b', "title": "Troops move"'):
        read = intake().read(b'{"' + field.encode() + b'": ' + value + others + b"}")
        if isinstance(read, Item):
            assert Headline.decode(read.arrived(AT).encode()) == read.arrived(AT)


@pytest.mark.parametrize("end", [" - The Kestrel Post", " | the kestrel post", " \u2014 Kestrel Post"])
@pytest.mark.parametrize("field", ["source", "publisher"])
def test_the_name_of_its_own_outlet_is_no_part_of_a_title(end: str, field: str) -> None:
    bare = accepted(sent(**{field: "The Kestrel Post"}))
    full = accepted(sent(title=f"{bare.title}{end}", **{field: "The Kestrel Post"}))
    assert (full.title, full.text_key, full.id) == (bare.title, bare.text_key, bare.id)
    assert (full.publisher, full.family) == (bare.publisher, bare.family)


def test_the_name_of_another_outlet_stays_whatever_was_read_before() -> None:
    title = "Troops move to the border - The Kestrel Post"
    for _ in range(2):
        assert accepted(sent(title=title, source="The Kestrel Post")).title == "Troops move to the border"
        assert accepted(sent(title=title, source="The Merlin Times")).title == title
        assert accepted(sent(title=title)).title == title
        both = accepted(sent(title=title, publisher="The Merlin Times", source="Kestrel Post"))
        assert (both.title, both.publisher) == ("Troops move to the border", "The Merlin Times")


def test_a_title_that_is_its_outlet_alone_stays() -> None:
    assert accepted(sent(title="The Kestrel Post", source="The Kestrel Post")).title == "The Kestrel Post"


DATES = st.text("0123456789-+:.,TZWGMUaeny /()\u0661", max_size=40) | st.sampled_from(
    [
        "Mon, 24 Nov 2025 16:00:00 +9999",
        "24 Nov 99999 16:00:00 GMT",
        "Mon, 1 Jan 0001 00:00:00 +2300",
        "2025-W01-1T24:00",
    ]
)


@given(DATES)
@settings(max_examples=500)
def test_no_date_raises(date: str) -> None:
    assert isinstance(intake().read(sent(published_at=date)), Item | Refusal)
