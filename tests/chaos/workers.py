"""The workers of a campaign: several under one supervisor, or one by one; and what they said when they ended."""

import operator
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.chaos.ports import ports
from tests.integration.deployment import ready, until

STOP_SECONDS = 45.0
REFUSED = 2
"""Exit status of a worker that finds something missing when it starts."""
UNREACHABLE = 3
"""Of one that does not reach Kafka when it starts."""
DIED = re.compile(r"worker \d+ ended with (-?\d+) \(")
"""What a supervisor writes of a worker that it starts again."""
EXIT = re.compile(r"^tocsin: exit (\d+)(?: \(\w+\))?: (.*)$", re.MULTILINE)
"""What a worker writes when it ends itself."""


class Exit(NamedTuple):
    """How a worker ended itself."""

    status: int
    why: str


class Process:
    """A command of Tocsin's in the background, with a log of its own."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self.process.poll() is None

    @property
    def mark(self) -> int:
        """Where its log ends now."""
        return self.log.stat().st_size

    def said(self, since: int = 0) -> str:
        """What its log has since a mark."""
        with self.log.open("rb") as log:
            log.seek(since)
            return log.read().decode(errors="replace")

    def exits(self, since: int = 0) -> list[Exit]:
        """How workers that write to this log ended themselves."""
        return [Exit(int(status), why) for status, why in EXIT.findall(self.said(since))]

    def ends(self) -> set[int]:
        """The statuses, of it and its workers, with which anything ended that was not told to."""
        said = self.said()
        told = {int(status) for status, _ in EXIT.findall(said)} | {int(status) for status in DIED.findall(said)}
        return told | ({self.process.returncode} - {0, 130, None})

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        if self.running:
            self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not stop in {STOP_SECONDS:.0f} s; its log is {self.log}") from None


class Supervised(Process):
    """`tocsin worker --processes N`."""

    def __init__(self, count: int, environment: Mapping[str, str], log: Path, *options: str) -> None:
        self.count = count
        self.port = ports(count)
        command = [sys.executable, "-m", "streams.cli", "worker", "--processes", str(count), *options]
        super().__init__(command, {**environment, "TOCSIN_HTTP_PORT": str(self.port)}, log)

    @property
    def ports(self) -> range:
        """Where its workers serve their metrics."""
        return range(self.port, self.port + self.count)

    def pids(self) -> list[int]:
        """The workers that live now."""
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except FileNotFoundError:
            return []
        return [int(child) for child in children.split()]

    def ready(self) -> bool:
        """Whether every worker says that it is ready."""
        return all(ready(self.port + number, 3) for number in range(self.count))


class Single(Process):
    """`tocsin worker`, without a supervisor."""

    def __init__(self, environment: Mapping[str, str], log: Path, *options: str, module: str = "streams.cli") -> None:
        self.port = ports()
        super().__init__(
            [sys.executable, "-m", module, "worker", *options], {**environment, "TOCSIN_HTTP_PORT": str(self.port)}, log
        )

    def await_ready(self) -> None:
        """Return when it says that it is ready; assert that it lives."""
        until(lambda: not self.running or ready(self.port, 3), "a worker ready", 90)
        assert self.running, f"the worker ended with {self.process.returncode}: {self.said()[-2000:]}"


def metric(
    ports: Iterable[int], name: str, label: str = "", merge: Callable[[float, float], float] = operator.add
) -> dict[str, float]:
    """The samples of a metric over several workers, by their labels; those of the same labels added up."""
    found: dict[str, float] = {}
    for port in ports:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(name) and label in line:
                    sample, value = line.rsplit(" ", 1)
                    found[sample] = merge(found[sample], float(value)) if sample in found else float(value)
    return found


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def asleep(pid: int, seconds: float) -> None:
    """Stop a process for a while, as a long pause of the machine would."""
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(pid, signal.SIGCONT)
