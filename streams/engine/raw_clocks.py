"""The clock of every raw partition, as each worker sees it: a partition that nobody owns shows in all of them.

A lane releases rows only when all raw partitions have promised, so one that stands stalls everything. Its clock moves
at least once a minute (a silent one is ticked), whatever its owner's own metrics say, or have stopped to say.
"""

from collections.abc import Mapping

from streams.engine.clocks import Clocks
from streams.metrics import Metrics


def show(clocks: Clocks, inputs: Mapping[tuple[str, int], int | None], metrics: Metrics) -> None:
    """Tell how far each input has come; one that has ended, or has not begun and promises nothing, is not shown."""
    for (topic, partition), promise in inputs.items():
        clock = clocks.of(topic, partition)
        ended = clock is not None and clock.ended
        metrics.raw_clock(topic, partition, None if ended else clock.arrival if clock is not None else promise)
