"""The demo's wire: the same for the same seed, shaped like a wire, and free of its own scaffolding."""

import gzip
import re
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import orjson
import pytest

from schemas.base import DAY, HOUR, MINUTE
from streams.demo.wire import EXPECTED_SERIES, Item, expected, wire
from streams.demo.wire.material import load
from streams.demo.wire.sample import SAMPLE, encode, pack
from tests.streams.demo.driver import alert

END = int(datetime(2026, 11, 20, 18, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return wire(END)


def test_same_arguments_same_items(items: list[Item]) -> None:
    assert wire(END) == items
    assert wire(END, seed=8) != items


def test_is_fast() -> None:
    before = time.perf_counter()
    wire(END)
    assert time.perf_counter() - before < 5, "about half a second on a free core"


def test_spans_what_was_asked_for_in_order(items: list[Item]) -> None:
    assert all(one.published_at <= other.published_at for one, other in pairwise(items))
    assert END - 64 * DAY <= items[0].published_at < END - 63 * DAY
    assert END - 3 * HOUR < items[-1].published_at <= END
    assert 6_000 <= len(items) <= 9_000


@pytest.mark.parametrize("days", [5, 30, 90])
def test_grows_with_the_days(days: int) -> None:
    there = wire(END, days=days)
    assert 90 < len(there) / days < 200, "the closing story weighs more in a few days"
    assert there[0].published_at >= END - days * DAY


def test_no_scaffolding_is_left_in_a_title(items: list[Item]) -> None:
    for item in items:
        assert not re.search(r"[{}\[\]]|  |\bNone\b|s's\b|US's", item.title), item.title
        assert item.title == item.title.strip()
        assert item.title[0] == item.title[0].upper()
        assert 12 < len(item.title) < 150, item.title
        assert not re.search(r"\b[Aa] [aeio]\w", item.title), item.title


def test_every_wording_of_the_material_can_be_said() -> None:
    said = " ".join(item.title for seed in range(3) for item in wire(END, seed=seed))
    assert "{" not in said


def test_is_about_the_whole_world(items: list[Item]) -> None:
    countries = load().countries.values()
    told = {c.code for c in countries if any(c.name in item.title or c.adj in item.title for item in items)}
    assert len(told) > 100


def test_reprints_edits_and_redeliveries_are_there(items: list[Item]) -> None:
    outlets: dict[str, set[str]] = {}
    for item in items:
        outlets.setdefault(re.sub(r" [-|] [^-|]+$", "", item.title), set()).add(item.source)
    assert sum(len(sources) > 1 for sources in outlets.values()) > 500
    assert sum(item.title.startswith("UPDATE ") for item in items) > 50
    addresses = Counter((item.title, item.source, item.url.split("?")[0].replace("//m.", "//www.")) for item in items)
    assert 0.01 < sum(n - 1 for n in addresses.values()) / len(items) < 0.06
    assert any(item.title.endswith(f" - {item.source}") for item in items)


def test_has_the_rhythm_of_days_and_weeks(items: list[Item]) -> None:
    hours = Counter(datetime.fromtimestamp(item.published_at / 1000, UTC).hour for item in items)
    days = Counter(datetime.fromtimestamp(item.published_at / 1000, UTC).weekday() for item in items)
    assert hours[9] + hours[10] > 1.25 * (hours[0] + hours[1])
    assert (days[5] + days[6]) / 2 < 0.8 * sum(days[n] for n in range(5)) / 5


def test_outlets_are_invented_and_two_share_an_owner() -> None:
    publishers = load().publishers.values()
    assert len(publishers) >= 12
    owners = Counter(publisher.owner for publisher in publishers)
    assert sorted(owners.values())[-2:] == [1, 2]
    assert all(publisher.host.endswith(".example") for publisher in publishers)


def test_the_closing_story_comes_from_many_and_rises_then_calms(items: list[Item]) -> None:
    troops = [item for item in items if "North Korea" in item.title and re.search("troops|soldiers", item.title, re.I)]
    late = [item for item in troops if item.published_at > END - 60 * HOUR]
    assert len(troops) - len(late) <= 6
    assert len({item.source for item in late}) >= 8
    by_half_day = Counter((END - item.published_at) // (12 * HOUR) for item in late)
    assert by_half_day[1] > by_half_day[3]
    assert sum(item.published_at > END - 2 * HOUR for item in late) <= 1


def test_the_expected_alert_is_known() -> None:
    assert expected(alert())
    assert not expected(alert(theme="defence-pact"))
    assert EXPECTED_SERIES == "KP/troop-deployment"


def test_the_shipped_sample_is_this_wire(items: list[Item]) -> None:
    packed = SAMPLE.read_bytes()
    lines = gzip.decompress(packed).splitlines()
    assert lines == [encode(item) for item in items], "write it anew: python -m streams.demo.wire"
    assert packed[4:8] == bytes(4), "a time in the gzip header"
    assert pack(items) == pack(items)
    first = orjson.loads(lines[0])
    assert list(first) == ["published_at", "title", "source", "url"]
    assert datetime.fromisoformat(first["published_at"]).timestamp() * 1000 == items[0].published_at


def test_copies_come_minutes_later(items: list[Item]) -> None:
    first: dict[str, Item] = {}
    gaps = []
    for item in items:
        earlier = first.setdefault(item.title, item)
        if earlier.source != item.source:
            gaps.append(item.published_at - earlier.published_at)
    assert gaps
    assert sorted(gaps)[len(gaps) // 2] < 60 * MINUTE
