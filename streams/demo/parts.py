"""What the demo starts, each as a context that stops it again: a Kafka of its own, and a worker."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.broker.ports import available, free_port
from streams.broker.server import DEFAULT_PORT, LocalKafka
from streams.settings import Settings, variable
from streams.supervisor import this_command

STOP_SECONDS = 30
BOOTSTRAP = variable("kafka_bootstrap_servers")


class Worker:
    """A worker process and where it logs."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, hint: str) -> None:
        self._process = process
        self.log = log
        self.hint = hint
        """What to put before a command in another terminal, so that it talks to this demo."""

    @property
    def returncode(self) -> int | None:
        """Of the process, once it has ended."""
        return self._process.returncode

    def poll(self) -> int | None:
        """The exit status if it has ended."""
        return self._process.poll()


def given_kafka() -> str | None:
    """The Kafka that the environment names."""
    return os.environ.get(BOOTSTRAP) or None


@contextmanager
def local_kafka(tell: Callable[[str], None]) -> Iterator[str]:
    """Bootstrap servers: those that the environment names, or a new Kafka that lives as long as the demo.

    It takes the port that commands look for by default, where that is free.
    """
    if given := given_kafka():
        yield given
        return
    directory = Path(tempfile.mkdtemp(prefix="tocsin-demo-"))
    try:
        port = DEFAULT_PORT if available(DEFAULT_PORT) else 0
        with LocalKafka(directory, port=port, progress=tell) as local:
            yield local.bootstrap
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def shell_settings(bootstrap: str) -> Settings:
    """The demo's settings: on a Kafka of its own the plain names; on somebody else's, a prefix that nobody has."""
    given = Settings()
    port = given.http_port if available(given.http_port) else free_port()
    if given_kafka() is None or given.prefix:
        return given.model_copy(update={"kafka_bootstrap_servers": bootstrap, "http_port": port})
    prefix = f"demo-{uuid.uuid4().hex[:6]}"
    return given.model_copy(update={"prefix": prefix, "raw_topic": f"{prefix}.headlines.raw", "http_port": port})


@contextmanager
def running_worker(settings: Settings) -> Iterator[Worker]:
    """A worker of this deployment."""
    changed = {
        variable(name): str(getattr(settings, name))
        for name in ("kafka_bootstrap_servers", "prefix", "raw_topic", "http_port")
    }
    defaults = Settings.model_fields
    hint = " ".join(
        f"{name}={value}"
        for name, value in changed.items()
        if not name.endswith("PORT") and value != str(defaults[name.removeprefix("TOCSIN_").lower()].default)
    )
    with tempfile.NamedTemporaryFile("wb", prefix="tocsin-worker-", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            this_command("worker"),
            env=os.environ | changed,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    path = Path(log.name)
    try:
        yield Worker(process, path, hint)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.returncode == 0:
            path.unlink(missing_ok=True)
