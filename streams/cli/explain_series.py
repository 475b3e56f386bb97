"""`tocsin explain --series`: how a series stood at a moment, gate by gate, alert or not.

The counts are judged again up to the bucket that holds the moment, by the detector's own code, and the detector is
asked there. So the answer is about counts: a bucket is known as a whole, at its close. A live deployment's counts reach
their topic an hour after their bucket, so that of the last hour nothing is known: the verdict says so first.

    exit status   0 told   1 the counts end before the moment   2, 3, 130 as everywhere
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agents.detect.buckets import bucket_of
from agents.detect.count_rows import SeriesRow, VolumeRow, start_of_bucket
from agents.detect.counts import CountRun
from agents.detect.gates import standing
from agents.detect.memory import Memory
from schemas.base import QUARTER, iso
from streams.cli import counting, output
from streams.cli.backtesting import series_key
from streams.cli.count_summary import hint
from streams.cli.counting import Counted, Enough
from streams.cli.terminal import moment
from streams.errors import Refusal
from streams.visible import json_line

if TYPE_CHECKING:
    from schemas.standing import Gate, Standing

OF_THE_MOMENT = ("headline", "alive")
"""Gates about what came just then."""


class Replayed(Counted):
    """Counts up to the close of one bucket, and the answer there."""

    def __init__(self, run: CountRun, name: str, at: int) -> None:
        super().__init__(run)
        self._key = series_key(run, name, "--series")
        # A moment at which one bucket ends and another begins belongs to the one that ended: that one is known.
        self.start = (at - 1) // run.width * run.width
        self._last = bucket_of(self.start + run.width - 1)
        self.answer: Standing | None = None
        self.begins: int | None = None
        """Start of the first bucket, where that comes after the moment."""
        self._passed = False
        """Whether rows of a later bucket follow: then nothing more can come of the one that is asked about."""
        run.lane_of(self._key).watch = self._watch

    @property
    def close(self) -> int:
        """Of the bucket that is asked about, ms."""
        return (self._last + 1) * QUARTER

    @property
    def known_until(self) -> int | None:
        """The close, or the end of the counts where they end sooner, ms. A bucket without a row is no end."""
        if self.run.last is None:
            return None
        return self.close if self._passed else min(self.close, self.run.last + self.run.width)

    def take_row(self, row: SeriesRow | VolumeRow) -> None:
        """The next row; nothing after the bucket is needed."""
        start = start_of_bucket(row.bucket, self.run.width)
        if start > self.start:
            if self.run.first is None:
                self.begins = start
            else:
                self._passed = True
                self._finish()
            raise Enough
        super().take_row(row)

    def end(self, where: str) -> None:
        """The counts end before the bucket, or with it."""
        super().end(where)
        self._finish()

    def _finish(self) -> None:
        """Close what is left until the moment: buckets of which nothing was counted."""
        if self.run.last is not None and self.answer is None:
            self.alerts += self.run.end()
        if self.answer is None:
            self.run.lane_of(self._key).close(self._last)

    def _watch(self, memory: Memory, bucket: int) -> None:
        if bucket == self._last:
            self.answer = standing(memory, self._key, bucket)


def explain_series(
    name: str,
    at: str | None,
    counts: str | None,
    width: str,
    rules: Path | None,
    overrides: list[str] | None,
    json: bool,
) -> None:
    """Answer, as a table or as JSON."""
    if at is None:
        raise Refusal("--at TIME is missing; write --at 2026-11-20T14:00Z, or 2h for two hours ago")
    asked = moment(at, "--at")
    source = counts or counting.TOPIC
    rulebook = counting.rulebook(rules, overrides)
    replayed = Replayed(CountRun(rulebook, counting.WIDTHS[width]), name, asked)
    counting.pour(source, replayed, output.progress)
    if replayed.answer is None:
        raise Refusal(f"--at {at}: the counts of {source} begin with {iso(replayed.begins or 0)}, after that")
    known = replayed.known_until
    answer = replayed.answer if known == replayed.close else unknown(replayed.answer, source, known)
    if (doubt := hint(replayed)) is not None:
        typer.echo(f"tocsin: hint: {doubt}", err=True)
    if json:
        sys.stdout.buffer.write(json_line(answer.model_dump(mode="json")) + b"\n")
    else:
        from streams.cli.standing_view import show

        show(answer, output.country_names(rules))
    if known != replayed.close:
        raise typer.Exit(1)


def unknown(answer: "Standing", source: str, until: int | None) -> "Standing":
    """An answer about a moment after the last counts, which end at `until`, ms: what came since nobody knows."""
    ends = "there are none" if until is None else f"they end at {iso(until)}, before that"
    alert = answer.alert
    rest = (
        answer.verdict
        if alert is None
        else f"The alert {alert.id} is open ({alert.status}, {alert.severity}); "
        "whether it resolved since they do not tell."
    )
    return answer.model_copy(
        update={
            "known_until": None if until is None else iso(until),
            "verdict": f"Not known from the counts of {source}: {ends}. "
            f"All else is as if nothing had come since. {rest}",
            "opens": tuple(_doubted(gate, ends) for gate in answer.opens),
            "resolves": tuple(_doubted(gate, ends) for gate in answer.resolves),
        }
    )


def _doubted(gate: "Gate", ends: str) -> "Gate":
    """A gate after the last counts: of what it asks about the moment itself nothing is measured."""
    if gate.name not in OF_THE_MOMENT:
        return gate
    return gate.model_copy(update={"value": None, "told": f"not known: {ends}"})
