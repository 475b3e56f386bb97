"""From a command line to a broker that answers; nothing half started is left behind."""

import contextlib
import subprocess
import time
from collections.abc import Mapping

from streams.broker import ports, process, ready
from streams.broker.faults import StartFailedError
from streams.broker.files import Files
from streams.broker.properties import broker_properties, render
from streams.broker.security import Security
from streams.broker.storage import format_storage, formatted, tail

START_SECONDS = 120.0
PAUSE_SECONDS = 0.1


class Launched:
    """A broker that this process started."""

    def __init__(self, child: subprocess.Popen[bytes], guard: subprocess.Popen[bytes] | None) -> None:
        self.pid = child.pid
        self._child = child
        self._guard = guard

    def reap(self) -> None:
        """After its end: leave neither a zombie nor a guard that waits for a number that may become another's."""
        self._child.kill()  # does nothing to one that has ended
        self._child.wait()
        if self._guard:
            self._guard.kill()
            self._guard.communicate()


def launch(
    java: list[str],
    files: Files,
    port: int,
    guarded: bool,
    overrides: Mapping[str, str],
    security: Security | None = None,
) -> Launched:
    """Start the broker in `files` and wait until it answers. If `guarded`, it ends with this process.

    `overrides` are settings of Kafka's that take the place of ours.

    Raises StartFailedError with the end of Kafka's log.
    """
    files.directory.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        files.log.replace(files.old_log)
    properties = broker_properties(port, ports.free_port(), files.data) | dict(overrides)
    if security:
        properties = security.properties(properties)
    files.properties.write_text(render(properties), encoding="utf-8")
    if not formatted(files.data):
        format_storage(java, files.properties, files.log, security.credentials() if security else [])
    child, running = process.spawn([*java, "kafka.Kafka", str(files.properties)], files.log, port)
    launched = Launched(child, process.guard(child.pid) if guarded else None)
    try:
        process.write(files.pid, running)
        await_answer(running, files)
    except BaseException:  # also Ctrl-C
        child.kill()
        launched.reap()
        files.pid.unlink(missing_ok=True)
        raise
    return launched


def await_answer(running: process.Running, files: Files) -> None:
    """Return when a client is answered; raise StartFailedError when that will not come."""
    end = time.monotonic() + START_SECONDS
    while not ready.answers(running.port):
        if process.process_of(running) is None:
            raise StartFailedError(f"Kafka ended as it started. {tail(files.log)}")
        if time.monotonic() > end:
            raise StartFailedError(
                f"Kafka did not answer on port {running.port} in {START_SECONDS:.0f} s. {tail(files.log)}"
            )
        time.sleep(PAUSE_SECONDS)
