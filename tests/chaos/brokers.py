"""The Kafkas that campaigns break: one alone, one behind a proxy, one with a clock of its own, three together.

Each is a context: started with it, gone with it. `direct` is the address for those who observe, `bootstrap` for those
who are to suffer; they differ only behind the proxy.
"""

import contextlib
import os
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.broker import artifacts
from streams.broker.properties import HOST, broker_properties, java_options, render
from streams.broker.server import LocalKafka
from tests.chaos.ports import ports
from tests.chaos.proxy import Proxy

Tell = Callable[[str], None]

FAKETIME = "TOCSIN_FAKETIME"
"""Environment variable that names libfaketime, where it is not where the system keeps it."""
BROKERS = 3
SMALL_HEAP = 256


@dataclass
class Brokers:
    """A Kafka under attack."""

    nodes: list[LocalKafka]
    bootstrap: str
    direct: str
    proxy: Proxy | None = None
    clock: "Clock | None" = None


@contextmanager
def alone(directory: Path, tell: Tell) -> Iterator[Brokers]:
    """One broker."""
    with LocalKafka(directory, ports(), tell) as kafka:
        yield Brokers([kafka], kafka.bootstrap, kafka.bootstrap)


@contextmanager
def proxied(directory: Path, tell: Tell) -> Iterator[Brokers]:
    """One broker with a second listener, whose advertised address is that of a proxy."""
    port, behind, front, quorum = range(first := ports(4), first + 4)
    ours = broker_properties(port, 1, directory)
    overrides = {
        "listeners": f"PLAINTEXT://{HOST}:{port},PROXY://{HOST}:{behind},CONTROLLER://{HOST}:{quorum}",
        "controller.quorum.voters": f"1@{HOST}:{quorum}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port},PROXY://{HOST}:{front}",
        "listener.security.protocol.map": f"{ours['listener.security.protocol.map']},PROXY:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
    }
    with LocalKafka(directory, port=port, progress=tell, overrides=overrides) as kafka:
        proxy = Proxy(front, behind)
        try:
            yield Brokers([kafka], f"{HOST}:{front}", kafka.bootstrap, proxy)
        finally:
            proxy.close()


class Clock:
    """The broker's clock: the system's, and an offset that can be changed while it runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.shift(0)

    def shift(self, seconds: float) -> None:
        """Let the broker's clock differ from the system's by so much from now on."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds:+.3f}\n", encoding="ascii")
        draft.replace(self._file)


def libfaketime() -> Path | None:
    """The library that shifts a process's clock, if it is here."""
    given = os.environ.get(FAKETIME)
    found = [Path(given)] if given else sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return next((path for path in found if path.exists()), None)


@contextmanager
def shifted(directory: Path, tell: Tell) -> Iterator[Brokers]:
    """One broker whose wall clock can be shifted; its monotonic clock, and so its time-outs, go on as they are."""
    library = libfaketime()
    assert library is not None, f"libfaketime is not here: install it, or name it in {FAKETIME}"
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "clock"
    clock = Clock(file)
    faked = {
        "LD_PRELOAD": str(library.absolute()),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    kafka = LocalKafka(directory, ports(), tell)
    before = dict(os.environ)
    os.environ.update(faked)  # inherited by the broker, which starts now, and taken back at once
    try:
        kafka.start()
    finally:
        for name in faked:
            os.environ.pop(name)
            if name in before:
                os.environ[name] = before[name]
    with contextlib.ExitStack() as stack:
        stack.callback(kafka.stop)
        yield Brokers([kafka], kafka.bootstrap, kafka.bootstrap, clock=clock)


@contextmanager
def three(directory: Path, tell: Tell) -> Iterator[Brokers]:
    """Three brokers, each a voter of the controllers' quorum; a write needs two of three replicas."""
    pairs = [(first := ports(2), first + 1) for _ in range(BROKERS)]
    voters = ",".join(f"{number}@{HOST}:{control}" for number, (_, control) in enumerate(pairs, 1))
    nodes = []
    cluster = "T" + urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
    for number, (port, control) in enumerate(pairs, 1):
        overrides = {
            "node.id": str(number),
            "controller.quorum.voters": voters,
            "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{control}",
            "default.replication.factor": str(BROKERS),
            "min.insync.replicas": "2",
            "replica.lag.time.max.ms": "5000",
            "controller.quorum.election.timeout.ms": "500",
            "controller.quorum.fetch.timeout.ms": "1000",
        } | {
            f"{topic}.replication.factor": str(BROKERS)
            for topic in ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
        }
        overrides |= {"transaction.state.log.min.isr": "2", "share.coordinator.state.topic.min.isr": "2"}
        node = LocalKafka(directory / str(number), port, tell, SMALL_HEAP, overrides)
        _format(node, port, overrides, cluster)
        nodes.append(node)
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(BROKERS) as pool:
        for node in nodes:
            stack.callback(node.stop)
        list(pool.map(lambda node: node.start(), nodes))
        addresses = ",".join(node.bootstrap for node in nodes)
        yield Brokers(nodes, addresses, addresses)


def _format(node: LocalKafka, port: int, overrides: dict[str, str], cluster: str) -> None:
    """Data of one cluster in every directory; `LocalKafka` would give each one of its own."""
    node.files.directory.mkdir(parents=True, exist_ok=True)
    properties = broker_properties(port, 1, node.files.data) | overrides
    node.files.properties.write_text(render(properties), encoding="utf-8")
    java = artifacts.fetch().command(artifacts.java(), *java_options(SMALL_HEAP))
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(node.files.properties)],
        check=True,
        capture_output=True,
    )
