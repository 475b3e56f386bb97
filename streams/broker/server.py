"""A Kafka of one's own, in a directory.

    with LocalKafka(directory, port=0) as kafka:
        connect(kafka.bootstrap)

or detached: `start(detached=True)` leaves it running, and `stop()` in any later process finds it by the directory.

Promises: when `start` returns, a client is answered; when `stop` or `kill` returns, the process is gone and its port is
refused. Data survives both. What one process starts without `detached` ends with that process, however it dies. At most
one Kafka runs in a directory.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict

from streams.broker import artifacts, ports, process, ready
from streams.broker.faults import AlreadyRunningError, BrokerError, PortInUseError, StartFailedError
from streams.broker.files import Files
from streams.broker.launch import START_SECONDS, Launched, await_answer, launch
from streams.broker.lock import locked
from streams.broker.properties import HEAP_MEGABYTES, HOST, java_options
from streams.broker.security import Security

DEFAULT_PORT = 29092
STOP_SECONDS = 30.0
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
    """The Kafka in `directory`. Port 0 takes a free one, and keeps it for the life of this object if it can."""

    def __init__(
        self,
        directory: Path,
        port: int = DEFAULT_PORT,
        progress: Callable[[str], None] | None = None,
        heap_megabytes: int = HEAP_MEGABYTES,
        overrides: Mapping[str, str] | None = None,
        security: Security | None = None,
    ) -> None:
        """`overrides` are settings of Kafka's that take the place of ours in `server.properties`; `security` asks
        of every client who it is, and what it may do.
        """
        self.files = Files(directory.absolute())
        self._wanted = port
        self._port = port
        self._tell = progress or (lambda _: None)
        self._heap = heap_megabytes
        self._overrides = overrides or {}
        self._security = security
        self._launched: Launched | None = None

    @property
    def port(self) -> int:
        """The port it listens on, or will; 0 until a free one has been taken."""
        running = process.read(self.files.pid)
        return running.port if running else self._port

    @property
    def bootstrap(self) -> str:
        """What a client is given as `bootstrap_servers`."""
        return f"{HOST}:{self.port}"

    def start(self, detached: bool = False) -> None:
        """Start it and wait until it answers; nothing to do if it runs already. Raises BrokerError."""
        class_path = artifacts.fetch(self._tell)
        java = class_path.command(artifacts.java(), *java_options(self._heap))
        with self._locked():
            if self._runs_already():
                return
            self._reap()
            for attempt in range(1, PORT_ATTEMPTS + 1):
                port = self._choose_port()
                self._tell(f"starting Kafka {class_path.kafka} on {HOST}:{port}")
                try:
                    self._launched = launch(java, self.files, port, not detached, self._overrides, self._security)
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
        if self.files.directory.exists():
            with self._locked():
                self._finish(STOP_SECONDS)
                self.files.wipe()

    def status(self) -> Status:
        """What it is doing now."""
        running = process.read(self.files.pid)
        return Status(
            running=running is not None,
            answers=running is not None and ready.answers(running.port),
            bootstrap=f"{HOST}:{running.port}" if running else None,
            pid=running.pid if running else None,
            directory=self.files.directory,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What ran before is not ours to end.
        if self._launched:
            self.stop()

    def _locked(self) -> AbstractContextManager[None]:
        return locked(
            self.files.lock,
            START_SECONDS + STOP_SECONDS,
            lambda: self._tell(f"another process starts or stops the Kafka in {self.files.directory}: waiting"),
        )

    def _runs_already(self) -> bool:
        running = process.read(self.files.pid)
        if running is None:
            return False
        if self._wanted not in (0, running.port):
            raise AlreadyRunningError(
                f"the Kafka in {self.files.directory} runs already, on port {running.port}: "
                "use that port, stop it first, or name another directory"
            )
        await_answer(running, self.files)
        return True

    def _choose_port(self) -> int:
        if self._port and ports.available(self._port):
            return self._port
        if self._wanted:
            raise PortInUseError(self._wanted)
        return ports.free_port()

    def _end(self, gently_seconds: float) -> None:
        if self.files.directory.exists():
            with self._locked():
                self._finish(gently_seconds)

    def _finish(self, gently_seconds: float) -> None:
        running = process.read(self.files.pid)
        living = process.process_of(running) if running else None
        if living:
            process.end(living, gently_seconds)
        self._reap()
        self.files.pid.unlink(missing_ok=True)
        if running and ports.listening(running.port):
            raise BrokerError(f"Kafka is gone, but something still answers on port {running.port}")

    def _reap(self) -> None:
        if self._launched:
            self._launched.reap()
            self._launched = None
