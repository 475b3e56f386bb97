"""Records that are gone before they were read: refused by name, or accepted, logged and counted; never silent."""

import asyncio
import time

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from agents.rulebook import Rulebook
from streams import kafka as clients
from streams import topics
from streams.generation import establish
from tests.integration import recount
from tests.integration.deployment import Deployment, ready, until
from tests.integration.test_exits import headlines, last_log, value
from tests.integration.test_worker import metrics


def expire(deployment: Deployment) -> dict[int, int]:
    """Delete all raw records there are; returns where each partition begins now."""

    async def delete() -> dict[int, int]:
        client = AIOKafkaAdminClient(bootstrap_servers=deployment.settings.kafka_bootstrap_servers)
        await client.start()
        raw = [TopicPartition(deployment.settings.raw_topic, p) for p in range(2)]
        found = await client.delete_records({p: RecordsToDelete(before_offset=-1) for p in raw})
        await client.close()
        return {tp.partition: at for tp, at in found.items()}

    return asyncio.run(delete())


def lost(deployment: Deployment) -> float:
    """What the worker counts."""
    return sum(
        value(metrics(deployment.port), f'tocsin_lost_records_total{{partition="{p}",stage="classify"}}')
        for p in (0, 1)
    )


def test_accepted_at_start(deployment: Deployment) -> None:
    deployment.run("feed", "-", stdin=headlines(4))
    with deployment.worker("--processes", "1", "--drain") as first:
        assert first.wait(60) == 0
    deployment.run("feed", "-", stdin=headlines(6, 4))
    begins = expire(deployment)
    deployment.run("feed", "-", stdin=headlines(5, 10))
    with deployment.worker(TOCSIN_LOST_RECORDS="accept"):
        until(lambda: ready(deployment.port), "ready")
        until(lambda: len(recount.deduplicated(deployment)) == 9, "what is left is read")
        before = lost(deployment)
        assert 6 <= before <= 6 + 4  # ticks are records too
    said = last_log(deployment)
    for partition, begin in begins.items():
        assert f"{deployment.settings.raw_topic}[{partition}]: records at [" in said
        assert f", {begin}) are gone and were not read" in said
    with deployment.worker():
        until(lambda: ready(deployment.port), "ready again")
        assert lost(deployment) == before, "a restart forgets nothing, and counts nothing twice"
    with deployment.worker("--processes", "1", "--drain") as refusing:
        assert refusing.wait(60) == 0, "it was written down: there is nothing to refuse any more"


def test_what_expires_before_any_worker_has_opened_it(deployment: Deployment) -> None:
    """Only what there was when the generation began is missed."""
    deployment.run("feed", "-", stdin=headlines(4))
    begins = expire(deployment)
    deployment.run("feed", "-", stdin=headlines(6, 4))
    rules = Rulebook.load()
    asyncio.run(establish(deployment.settings, rules.version, rules.lanes.count, int(time.time() * 1000)))
    ends = expire(deployment)
    deployment.run("feed", "-", stdin=headlines(3, 10))
    assert sum(ends.values()) - sum(begins.values()) == 6
    with deployment.worker() as refusing:
        assert refusing.wait(60) == 75
    said = last_log(deployment)
    assert any(f"[{p}]: records at [{begins[p]}, {ends[p]}) are gone" in said for p in begins)
    with deployment.worker(TOCSIN_LOST_RECORDS="accept"):
        until(lambda: ready(deployment.port), "ready")
        until(lambda: len({which for which, _ in recount.deduplicated(deployment)}) == 3, "what is left is read")
        assert lost(deployment) == 6


def test_a_state_that_is_gone_is_no_new_lane(deployment: Deployment) -> None:
    deployment.run("feed", "-", stdin=headlines(4))
    with deployment.worker("--processes", "1", "--drain") as first:
        assert first.wait(60) == 0
    gone = deployment.settings.topic("state.deduplicate")
    before = deployment.records("headlines.deduplicated")

    async def delete() -> None:
        async with clients.admin(deployment.settings) as client:
            await client.delete_topics([gone])
            while gone in await topics.described(client):
                await asyncio.sleep(0.1)

    asyncio.run(delete())
    deployment.run("topics", "create")
    with deployment.worker() as refusing:
        assert refusing.wait(60) == 75
    assert f"{gone}[0] holds no position of deduplicate" in last_log(deployment)
    assert deployment.records("headlines.deduplicated") == before


@pytest.mark.parametrize("choice", ["refuse", "accept"])
def test_a_running_worker_that_falls_off_the_start_of_the_log(deployment: Deployment, choice: str) -> None:
    deployment.program = "tests.integration.faulty"
    deployment.run("feed", "-", stdin=headlines(4))
    sight = deployment.directory / "sight"
    with deployment.worker(TOCSIN_LOST_RECORDS=choice, TOCSIN_TICK="false", SIGHT=str(sight)) as worker:
        until(lambda: ready(deployment.port), "ready")
        until(lambda: 'tocsin_headlines_total{result="accepted"} 4.0' in metrics(deployment.port), "read")
        deployment.run("feed", "-", stdin=b'{"title": "blind, says Kenya"}\n')
        until(lambda: "blind" in last_log(deployment), "the consumer has stopped to fetch")
        deployment.run("feed", "-", stdin=headlines(6, 4))
        begins = expire(deployment)
        deployment.run("feed", "-", stdin=headlines(3, 10))
        sight.touch()
        if choice == "refuse":
            assert worker.wait(30) == 75
            said = last_log(deployment)
            assert "exit 75 (lost)" in said
            assert any(
                f"[{partition}]: records at [" in said and f", {at})" in said for partition, at in begins.items()
            )
            return
        until(
            lambda: 'tocsin_headlines_total{result="accepted"} 8.0' in metrics(deployment.port), "what is left is read"
        )
        assert lost(deployment) == 6
        assert worker.poll() is None
