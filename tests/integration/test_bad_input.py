"""Bad input ends in `headlines.rejected` with a code and its bytes, and everything around it arrives."""

import asyncio
import json

from aiokafka import AIOKafkaProducer

from schemas.rejected import KEPT_BYTES
from schemas.row import HeadlineRow, decode_row
from tests.integration import recount
from tests.integration.deployment import Deployment

BAD: list[tuple[str, bytes | None]] = [
    ("empty_value", b""),
    ("empty_value", None),
    ("not_utf8", b'{"title": "\xff\xfe"}'),
    ("not_json", b"Troops on the move"),
    ("not_json", b'{"title": "cut of'),
    ("not_an_object", b'["title"]'),
    ("title_missing", b'{"source": "Meridian Wire"}'),
    ("title_wrong_type", b'{"title": 5}'),
    ("title_empty", b'{"title": "\\u0000\\u0007\\u200b "}'),
    ("title_too_long", json.dumps({"title": "x" * 10_000_000}).encode()),
    ("wrong_type", b'{"title": "Calm in Kenya", "url": {"a": 1}}'),
    ("date_out_of_range", b'{"title": "Calm in Kenya", "published_at": "1000-01-01T00:00:00Z"}'),
    ("date_out_of_range", b'{"title": "Calm in Kenya", "published_at": "9999-12-31T23:59:59Z"}'),
    ("control_unknown", b'{"tocsin": "surprise"}'),
]
GOOD = [f'{{"title": "Ministers of Kenya meet for the {n}th time"}}'.encode() for n in range(len(BAD) + 1)]


async def send(deployment: Deployment) -> None:
    """Good and bad in turn, as any producer could send them."""
    producer = AIOKafkaProducer(
        bootstrap_servers=deployment.settings.kafka_bootstrap_servers, max_request_size=20 << 20
    )
    await producer.start()
    for good, (_, bad) in zip(GOOD, BAD, strict=False):
        for value in (good, bad):
            await producer.send_and_wait(deployment.settings.raw_topic, value=value, key=b"k", partition=0)
    nul = json.dumps({"title": "Calm\x00 in \x1b[31mKenya"}).encode()
    for value in (GOOD[-1], nul):
        await producer.send_and_wait(deployment.settings.raw_topic, value=value, partition=1)
    await producer.stop()


def test_bad_input(deployment: Deployment) -> None:
    asyncio.run(send(deployment))
    with deployment.worker("--processes", "1", "--drain") as worker:
        assert worker.wait(90) == 0

    rejected = sorted(deployment.records("headlines.rejected"), key=lambda r: json.loads(r.value)["source"]["offset"])
    assert [json.loads(r.value)["code"] for r in rejected] == [code for code, _ in BAD]
    for record, (_, value) in zip(rejected, BAD, strict=True):
        body = json.loads(record.value)
        assert record.key == b"k"
        assert recount.original(record.value) == (value or b"")[:KEPT_BYTES]
        assert body["size"] == len(value or b"")
        assert body["cut"] == (len(value or b"") > KEPT_BYTES)
        assert body["detail"]

    rows = [decode_row(r.value) for r in deployment.records("headlines.deduplicated")]
    titles = [row.headline.title for row in rows if isinstance(row, HeadlineRow)]
    assert sorted(titles) == sorted([json.loads(good)["title"] for good in GOOD] + ["Calm in [31mKenya"])
    recount.check(deployment)


def test_feed_refuses_what_no_topic_could_hold(deployment: Deployment) -> None:
    lines = b'{"title": "Calm in Kenya"}\n' + json.dumps({"title": "x" * (17 << 20)}).encode() + b'\n{"title": "b"}\n'
    report = json.loads(deployment.run("feed", "--json", "-", stdin=lines))
    assert len(deployment.records("headlines.raw")) == 2
    assert "too_large" in json.dumps(report)
    (refused,) = deployment.records("headlines.rejected")
    assert json.loads(refused.value)["code"] == "too_large"
    assert json.loads(refused.value)["size"] > 17 << 20
