"""Kafka's data directory, made ready once; and the log that says why a start failed."""

import base64
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

from streams.broker.faults import StartFailedError

FORMAT_SECONDS = 120.0
TAIL_LINES = 30


def formatted(data: Path) -> bool:
    """Whether the directory holds Kafka's data. This file is the last that formatting writes."""
    return (data / "meta.properties").exists()


def format_storage(command: list[str], properties: Path, log: Path, options: Sequence[str] = ()) -> None:
    """Make the data directory that `properties` names ready. `command` runs Java up to the class name."""
    # Kafka's own form of an id; a leading dash would read as an option.
    cluster = "T" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
    arguments = ["kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster, "-c", str(properties)]
    arguments += options
    with log.open("ab") as file:
        try:
            subprocess.run(
                [*command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                timeout=FORMAT_SECONDS,
                check=True,
                start_new_session=True,
            )
        except subprocess.SubprocessError:
            raise StartFailedError(
                f"Kafka's data directory could not be formatted. {tail(log)}"
            ) from None  # it holds the command


def tail(log: Path) -> str:
    """The end of the log, introduced by where it is."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    except OSError:
        lines = []
    return "\n".join([f"The end of {log}:", *(lines or ["(empty)"])])
