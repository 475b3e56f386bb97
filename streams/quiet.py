"""Keeps aiokafka's log readable: warnings and worse, and each kind of message at most once in ten seconds.

Faust leaves its debug messages on (15 % of a core), and a broker that is away is a line for every attempt.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

EVERY_SECONDS = 10.0


class RateLimit(logging.Handler):
    """Passes records on to the root logger's handlers; of each kind one in ten seconds, with a count of the rest."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        super().__init__()
        self._every = every
        self._last: dict[tuple[str, str], float] = {}
        self._held: dict[tuple[str, str], int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Pass `record` on, or count it."""
        kind = (record.name, str(record.msg))
        now = time.monotonic()
        if now - self._last.get(kind, -self._every) < self._every:
            self._held[kind] = self._held.get(kind, 0) + 1
            return
        self._last[kind] = now
        held = self._held.pop(kind, 0)
        if held:
            record = logging.makeLogRecord(
                {**record.__dict__, "msg": f"{record.getMessage()} (and {held} like it)", "args": ()}
            )
        logging.getLogger().handle(record)


def quiet(level: int = logging.WARNING) -> None:
    """Turn aiokafka down to `level` and limit its rate. May be called again."""
    logger = logging.getLogger("aiokafka")
    logger.setLevel(level)
    if not any(isinstance(handler, RateLimit) for handler in logger.handlers):
        logger.addHandler(RateLimit())
        logger.propagate = False


class _Causes(logging.Filter):
    """Takes why a broker could not be reached out of the log, and keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, object] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not str(record.msg).startswith(("Unable connect to", "Unable to request metadata from")):
            return True
        args = record.args if isinstance(record.args, tuple) else ()
        self.found[":".join(str(part) for part in args[:-1])] = args[-1] if args else ""
        return False


@contextmanager
def unreachable_causes() -> Iterator[dict[str, object]]:
    """While it lasts, failures to connect are collected by address and not logged: the caller tells them.

    Each is the error itself, or what was said of it.
    """
    logger = logging.getLogger("aiokafka")
    causes = _Causes()
    logger.addFilter(causes)
    try:
        yield causes.found
    finally:
        logger.removeFilter(causes)
