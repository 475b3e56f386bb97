"""An import is the log that `scan` makes of the same file, ended, once for a generation, before it starts."""

import base64

import pytest

from schemas.base import HOUR, MINUTE, iso
from schemas.rejected import Rejected
from streams.feeding import FeedRefused, Pace, Progress, import_log
from streams.generation import establish
from streams.settings import Settings
from streams.sources import END_TICK, TICK, log
from tests.streams.deployment import contents, made

NOW = 1_795_000_000_000
Records = list[tuple[int, int, bytes]]


def row(title: str, at: int) -> bytes:
    return b'{"title": "%s",  "published_at": "%s"}' % (title.encode(), iso(at).encode())


ROWS = [row(f"Storm closes port {n}", NOW - (n * 7919 % 50) * HOUR) for n in range(100)] + [
    b'{"title":"Before all computers","published_at":"1970-01-01T00:00:00Z"}',
    b"not json",
    row("Far ahead", NOW + 2 * HOUR),
]


@pytest.fixture
async def settings(kafka: str, prefix: str) -> Settings:
    return await made(kafka, prefix)


async def read(settings: Settings) -> Records:
    records = await contents(settings, "headlines.import")
    return [(record.partition, record.timestamp, record.value) for record in records]


async def test_it_is_the_log_that_scan_makes_of_the_file(settings: Settings) -> None:
    report = await import_log(settings, ROWS, now=NOW)
    expected = [tuple(record) for record in log(ROWS, NOW, 2)]
    found = [record for record in await read(settings) if record[2] != TICK]
    for partition in (0, 1):
        assert [r for r in found if r[0] == partition] == [r for r in expected if r[0] == partition]
        assert [r for r in found if r[0] == partition][-1][1:] == ((NOW // MINUTE + 1) * MINUTE, END_TICK)
    assert (report.rows, report.sent, report.ended) == (103, 102, True)
    assert (report.first, report.last) == ("1970-01-01T00:00:00Z", iso(NOW))


async def test_what_lies_in_the_future_is_rejected_with_its_bytes(settings: Settings) -> None:
    report = await import_log(settings, ROWS, now=NOW)
    assert report.refused == {"date_in_future": 1}
    (record,) = await contents(settings, "headlines.rejected")
    rejected = Rejected.decode(record.value)
    assert (rejected.stage, rejected.code) == ("feed", "date_in_future")
    assert base64.b64decode(rejected.original) == ROWS[-1]
    assert rejected.detail.startswith("row 103: ")


async def test_times_never_go_back_in_a_partition_ticks_included(settings: Settings) -> None:
    await import_log(settings, ROWS, now=NOW, pace=Pace(NOW / 0.4))
    found = await read(settings)
    for partition in (0, 1):
        times = [at for number, at, _ in found if number == partition]
        assert times == sorted(times)


async def test_a_paced_import_ticks_what_is_silent_meanwhile(settings: Settings) -> None:
    rows = [row("Storm closes port", NOW - 10 * HOUR), row("Port opens again", NOW)]
    told: list[Progress] = []
    report = await import_log(settings, rows, now=NOW, pace=Pace.of("10h/s"), progress=told.append)
    found = await read(settings)
    for partition in (0, 1):
        waiting = [at for number, at, value in found if number == partition and value == TICK]
        assert any(NOW - 9 * HOUR < at < NOW - HOUR for at in waiting)
        assert max(waiting) <= NOW
    assert report.ticks == len(found) - 2
    assert told[-1] == Progress(2, 2, NOW)


async def test_a_second_import_is_refused_and_leaves_the_first_as_it_was(settings: Settings) -> None:
    await import_log(settings, ROWS, now=NOW)
    before = await read(settings)
    with pytest.raises(FeedRefused, match="already been made") as caught:
        await import_log(settings, ROWS, now=NOW)
    assert "TOCSIN_PREFIX" in str(caught.value)
    assert await read(settings) == before


async def test_one_that_was_broken_off_has_no_end_and_cannot_be_gone_on_with(settings: Settings) -> None:
    seen: list[Progress] = []
    report = await import_log(settings, ROWS, now=NOW, progress=seen.append, stopped=lambda: len(seen) > 0)
    assert report.stopped
    assert not report.ended
    assert report.sent == len([value for *_, value in await read(settings) if value != TICK])
    assert END_TICK not in [value for *_, value in await read(settings)]
    with pytest.raises(FeedRefused, match="broken off"):
        await import_log(settings, ROWS, now=NOW)


async def test_a_generation_that_has_started_without_one_takes_none(settings: Settings) -> None:
    await establish(settings, "rules-1", 2, NOW)
    with pytest.raises(FeedRefused, match="already started without an import"):
        await import_log(settings, ROWS, now=NOW)
    assert await read(settings) == []


async def test_a_worker_that_starts_meanwhile_is_noticed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from streams.feeding import history

    real = history._untouched

    async def then_a_worker_starts(*arguments: object) -> None:
        await real(*arguments)  # type: ignore[arg-type]
        await establish(settings, "rules-1", 2, NOW)

    monkeypatch.setattr(history, "_untouched", then_a_worker_starts)
    with pytest.raises(FeedRefused, match="already started"):
        await import_log(settings, ROWS, now=NOW)


async def test_a_generation_that_starts_after_it_takes_part(settings: Settings) -> None:
    await import_log(settings, ROWS, now=NOW)
    assert (await establish(settings, "rules-1", 2, NOW)).import_partitions == 2


async def test_nothing_to_import_leaves_the_topic_as_it_was(settings: Settings) -> None:
    report = await import_log(settings, [], now=NOW)
    assert (report.sent, report.ended) == (0, False)
    assert await read(settings) == []
