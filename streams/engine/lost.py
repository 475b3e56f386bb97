"""Records that were to be read and are gone: retention has overtaken the worker, or the log was cut.

Going on without a word would be a loss in silence, so the worker refuses (75), and names topic, partition and offsets.
`TOCSIN_LOST_RECORDS=accept` is the deliberate way on: it goes on from the first record that is left, and the loss is
logged and counted. The sum lies in the lane's state, written with the first position behind the gap, so that neither a
restart nor a new owner forgets it or counts it twice: a crash before that commit finds the same gap again. A log that
ends before the position is never accepted: what stands there is not what was read.
"""

import logging
from collections.abc import Mapping
from typing import Literal, NamedTuple

from faust.types import TP

from streams.engine.exits import LostError
from streams.engine.spec import StageSpec
from streams.metrics import Metrics

log = logging.getLogger("tocsin.lost")

LOST = b"\0lost"
"""Key of the sum in a stage's state topic. Absent while it is 0."""


class Lost(NamedTuple):
    """A stretch of a partition that is gone."""

    tp: TP
    first: int
    end: int
    """The first offset behind it: where the partition begins now."""

    def __str__(self) -> str:
        return f"{self.tp.topic}[{self.tp.partition}]: records at [{self.first}, {self.end}) are gone"


class Losses:
    """What a lane went on without: the sum as committed, and gaps that no commit is behind yet."""

    def __init__(self, value: bytes | None = None) -> None:
        """`value` as it lies in the lane's state."""
        self.total = int(value or 0)
        """Of all gaps that a commit is behind."""
        self._open: list[Lost] = []

    def add(self, lost: Lost) -> None:
        """A gap that is accepted. May be called in any thread."""
        self._open.append(lost)

    def change(self, position: int) -> Mapping[bytes, bytes]:
        """What has to be written along with `position`."""
        behind = sum(lost.end - lost.first for lost in self._open if lost.end <= position)
        return {LOST: b"%d" % (self.total + behind)} if behind else {}

    def committed(self, position: int) -> None:
        """`position` is committed, and with it what `change` said."""
        for lost in [lost for lost in self._open if lost.end <= position]:
            self.total += lost.end - lost.first
            self._open.remove(lost)


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
