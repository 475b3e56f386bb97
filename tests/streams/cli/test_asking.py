"""The handover's question: answered, or left unanswered by whoever stops it."""

import os
import signal
import subprocess
import sys

import pytest

ASKED = """
import asyncio, sys
from types import SimpleNamespace
from streams.cli import handover
from streams.handover import run
from streams.supervisor import Supervisor

async def nothing(*_):
    pass

handover._compared = run.done_before = nothing
second = SimpleNamespace(settings=SimpleNamespace(prefix="g2"))
supervisor = Supervisor(["true"], 0, "x", 0, print)
sys.exit(asyncio.run(handover._run(None, second, supervisor, 0, 0, False, False, False, False, "")))
"""


class Asked:
    """A handover that asks, on a terminal of its own."""

    def __init__(self) -> None:
        self.terminal, inside = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", ASKED], stdin=inside, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        os.close(inside)
        assert self.process.stderr is not None
        said = b""
        while b"[y/N]" not in said:
            said += (more := os.read(self.process.stderr.fileno(), 4096))
            assert more, said

    def ended(self) -> tuple[int, str]:
        """Exit status, and what it said after the question."""
        try:
            _, said = self.process.communicate(timeout=20)
        finally:
            self.process.kill()
            os.close(self.terminal)
        return self.process.returncode, said.decode()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_question_does_not_hold_up_whoever_is_told_to_stop(stop: signal.Signals) -> None:
    asked = Asked()
    asked.process.send_signal(stop)
    status, said = asked.ended()
    assert status == 130
    assert "broken off" in said


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b"perhaps\nNo\n"])
def test_what_is_no_yes_switches_nothing(answer: bytes) -> None:
    asked = Asked()
    os.write(asked.terminal, answer)
    status, said = asked.ended()
    assert status == 1
    assert "nothing was switched" in said


def test_yes_goes_on() -> None:
    asked = Asked()
    os.write(asked.terminal, b"Y\n")
    status, said = asked.ended()
    assert status != 130
    assert "hand_over" in said, "which has no generation to work with here"
