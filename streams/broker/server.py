"""A Kafka of one's own, in a directory.

    with LocalKafka(directory, port=0) as kafka:
        connect(kafka.bootstrap)

or detached: `start(detached=True)` leaves it running, and `stop()` in any later process finds it by the directory.

Promises: when `start` returns, a client is answered; when `stop` or `kill` returns, the process is gone and its port is
refused. Data survives both. What one process starts without `detached` ends with that process, however it dies. At most
one Kafka runs in a directory.
"""

import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict

from streams.broker import artifacts, ports, process, ready
from streams.broker.faults import AlreadyRunningError, BrokerError, PortInUseError, StartFailedError
from streams.broker.lock import locked
from streams.broker.properties import HEAP_MEGABYTES, HOST, broker_properties, java_options, render
from streams.broker.storage import format_storage, formatted, tail

DEFAULT_PORT = 29092
START_SECONDS = 60.0
STOP_SECONDS = 30.0
PAUSE_SECONDS = 0.1
PORT_ATTEMPTS = 3


class Status(BaseModel):
    """What is known of the Kafka in a directory."""

    model_config = ConfigDict(frozen=True)

    running: bool
    """Its process lives."""
    answers: bool
    """It answers a client."""
    bootstrap: str | None
    pid: int | None
    directory: Path


class LocalKafka:
    """The Kafka in `directory`. Port 0 takes a free one, and keeps it for the life of this object."""

    def __init__(
        self,
        directory: Path,
        port: int = DEFAULT_PORT,
        progress: Callable[[str], None] | None = None,
        heap_megabytes: int = HEAP_MEGABYTES,
    ) -> None:
        self.directory = directory.absolute()
        self._wanted = port
        self._port = port
        self._tell = progress or (lambda _: None)
        self._heap = heap_megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The port it listens on, or will; 0 until a free one has been taken."""
        running = self._running()
        return running.port if running else self._port

    @property
    def bootstrap(self) -> str:
        """What a client is given as `bootstrap_servers`."""
        return f"{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What Kafka says: warnings and errors."""
        return self.directory / "broker.log"

    def start(self, detached: bool = False) -> None:
        """Start it and wait until it answers; nothing to do if it runs already. Raises BrokerError."""
        class_path = artifacts.fetch(self._tell)
        java = artifacts.java()
        with self._locked():
            running = self._running()
            if running:
                if self._wanted not in (0, running.port):
                    raise AlreadyRunningError(
                        f"the Kafka in {self.directory} runs already, on port {running.port}: "
                        f"use that, stop it first, or name another directory"
                    )
                self._await_answer(running)
                return
            for attempt in range(1, PORT_ATTEMPTS + 1):
                port = self._choose_port()
                try:
                    self._launch(class_path.command(java, *java_options(self._heap)), port, detached)
                    self._port = port
                    return
                except StartFailedError:
                    # A free port can be lost between the choice and the use of it.
                    if self._wanted or attempt == PORT_ATTEMPTS or not ports.listening(port):
                        raise

    def stop(self) -> None:
        """End it in order, whoever started it; nothing to do if it does not run."""
        self._end(STOP_SECONDS)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self._end(0)

    def wipe(self) -> None:
        """Stop it and delete its data. Deletes only what `start` made."""
        self.stop()
        with self._locked():
            for path in (self._data, self._properties, self.log, self._old_log):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)

    def status(self) -> Status:
        """What it is doing now."""
        running = self._running()
        bootstrap = f"{HOST}:{running.port}" if running else None
        return Status(
            running=running is not None,
            answers=bool(bootstrap and ready.answers(bootstrap)),
            bootstrap=bootstrap,
            pid=running.pid if running else None,
            directory=self.directory,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What ran before is not ours to end.
        if self._child:
            self.stop()

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    @property
    def _old_log(self) -> Path:
        return self.directory / "broker.log.1"

    @property
    def _pid_file(self) -> Path:
        return self.directory / "broker.pid"

    def _running(self) -> process.Running | None:
        return process.read(self._pid_file)

    def _locked(self) -> AbstractContextManager[None]:
        return locked(
            self.directory / "broker.lock",
            START_SECONDS + STOP_SECONDS,
            lambda: self._tell(f"another process starts or stops the Kafka in {self.directory}: waiting"),
        )

    def _choose_port(self) -> int:
        if self._port and ports.available(self._port):
            return self._port
        if self._wanted:
            raise PortInUseError(self._wanted)
        return ports.free_port()

    def _launch(self, command: list[str], port: int, detached: bool) -> None:
        self._tell(f"starting Kafka on {HOST}:{port}")
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self._old_log)
        self._properties.write_text(render(broker_properties(port, ports.free_port(), self._data)), encoding="utf-8")
        if not formatted(self._data):
            format_storage(command, self._properties, self.log)
        child, running = process.spawn([*command, "kafka.Kafka", str(self._properties)], self.log, port)
        try:
            process.write(self._pid_file, running)
            self._child = child
            if not detached:
                self._guard = process.guard(child.pid)
            self._await_answer(running)
        except BaseException:
            # Also at Ctrl-C: nothing half started is left behind.
            self._finish(running, 0)
            raise

    def _await_answer(self, running: process.Running) -> None:
        end = time.monotonic() + START_SECONDS
        while not ready.answers(f"{HOST}:{running.port}"):
            if process.process_of(running) is None:
                raise StartFailedError(f"Kafka ended as it started. {tail(self.log)}")
            if time.monotonic() > end:
                raise StartFailedError(
                    f"Kafka did not answer on port {running.port} in {START_SECONDS:.0f} s. {tail(self.log)}"
                )
            time.sleep(PAUSE_SECONDS)

    def _end(self, gently_seconds: float) -> None:
        if not self.directory.exists():
            return
        with self._locked():
            running = self._running()
            if running:
                self._finish(running, gently_seconds)

    def _finish(self, running: process.Running, gently_seconds: float) -> None:
        living = process.process_of(running)
        if living:
            process.end(living, gently_seconds)
        if self._child and self._child.pid == running.pid:
            self._child.wait()
            self._child = None
        if self._guard:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None
        self._pid_file.unlink(missing_ok=True)
        if ports.listening(running.port):
            raise BrokerError(f"Kafka is gone, but something still answers on port {running.port}")
