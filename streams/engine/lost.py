"""Records that were to be read and are gone: retention has overtaken the worker, or the log was cut.

Going on without a word would be a loss in silence, so the worker refuses (75), and names topic, partition and offsets.
`TOCSIN_LOST_RECORDS=accept` is the deliberate way on: it goes on from the first record that is left, and the loss is
logged and counted. A log that ends before the position is never accepted: what stands there is not what was read.
"""

import logging
from typing import Literal, NamedTuple

from faust.types import TP

from streams.engine.exits import LostError
from streams.engine.spec import StageSpec
from streams.metrics import Metrics

log = logging.getLogger("tocsin.lost")


class Lost(NamedTuple):
    """A stretch of a partition that is gone."""

    tp: TP
    first: int
    end: int
    """The first offset behind it: where the partition begins now."""

    def __str__(self) -> str:
        return f"{self.tp.topic}[{self.tp.partition}]: records at [{self.first}, {self.end}) are gone"


def settle(lost: Lost, choice: Literal["refuse", "accept"], spec: StageSpec, metrics: Metrics) -> None:
    """Log and count a loss that is accepted. Raises LostError for any other."""
    if lost.first > lost.end:
        raise LostError(
            f"{lost.tp.topic}[{lost.tp.partition}]: {lost.first} was to be read next, and that is beyond the end "
            "of the log: the topic was made anew, or a broker without the latest records became its leader. Nothing is "
            "written. Start another generation under a new TOCSIN_PREFIX"
        )
    if choice == "refuse":
        raise LostError(
            f"{lost} and were not read: its retention has overtaken this worker. Nothing is written. Set "
            "TOCSIN_LOST_RECORDS=accept to go on without them (they are counted, and a replay from a complete log will "
            "differ), or start another generation under a new TOCSIN_PREFIX; and keep the topic for longer"
        )
    log.warning("%s and were not read; going on at %d, as TOCSIN_LOST_RECORDS=accept says", lost, lost.end)
    metrics.lost.labels(spec.name, str(lost.tp.partition)).inc(lost.end - lost.first)
