"""Live: the same bytes in the raw topic, and everything else refused in the open."""

import base64

import pytest

from schemas.base import DAY, HOUR, iso
from schemas.rejected import Rejected
from streams import kafka as clients
from streams.feeding import FeedRefused, Pace, Progress, feed_rows
from streams.settings import Settings
from streams.topic_plan import RAW_BYTES
from streams.topics import TopicsError
from tests.streams.deployment import contents, made, put, settings_of

NOW = 1_795_000_000_000


def row(title: str, at: int = NOW) -> bytes:
    return b'{"title": "%s",  "published_at": "%s"}' % (title.encode(), iso(at).encode())


@pytest.fixture
async def settings(kafka: str, prefix: str) -> Settings:
    return await made(kafka, prefix)


async def test_rows_arrive_byte_for_byte_over_all_partitions_and_are_stamped_by_the_broker(settings: Settings) -> None:
    rows = [row(f"Storm closes port {n}", NOW - n) for n in range(10)]
    report = await feed_rows(settings, rows, now=NOW)
    records = await contents(settings, "headlines.raw")
    assert sorted(record.value for record in records) == sorted(rows)
    assert {record.partition for record in records} == {0, 1}
    assert {record.timestamp_type for record in records} == {1}
    assert (report.rows, report.sent, report.refused, report.stale) == (10, 10, {}, 0)


async def test_bad_rows_are_for_classify_to_reject(settings: Settings) -> None:
    report = await feed_rows(settings, [b"not json", b"{}", b"\xff"], now=NOW)
    assert report.sent == 3
    assert len(await contents(settings, "headlines.raw")) == 3


async def test_a_file_of_old_news_is_refused_before_anything_is_sent(settings: Settings) -> None:
    rows = [row("Old", NOW - DAY - 1), row("Older", NOW - 9 * DAY), row("New")]
    with pytest.raises(FeedRefused, match="2 of 3 rows") as caught:
        await feed_rows(settings, rows, now=NOW)
    assert "--import" in str(caught.value)
    assert await contents(settings, "headlines.raw") == []


async def test_half_of_it_old_is_sent_and_said(settings: Settings) -> None:
    report = await feed_rows(settings, [row("Old", NOW - DAY - 1), row("New", NOW - DAY)], now=NOW)
    assert (report.sent, report.stale) == (2, 1)


async def test_what_no_topic_can_hold_and_control_records_are_rejected_with_their_bytes(settings: Settings) -> None:
    largest = b'{"title":"%s"}' % (b"x" * (RAW_BYTES - 12))
    too_large = b'{"title":"%s"}' % (b"x" * (RAW_BYTES - 11))
    tick = b'{"tocsin":"tick","end":true}'
    report = await feed_rows(settings, [too_large, largest, tick, row("Last")], now=NOW)
    assert report.refused == {"control_unknown": 1, "too_large": 1}
    assert {record.value for record in await contents(settings, "headlines.raw")} == {largest, row("Last")}
    rejected = [Rejected.decode(record.value) for record in await contents(settings, "headlines.rejected")]
    found = {record.code: record for record in rejected}
    assert found["too_large"].stage == "feed"
    assert found["too_large"].size == RAW_BYTES + 1
    assert found["too_large"].cut
    assert base64.b64decode(found["control_unknown"].original) == tick
    assert found["control_unknown"].detail.startswith("row 3: ")


async def test_with_a_pace_rows_come_in_order_of_time_and_their_times_are_told(settings: Settings) -> None:
    rows = [row("Third", NOW), row("First", NOW - 2 * HOUR), row("Second", NOW - HOUR)]
    told: list[Progress] = []
    await feed_rows(settings, rows, now=NOW, pace=Pace.of("10h/s"), progress=told.append)
    raw = sorted(await contents(settings, "headlines.raw"), key=lambda record: record.timestamp)
    assert [record.value for record in raw] == [rows[1], rows[2], rows[0]]
    assert raw[2].timestamp - raw[0].timestamp >= 150
    assert told[-1] == Progress(3, 3, NOW)


async def test_stopped_on_the_way_it_says_how_far_it_got_and_that_much_is_there(settings: Settings) -> None:
    rows = [row(f"Storm closes port {n}") for n in range(2500)]
    seen: list[Progress] = []
    report = await feed_rows(settings, rows, now=NOW, progress=seen.append, stopped=lambda: bool(seen))
    assert report.stopped
    assert report.sent == len(await contents(settings, "headlines.raw")) == 1000


async def test_a_raw_topic_with_the_senders_time_is_refused(kafka: str, prefix: str) -> None:
    from aiokafka.admin import NewTopic

    settings = settings_of(kafka, prefix)
    async with clients.admin(settings) as client:
        await client.create_topics([NewTopic(settings.raw_topic, 1, 1), NewTopic(f"{prefix}headlines.rejected", 1, 1)])
    await put(settings, "headlines.rejected", b"{}")
    with pytest.raises(FeedRefused, match=r"message\.timestamp\.type=LogAppendTime"):
        await feed_rows(settings, [row("New")], now=NOW)


async def test_without_topics_the_cure_is_named(kafka: str, prefix: str) -> None:
    with pytest.raises(TopicsError, match="tocsin topics create"):
        await feed_rows(settings_of(kafka, prefix), [row("New")], now=NOW)
