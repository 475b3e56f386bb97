"""A lock file between processes: two that start or fetch at once do not trample each other."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.broker.faults import BrokerError

PAUSE_SECONDS = 0.1


@contextmanager
def locked(path: Path, deadline_seconds: float, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold `path` for this process alone; `waiting` is called once if another process has it.

    The system lets go of it with the process, however that ends: a lock is never stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + deadline_seconds
    with path.open("a") as file:
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise BrokerError(
                        f"another process has held {path} for {deadline_seconds:.0f} s. "
                        f"`fuser {path}` names it; end it, and try again"
                    ) from None
                if not told:
                    waiting()
                    told = True
                time.sleep(PAUSE_SECONDS)
        yield
