"""Commands forked from a process that has imported everything: a hundred of them need not import it a hundred times.

What comes of it is a process like any other, with an environment, a standard input and outputs, a log and an end of its
own. What it starts in its turn, a supervisor's workers, say, is started as always.
"""

import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self


class Forks:
    """The process that is forked. One command at a time."""

    def __init__(self) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.security.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=inherited,
            cwd=Path(__file__).parents[2],
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)

    def run(
        self, arguments: Sequence[str], stdin: bytes, environment: Mapping[str, str], seconds: float
    ) -> subprocess.CompletedProcess[bytes]:
        """`tocsin ARGUMENTS`, run to its end. Raises TimeoutError, and kills it, after so many seconds."""
        with tempfile.TemporaryDirectory() as directory:
            files = [Path(directory, name) for name in ("in", "out", "err")]
            files[0].write_bytes(stdin)
            asked = {"arguments": arguments, "environment": dict(environment), "files": list(map(str, files))}
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
            number = self._answer(seconds)
            try:
                status = self._answer(seconds)
            except TimeoutError as error:
                os.kill(number, 9)
                self._answer(seconds)
                raise TimeoutError(f"{error}: {files[2].read_text()[-4000:]}") from None
            return subprocess.CompletedProcess(list(arguments), status, files[1].read_bytes(), files[2].read_bytes())

    def _answer(self, seconds: float) -> int:
        out = self._process.stdout
        assert out is not None
        if not select.select([out], [], [], seconds)[0]:
            raise TimeoutError(f"not done after {seconds:.0f} s")
        text = b""
        while not text.endswith(b"\n"):
            read = os.read(out.fileno(), 1)
            assert read, "the process that is forked has gone"
            text += read
        return int(text)


def serve() -> None:
    """Fork for each line of standard input: its process's number, and when it has ended its status, are the answer."""
    from streams.cli import COMMANDS

    for module in (*(command.module for command in COMMANDS.values()), *_LATER):
        importlib.import_module(module)
    with os.fdopen(os.dup(0), "rb", buffering=0) as requests, os.fdopen(os.dup(1), "wb", buffering=0) as answers:
        while line := requests.readline():
            if not (number := os.fork()):
                _become(json.loads(line))
                break
            answers.write(b"%d\n" % number)
            answers.write(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))
        else:
            return
    from streams.cli import main

    main()


_LATER = ("streams.worker", "streams.allowed", "streams.access", "streams.drain", "streams.replay.run")
"""What commands import when they are under way."""


def _become(asked: Mapping[str, list[str]]) -> None:
    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, name in enumerate(asked["files"]):
        file = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    if os.environ.get("PYTHONWARNINGS"):
        warnings.simplefilter("default")
    sys.argv = ["tocsin", *asked["arguments"]]


if __name__ == "__main__":
    serve()
