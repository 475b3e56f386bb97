"""Resolve Kafka anew and write `jars.json`: for whoever raises Kafka's version.

    python -m streams.broker.pin

The list is kept so that a first start neither resolves a hundred POMs (half a minute) nor trusts what it downloads:
every jar is checked against its SHA-256 here.
"""

import tempfile
from pathlib import Path

from streams.broker import maven
from streams.broker.artifacts import PINS, Jar, Jars, sha256

KAFKA = "4.3.0"
COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}",
    f"org.apache.kafka:kafka-tools:{KAFKA}",
    # Without a binding Kafka's errors are silent.
    "org.slf4j:slf4j-simple:2.0.17",
)


def pin(repository: Path) -> Jars:
    """Every jar that Kafka needs to run, as the repository has it today."""
    jars = []
    for artifact in maven.resolve(maven.context(repository), COORDINATES):
        if artifact.groupId == "org.apache.kafka" and artifact.version != KAFKA:
            # A BOM of another dependency can pull Kafka's own parts to its version.
            raise SystemExit(f"resolved {artifact.artifactId} {artifact.version}, not {KAFKA}")
        path = artifact.resolve()
        jars.append(
            Jar(
                group=artifact.groupId,
                artifact=artifact.artifactId,
                version=artifact.version,
                size=path.stat().st_size,
                sha256=sha256(path),
            )
        )
    return Jars(kafka=KAFKA, jars=sorted(jars, key=lambda jar: (jar.group, jar.artifact)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        PINS.write_text(pin(Path(directory)).model_dump_json(indent=1) + "\n", encoding="utf-8")
