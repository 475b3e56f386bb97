"""A replay on a real Kafka: what equals the full run, what is left alone, and that it can be broken off anywhere."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from schemas.base import DAY, HOUR, MINUTE, iso
from schemas.row import HeadlineRow, MinuteRow, decode_row, time_of
from streams.demo.wire import EXPECTED_SERIES, wire
from streams.replay.difference import moment_of
from tests.integration import recount
from tests.integration.deployment import Deployment, until
from tests.integration.lines import as_lines
from tests.integration.past import arrived
from tests.integration.test_kill import children

NOW = int(time.time() * 1000)
DAYS, IMPORTED = 25, 10 * DAY
"""How long the wire is, and how much of it is history; the rest came in live."""
UNTIL = (NOW - HOUR) // MINUTE * MINUTE


@cache
def since() -> int:
    """A minute about twelve days ago, between a headline and its copy elsewhere: something to warm up for."""
    told: dict[str, int] = {}
    for item in wire(NOW, days=DAYS):
        minute = item.published_at // MINUTE * MINUTE
        if item.published_at >= NOW - 12 * DAY and minute - DAY < told.get(item.title, minute) < minute:
            return minute
        told[item.title] = item.published_at
    raise AssertionError("no headline of the wire is told twice")


@pytest.fixture(scope="module")
def source(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A generation with ten days of imported history and two weeks of live news, worked off."""
    deployment = Deployment(kafka, f"t{time.time_ns():x}.", tmp_path_factory.mktemp("source"))
    items = wire(NOW, days=DAYS)
    cut = items[0].published_at + IMPORTED
    arrived(deployment, [item for item in items if item.published_at >= cut])
    deployment.run("topics", "create", status=1)  # raw is kept for ever here, to hold the past
    history = as_lines(item for item in items if item.published_at < cut)
    deployment.run("feed", "--import", "-", stdin=history)
    with deployment.worker("--processes", "1", "--drain") as worker:
        assert worker.wait(120) == 0
    return deployment


def of(source: Deployment, prefix: str) -> Deployment:
    """The replay as a deployment, to read its topics."""
    replay = Deployment(source.settings.kafka_bootstrap_servers, prefix, source.directory)
    replay.settings = replay.settings.model_copy(update={"raw_topic": source.settings.raw_topic})
    return replay


def ends(source: Deployment, but: str) -> dict[TopicPartition, int]:
    """Where every partition of the cluster's topics ends, but those of one prefix and Kafka's own."""

    async def read() -> dict[TopicPartition, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=source.settings.kafka_bootstrap_servers)
        await consumer.start()
        names = [name for name in await consumer.topics() if not name.startswith((but + ".", "__"))]
        parts = []
        for name in names:
            await consumer._client.add_topic(name)
            parts += [TopicPartition(name, p) for p in consumer.partitions_for_topic(name) or ()]
        found: dict[TopicPartition, int] = await consumer.end_offsets(parts)
        await consumer.stop()
        return found

    return asyncio.run(read())


def rows(deployment: Deployment, topic: str) -> list[HeadlineRow | MinuteRow]:
    """Headlines and minutes of a topic, lane by lane."""
    found = [decode_row(record.value) for record in deployment.records(topic)]
    return [row for row in found if isinstance(row, HeadlineRow | MinuteRow)]


def before(alerts: list[bytes], at: int) -> list[bytes]:
    """Revisions that stand before an arrival."""
    return [line for line in alerts if moment_of(json.loads(line)) < at]


def prefix() -> str:
    """A prefix that nobody has."""
    return f"r{time.time_ns():x}"


def test_all_of_it_again_gives_the_same_alerts_and_touches_nothing(source: Deployment) -> None:
    own = prefix()
    untouched = ends(source, own)
    summary = json.loads(source.run("replay", "--prefix", own, "--json", "--processes", "2"))
    assert ends(source, own) == untouched
    replay = of(source, own)
    assert summary["complete"]
    assert summary["notes"] == []
    full = before(recount.alerts(source), summary["until"])
    assert any(json.loads(line)["series"] == EXPECTED_SERIES for line in full)
    assert before(recount.alerts(replay), summary["until"]) == full
    assert sum(summary["revisions"].values()) == len(recount.alerts(replay))
    generation = replay.generation()
    assert generation is not None
    assert generation.replay is not None
    assert recount.classified(replay) == recount.classified(source)
    assert recount.deduplicated(replay) == recount.classified(source)
    assert summary["headlines"] == len({where for where, _ in recount.classified(source)})

    compared = json.loads(source.run("diff", source.settings.prefix, own, "--json"))
    assert compared["same"]
    assert compared["identical"] == len(full)
    assert compared["until"] == summary["until"]

    again = json.loads(source.run("replay", "--prefix", own, "--json"))
    assert again["complete"]
    assert again["resumed"]
    assert again["headlines_per_second"] == 0
    assert (again["headlines"], again["revisions"]) == (summary["headlines"], summary["revisions"])
    assert own in source.run("replay", "--list").decode()
    until(lambda: deleted(source, own), "the workers have left the group", seconds=20)
    assert own not in source.run("replay", "--list").decode()
    assert ends(source, own) == untouched


def deleted(source: Deployment, own: str) -> bool:
    """Whether the replay could be deleted: static members leave the group when their session is over."""
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", "replay", "--delete", own],
        env=source.environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0 or b"still run" in done.stderr, done.stderr
    return done.returncode == 0


def test_a_stretch_has_the_rows_and_minutes_of_the_full_run_and_verdicts_after_two_days(source: Deployment) -> None:
    own, begin = prefix(), since()
    summary = json.loads(
        source.run("replay", "--prefix", own, "--json", "--from", iso(begin + 59_999), "--to", iso(UNTIL))
    )
    assert (summary["since"], summary["until"]) == (begin, UNTIL)
    replay = of(source, own)

    def stretch(deployment: Deployment, topic: str) -> list[HeadlineRow | MinuteRow]:
        return [
            row
            for row in rows(deployment, topic)
            if (begin < row.at <= UNTIL and row.volume if isinstance(row, MinuteRow) else begin <= time_of(row) < UNTIL)
        ]

    theirs = Counter(row.encode() for row in stretch(source, "headlines.classified") if isinstance(row, HeadlineRow))
    ours = [row for row in rows(replay, "headlines.classified") if isinstance(row, HeadlineRow)]
    assert len(theirs) > 1000
    assert Counter(row.encode() for row in ours) == theirs
    released = [row for row in rows(replay, "headlines.deduplicated") if not isinstance(row, MinuteRow) or row.volume]
    expected = stretch(source, "headlines.deduplicated")
    assert [_unjudged(row) for row in released] == [_unjudged(row) for row in expected]
    later = [row for row in released if time_of(row) >= begin + 2 * DAY]
    assert [_kind(row) for row in later] == [
        _kind(row) for row in stretch(source, "headlines.deduplicated") if time_of(row) >= begin + 2 * DAY
    ]
    assert [row.encode() for row in released] != [row.encode() for row in expected], "nothing to warm up from"


def _unjudged(row: HeadlineRow | MinuteRow) -> bytes:
    return row.model_copy(update={"verdict": None}).encode() if isinstance(row, HeadlineRow) else row.encode()


def _kind(row: HeadlineRow | MinuteRow) -> bytes:
    if isinstance(row, MinuteRow) or row.verdict is None:
        return row.encode()
    return row.model_copy(update={"verdict": row.verdict.model_copy(update={"of": None})}).encode()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_broken_off_and_gone_on_with_equals_uninterrupted(source: Deployment, number: signal.Signals) -> None:
    own = prefix()
    slowly = {"TOCSIN_CHUNK": "50", "TOCSIN_TRANSACTION_GAP_MS": "400"}
    log = source.directory / f"{own}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "replay", "--prefix", own, "--processes", "1"],
            env=source.environment | slowly,
            stdout=out,
            stderr=out,
        )
    replay = of(source, own)
    until(lambda: begun(replay), "some of it has come out")
    workers = children(process.pid)
    process.send_signal(number)
    for worker in workers if number == signal.SIGKILL else []:
        os.kill(worker, number)
    assert process.wait(40) == (130 if number == signal.SIGINT else -9)
    if number == signal.SIGINT:
        assert f"tocsin replay --prefix {own}" in log.read_text()
    part = recount.deduplicated(replay)
    assert 0 < len(part) < len(recount.deduplicated(source))
    assert "--to" in source.complaint("replay", "--prefix", own, "--to", iso(UNTIL - DAY))
    summary = json.loads(source.run("replay", "--prefix", own, "--json"))
    assert summary["resumed"]
    assert recount.classified(replay) == recount.classified(source)
    assert recount.deduplicated(replay) == recount.classified(source)
    assert before(recount.alerts(replay), summary["until"]) == before(recount.alerts(source), summary["until"])


def test_diff_names_what_is_no_generation(source: Deployment) -> None:
    said = source.complaint("diff", source.settings.prefix, "nobody")
    assert said.startswith("tocsin: nobody: neither a file nor")


def begun(replay: Deployment) -> bool:
    """Whether something has come out of the second stage."""
    try:
        return len(replay.records("headlines.deduplicated")) > 200
    except AssertionError:
        return False


def test_other_rules_are_said_and_seen(source: Deployment) -> None:
    own = prefix()
    summary = json.loads(source.run("replay", "--prefix", own, "--json", "--set", "detect.min_unique=3"))
    assert "rules" in summary["notes"][0]
    assert len(recount.alerts(of(source, own))) > len(recount.alerts(source))
    compared = json.loads(source.run("diff", source.settings.prefix, own, "--json", status=1))
    assert compared["extra"]
    assert compared["rules"][0] != compared["rules"][1]
    said = source.complaint("replay", "--prefix", own)
    assert "rules" in said
    assert "Traceback" not in said


def test_what_cannot_be_replayed_is_refused_with_the_cure(source: Deployment) -> None:
    for options, says in (
        (["--to", iso(NOW + DAY)], "complete up to"),
        (["--from", iso(UNTIL), "--to", iso(UNTIL - DAY)], "--from"),
        (["--to", iso(NOW - 60 * DAY)], "imported history"),
        (["--prefix", source.settings.prefix], "--prefix"),
        (["--from", "yesterday"], "not a time"),
    ):
        said = source.complaint("replay", *options)
        assert says in said
        assert "Traceback" not in said
    assert "not started" in source.complaint("replay", TOCSIN_PREFIX=_created(source))
    assert "no replay" in source.complaint("replay", "--delete", source.settings.prefix)


def _created(source: Deployment) -> str:
    other = prefix()
    source.run("topics", "create", status=1, TOCSIN_PREFIX=other)
    return other


def test_what_has_expired_is_refused_with_the_time_from_which_the_log_is_complete(
    kafka: str, prefix: str, tmp_path: Path
) -> None:
    deployment = Deployment(kafka, prefix, tmp_path)
    items = wire(NOW, days=6)
    arrived(deployment, items)
    deployment.run("topics", "create", status=1)
    with deployment.worker("--processes", "1", "--drain") as worker:
        assert worker.wait(60) == 0

    async def expire() -> None:
        client = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await client.start()
        part = TopicPartition(deployment.settings.raw_topic, 1)
        await client.delete_records({part: RecordsToDelete(before_offset=100)})
        await client.close()

    asyncio.run(expire())
    complete = (items[201].published_at // MINUTE + 1) * MINUTE
    assert f"--from {iso(complete)}" in deployment.complaint("replay")
    assert f"--from {iso(complete)}" in deployment.complaint("replay", "--from", iso(complete - 1))
    own = f"{prefix}replay"
    assert json.loads(deployment.run("replay", "--json", "--prefix", own, "--from", iso(complete)))["complete"]
    theirs, ours = _arrivals(deployment), _arrivals(of(deployment, own))
    assert ours == {where: at for where, at in theirs.items() if complete <= at <= max(ours.values())}
    assert len(ours) > 100


def _arrivals(deployment: Deployment) -> dict[tuple[int, int], int]:
    found = [row for row in rows(deployment, "headlines.classified") if isinstance(row, HeadlineRow)]
    return {(row.source.partition, row.source.offset): row.headline.arrival for row in found}
