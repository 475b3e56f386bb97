"""The settings of a Kafka that is alone: broker and controller in one process, every factor 1."""

from collections.abc import Mapping
from pathlib import Path

HOST = "127.0.0.1"
NODE_ID = 1

LARGEST_RECORD = 16 * 1024 * 1024
LARGEST_BATCH = LARGEST_RECORD + 1024 * 1024
"""A batch holds its record, its key, its headers and its own."""

HEAP_MEGABYTES = 512


def broker_properties(port: int, controller_port: int, data: Path) -> dict[str, str]:
    """`server.properties`."""
    return {
        "process.roles": "broker,controller",
        "node.id": str(NODE_ID),
        # Static voters: a dynamic quorum writes the controller's port into the data, and ports change between starts.
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        # A misspelt topic has to fail, not to appear.
        "auto.create.topics.enable": "false",
        "message.max.bytes": str(LARGEST_BATCH),
        "replica.fetch.max.bytes": str(LARGEST_BATCH),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        # After a crash the new process waits until the old one's session ends: 3 s, not 9.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        # Sized for a desk and a small heap.
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }


def render(settings: Mapping[str, str]) -> str:
    """As a Java properties file. A backslash in a path has to be doubled there."""
    return "".join(f"{name}={value}\n".replace("\\", "\\\\") for name, value in settings.items())


def java_options(heap_megabytes: int = HEAP_MEGABYTES) -> list[str]:
    """What the Java runtime is told."""
    return [
        f"-Xmx{heap_megabytes}m",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        # Kafka's compression libraries use both; the warnings would hide Kafka's own.
        "--sun-misc-unsafe-memory-access=allow",
        "--enable-native-access=ALL-UNNAMED",
        "-Djava.awt.headless=true",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    ]
