"""A worker ends when nobody is left to look after it, and when Kafka refuses what no waiting mends."""

import subprocess
import sys

import pytest
from aiokafka import errors

from streams.access import no_waiting_helps
from tests.streams.engine.test_exits import ended, raised

DEAF = """
import signal, subprocess, sys
worker = (
    "import os, signal, time\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n"
    "from streams.engine.vigil import orphan\\n"
    "orphan(int(os.environ['PARENT']), stopping=0.5)\\n"
    "print('up', flush=True)\\n"
    "time.sleep(60)"
)
import os
process = subprocess.Popen(
    [sys.executable, "-c", worker], env={**os.environ, "PARENT": str(os.getpid())}, stdout=subprocess.PIPE
)
process.stdout.readline()
"""
"""A supervisor that goes as soon as its worker is up, which does not hear that it is to stop."""


def test_a_worker_that_does_not_stop_ends_all_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", DEAF], capture_output=True, text=True, check=True, timeout=30)
    # all of it: whoever holds the pipe has ended
    assert "exit 70 (fault): the supervisor is gone" in done.stderr


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (errors.InvalidSessionTimeoutError(), True),
        (errors.InconsistentGroupProtocolError(), True),
        (raised(errors.KafkaError("while joining"), errors.InvalidSessionTimeoutError()), True),
        (errors.GroupAuthorizationFailedError("g"), True),
        (errors.GroupCoordinatorNotAvailableError(), False),
        (errors.RebalanceInProgressError(), False),
    ],
    ids=repr,
)
def test_what_no_waiting_mends(error: BaseException, refused: bool) -> None:
    assert no_waiting_helps(error) is refused


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("InvalidSessionTimeoutError", "TOCSIN_SESSION_TIMEOUT_MS=6000"),
        ("InconsistentGroupProtocolError", "consumer group tocsin"),
    ],
)
def test_a_refusal_of_the_group_ends_like_a_wrong_setting(name: str, says: str) -> None:
    status, said = ended(
        "import asyncio\nfrom aiokafka import errors\nfrom streams.engine.vigil import keep, vigil\n"
        f"def hear():\n    raise errors.{name}()\n"
        "asyncio.run(keep('consumer group', lambda: vigil(hear)))"
    )
    assert status == 2
    assert says in said
    assert "Traceback" not in said
