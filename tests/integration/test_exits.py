"""Real workers that end themselves: with the status that says why, in a line that says what to do, and counted."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from tests.integration import recount
from tests.integration.deployment import Deployment, ready, until
from tests.integration.test_kill import children
from tests.integration.test_worker import metrics

HEADLINE = b'{"title": "Kenya deploys troops to Somalia, part %d"}\n'


def headlines(count: int, start: int = 0) -> bytes:
    """Headlines that no two of are alike."""
    return b"".join(HEADLINE % number for number in range(start, start + count))


def last_log(deployment: Deployment, number: int = -1) -> str:
    """What a worker of this deployment has said."""
    return sorted(deployment.directory.glob("worker-*.log"))[number].read_text()


def largest(deployment: Deployment, topic: str, size: int) -> None:
    """Let a topic take no record larger than `size`."""

    async def alter() -> None:
        client = AIOKafkaAdminClient(bootstrap_servers=deployment.settings.kafka_bootstrap_servers)
        await client.start()
        resource = ConfigResource(
            ConfigResourceType.TOPIC, deployment.settings.topic(topic), configs={"max.message.bytes": str(size)}
        )
        await client.alter_configs([resource])
        await client.close()

    asyncio.run(alter())


def test_a_zombie_is_fenced_writes_nothing_and_says_so(deployment: Deployment) -> None:
    other = {"TOCSIN_HTTP_PORT": str(deployment.port + 500)}
    with deployment.worker() as zombie:
        until(lambda: ready(deployment.port), "ready")
        deployment.run("feed", "-", stdin=headlines(5))
        until(lambda: len(recount.deduplicated(deployment)) >= 5, "released")
        zombie.send_signal(signal.SIGSTOP)
        try:
            with deployment.worker(**other):
                until(lambda: ready(deployment.port + 500), "taken over", seconds=30)
                deployment.run("feed", "-", stdin=headlines(5, start=5))
                until(lambda: len({w for w, _ in recount.deduplicated(deployment)}) == 10, "released")
                zombie.send_signal(signal.SIGCONT)
                assert zombie.wait(20) == 72
        finally:
            zombie.send_signal(signal.SIGCONT)
    said = last_log(deployment, 0)
    assert "exit 72 (fenced)" in said
    assert "written nothing" in said
    assert "Traceback" not in said
    assert recount.check(deployment) == 10


def test_a_static_id_that_two_workers_have_is_named(deployment: Deployment) -> None:
    same = {"TOCSIN_INSTANCE_ID": "twin"}
    with deployment.worker(**same) as first:
        until(lambda: ready(deployment.port), "ready")
        with deployment.worker(**same, TOCSIN_HTTP_PORT=str(deployment.port + 500)) as second:
            assert first.wait(30) == 72
            until(lambda: ready(deployment.port + 500), "the second goes on")
            assert second.poll() is None
    said = last_log(deployment, 0)
    assert "TOCSIN_INSTANCE_ID" in said.splitlines()[-1]
    assert "Traceback" not in said


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
def test_a_failed_transaction_and_a_kill_are_counted_over_restarts(deployment: Deployment) -> None:
    deployment.run("feed", "-", stdin=headlines(3))
    with deployment.worker("--processes", "1") as supervisor:
        until(lambda: len(recount.deduplicated(deployment)) >= 3, "released")
        os.kill(children(supervisor.pid)[0], signal.SIGKILL)
        until(lambda: _counts(deployment, 'reason="killed"', 1), "the kill is counted")
        largest(deployment, "headlines.classified", 100)
        deployment.run("feed", "-", stdin=headlines(3, start=3))
        until(lambda: "exit 71 (transaction)" in last_log(deployment), "a transaction failed")
        largest(deployment, "headlines.classified", 1 << 20)
        until(lambda: len({w for w, _ in recount.deduplicated(deployment)}) == 6, "nothing was lost")
        text = metrics(deployment.port)
        aborted = value(text, "tocsin_transactions_aborted_total")
        assert aborted >= 1
        assert value(text, 'tocsin_worker_exits_total{reason="transaction"}') == aborted
        assert value(text, 'tocsin_worker_exits_total{reason="killed"}') == 1
        assert value(text, 'tocsin_worker_exits_total{reason="fault"}') == 0
    assert "Traceback" not in last_log(deployment)
    assert recount.check(deployment) == 6


def test_a_session_timeout_that_the_brokers_do_not_take_is_named(deployment: Deployment) -> None:
    with deployment.worker("--processes", "1", TOCSIN_SESSION_TIMEOUT_MS="3000") as supervisor:
        assert supervisor.wait(30) == 2, "a person has to change it"
    said = last_log(deployment).splitlines()[-1]
    for part in ("TOCSIN_SESSION_TIMEOUT_MS=3000", "group.min.session.timeout.ms", "Set it within these"):
        assert part in said


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
def test_a_worker_that_never_joins_does_not_outlive_its_supervisor(deployment: Deployment) -> None:
    deployment.program = "tests.integration.faulty"
    with deployment.worker("--processes", "1", ALONE="1") as supervisor:
        until(lambda: "joining" in last_log(deployment), "it waits for the group")
        (worker,) = children(supervisor.pid)
        supervisor.kill()
        until(lambda: not running(worker), "it is gone too", seconds=50)
    assert "the supervisor is gone" in last_log(deployment)


def running(pid: int) -> bool:
    """Whether a process runs; one that has ended may still be there by name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def value(text: str, name: str) -> float:
    """A sample of what a worker tells Prometheus."""
    return next(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name + " "))


def _counts(deployment: Deployment, label: str, count: int) -> bool:
    try:
        return value(metrics(deployment.port), f"tocsin_worker_exits_total{{{label}}}") == count
    except OSError:
        return False
