"""How fast a replay is and how long it will take, from what was seen lately. The clock is given."""

import math
from collections import deque
from collections.abc import Callable

from streams.replay.progress import Reach

STEADY = 10.0
"""Seconds that must have been seen before the time left is told: the first ones mislead."""
LATELY = 20.0
"""Seconds over which speed is measured: workers take some to start, and must not count against it for ever."""


class Estimate:
    """Told how far it is, tells the rest."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._seen: deque[tuple[float, float, int]] = deque()

    def said(self, reach: Reach) -> str:
        """One line: records done, headlines a second, time left."""
        now = self._clock()
        self._seen.append((now, reach.share, reach.headlines))
        while len(self._seen) > 2 and self._seen[1][0] <= now - LATELY:
            self._seen.popleft()
        at, share, headlines = self._seen[0]
        parts = [f"{reach.done:,} of {reach.total:,} records read"]
        if reach.behind < 1:
            parts.append(f"{math.floor(reach.behind * 100)}% of that decided")
        if now > at and reach.headlines > headlines:
            parts.append(f"{(reach.headlines - headlines) / (now - at):,.0f} headlines/s")
        if now - at >= STEADY and reach.share > share:
            parts.append(f"{_span((1 - reach.share) * (now - at) / (reach.share - share))} left")
        return ", ".join(parts)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
