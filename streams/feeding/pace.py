"""How fast log time passes while a file is fed: `6h/s` is six hours of it in each second of ours."""

import re
import time
from collections.abc import Callable
from typing import NamedTuple, Self

from schemas.base import DAY, HOUR, MINUTE, SECOND
from streams.feeding.report import FeedRefused

_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_PACE = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/\s*s")
LOOK_SECONDS = 0.25
"""A paced feed looks up this often, at least."""


class Pace(NamedTuple):
    """`speed` ms of log time pass in a second."""

    speed: float

    @classmethod
    def of(cls, text: str) -> Self:
        """Read `6h/s`, `30m/s`, `1.5d/s`, `500ms/s`. Raises FeedRefused."""
        found = _PACE.fullmatch(text.strip())
        if found is None or float(found[1]) == 0:
            raise FeedRefused(f"--pace {text}: not a pace; write log time per second, such as 6h/s, 30m/s or 1d/s")
        return cls(float(found[1]) * _UNITS[found[2]])


class Pacer:
    """Where log time stands, from `first` on; it starts to run when it is first asked."""

    def __init__(self, pace: Pace, first: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._first = first
        self._clock = clock
        self._begun: float | None = None

    def reached(self) -> int:
        """Log time, ms."""
        now = self._clock()
        self._begun = now if self._begun is None else self._begun
        return self._first + int((now - self._begun) * self._pace.speed)

    def wait(self, at: int) -> float:
        """Seconds to sleep now on the way to log time `at`; 0 when it has come."""
        missing = at - self.reached()
        return 0.0 if missing <= 0 else min(LOOK_SECONDS, missing / self._pace.speed)
