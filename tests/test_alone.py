"""Who wants the room alone has it alone, and is let in though others keep coming."""

import multiprocessing
import time
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.alone import room


def visit(directory: Path, name: str, alone: bool, stop: Event) -> None:
    log = directory / "log"
    while True:
        with room(directory, alone), log.open("a") as out:
            out.write(f"{name} in\n")
            out.flush()
            time.sleep(0.01)  # what a visit is
            out.write(f"{name} out\n")
        if alone or stop.is_set():
            return


def test_alone_means_alone_and_nobody_waits_for_ever(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    others = [context.Process(target=visit, args=(tmp_path, name, False, stop)) for name in "ab"]
    single = [context.Process(target=visit, args=(tmp_path, name, True, stop)) for name in "xy"]
    for process in (*others, *single):
        process.start()
    for process in single:
        process.join(30)
        assert process.exitcode == 0, "never let in"
    stop.set()
    for process in others:
        process.join(30)
    lines = (tmp_path / "log").read_text().splitlines()
    for name in "xy":
        at = lines.index(f"{name} in")
        assert lines[at + 1] == f"{name} out"
        before = lines[:at]
        assert all(before.count(f"{other} in") == before.count(f"{other} out") for other in "abxy")
