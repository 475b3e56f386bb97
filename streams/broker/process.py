"""The broker's process: started apart from the terminal, known by a file, ended for certain.

The file names a process by its id and its time of birth, so that a number given anew to another program is never taken
for the broker, and never killed.
"""

import contextlib
import subprocess
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

BIRTH_TOLERANCE_SECONDS = 1.0
KILL_SECONDS = 10.0

GUARD = 'read -r _; kill -TERM "$1" 2>/dev/null'
"""Waits until its owner closes the pipe, which the system does for every owner that dies; then ends the broker."""


class Running(BaseModel):
    """What the file says."""

    model_config = ConfigDict(frozen=True)

    pid: int
    born: float
    port: int


def read(path: Path) -> Running | None:
    """The process that the file names, if it lives; a stale or broken file is none."""
    try:
        running = Running.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    return running if process_of(running) else None


def write(path: Path, running: Running) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(running.model_dump_json(), encoding="utf-8")
    draft.replace(path)


def process_of(running: Running) -> psutil.Process | None:
    """The living process, or none if it is gone or the number is another's now."""
    try:
        process = psutil.Process(running.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return process if abs(process.create_time() - running.born) < BIRTH_TOLERANCE_SECONDS else None
    except psutil.NoSuchProcess:
        return None


def spawn(command: list[str], log: Path, port: int) -> tuple[subprocess.Popen[bytes], Running]:
    """Start `command` in a session of its own: the terminal's Ctrl-C is for the owner, who ends the broker in order."""
    with log.open("ab") as file:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True, close_fds=True
        )
    return child, Running(pid=child.pid, born=psutil.Process(child.pid).create_time(), port=port)


def guard(pid: int) -> subprocess.Popen[bytes]:
    """End process `pid` when this one dies, even by SIGKILL."""
    return subprocess.Popen(
        ["/bin/sh", "-c", GUARD, "guard", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(process: psutil.Process, gently_seconds: float) -> None:
    """SIGTERM, then SIGKILL; returns when the process is gone. With 0 seconds: SIGKILL at once."""
    with contextlib.suppress(psutil.NoSuchProcess):
        if gently_seconds:
            process.terminate()
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(gently_seconds)
                return
        process.kill()
        process.wait(KILL_SECONDS)
