"""The Kafkas that campaigns break: one alone, one behind a proxy, one with a clock of its own, three together.

Each is a context: started with it, gone with it. `direct` is the address for those who observe, `bootstrap` for those
who are to suffer; they differ only behind the proxy.
"""

import contextlib
import os
import shutil
import struct
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

SHIM = Path(__file__).with_name("clock.c")
"""What comes between the Java runtime and the system's clock."""
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
        file.write_bytes(struct.pack("q", 0))
        self._file = file

    def shift(self, seconds: int) -> None:
        """Let the broker's clock differ from the system's by so much from now on."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("q", seconds))


def no_compiler() -> str | None:
    """What is missing for a shifted clock."""
    return None if shutil.which("cc") else "it needs a C compiler (cc) for a broker with a clock of its own"


@contextmanager
def shifted(directory: Path, tell: Tell) -> Iterator[Brokers]:
    """One broker whose wall clock can be shifted; its monotonic clock, and so its time-outs, go on as they are."""
    directory.mkdir(parents=True, exist_ok=True)
    library, file = directory / "clock.so", directory / "clock"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SHIM)], check=True)
    clock = Clock(file)
    kafka = LocalKafka(directory, ports(), tell)
    # inherited by the broker, which starts now, and taken back at once
    os.environ |= {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(file)}
    try:
        kafka.start()
    finally:
        del os.environ["LD_PRELOAD"], os.environ["CHAOS_CLOCK"]
    try:
        yield Brokers([kafka], kafka.bootstrap, kafka.bootstrap, clock=clock)
    finally:
        kafka.stop()


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
