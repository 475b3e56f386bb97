"""A stall is seen: real workers that hang in one way or another are ended, counted and replaced; slow ones are not."""

import asyncio
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from tests.integration import recount
from tests.integration.deployment import Deployment, ready, until
from tests.integration.test_exits import headlines, last_log, value
from tests.integration.test_worker import metrics

pytestmark = pytest.mark.alone


PATIENCE = 2


@pytest.fixture
def faulty(deployment: Deployment) -> Deployment:
    """Workers with faults put in, under a watchdog without patience."""
    deployment.program = "tests.integration.faulty"
    deployment.environment["TOCSIN_WATCHDOG_SECONDS"] = str(PATIENCE)
    return deployment


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        ("hang", 73, "the event loop has not turned"),
        ("spin", -27, "faulty.py"),
        ("deaf", 73, "the consumer's thread has not turned"),
        ("drop", 73, "has committed input up to"),
    ],
)
def test_a_worker_that_hangs_is_ended(faulty: Deployment, fault: str, status: int, says: str) -> None:
    with faulty.worker() as worker:
        until(lambda: ready(faulty.port), "ready")
        faulty.run("feed", "-", stdin=b'{"title": "%s, says Kenya"}\n' % fault.encode())
        began = time.monotonic()
        assert worker.wait(40) == status
        assert time.monotonic() - began < (15 if fault == "spin" else 5) * PATIENCE  # spin: processor time
    assert says in last_log(faulty)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
def test_it_is_counted_and_its_successor_goes_on(faulty: Deployment, tmp_path: Path) -> None:
    # a successor that hangs as well can be asked for its metrics during a tenth of a second only
    faulty.environment["HANGS_ONCE"] = str(tmp_path / "hung")
    faulty.run("feed", "-", stdin=headlines(3) + b'{"title": "hang, says Kenya"}\n')
    with faulty.worker("--processes", "1"):
        until(lambda: "exit 73 (watchdog)" in last_log(faulty), "ended")
        until(lambda: _counted(faulty), "counted")
    faulty.program = "streams.cli"
    with faulty.worker("--processes", "1", "--drain") as sound:
        assert sound.wait(60) == 0
    assert recount.check(faulty) == 4


def test_an_open_transaction_and_a_silent_wire_are_no_stall(deployment: Deployment) -> None:
    deployment.environment["TOCSIN_WATCHDOG_SECONDS"] = str(PATIENCE)

    async def hold(worker_ended: object) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=deployment.settings.kafka_bootstrap_servers, transactional_id=f"slow {deployment.port}"
        )
        await producer.start()
        async with producer.transaction():
            for partition in (0, 1):
                await producer.send_and_wait(deployment.settings.raw_topic, headlines(1).strip(), partition=partition)
            deployment.run("feed", "-", stdin=headlines(10))  # behind what is open: not to be read yet
            await asyncio.sleep(4 * PATIENCE)
            assert worker_ended() is None  # type: ignore[operator]
            assert not await asyncio.to_thread(recount.deduplicated, deployment)
        await producer.stop()

    with deployment.worker() as worker:
        until(lambda: ready(deployment.port), "ready")
        asyncio.run(hold(worker.poll))
        until(lambda: len({w for w, _ in recount.deduplicated(deployment)}) == 12, "released")
        time.sleep(2 * PATIENCE)  # nothing comes in: there is nothing to wait for
        assert worker.poll() is None


def _counted(deployment: Deployment) -> bool:
    try:
        return value(metrics(deployment.port), 'tocsin_worker_exits_total{reason="watchdog"}') >= 1
    except OSError:
        return False
