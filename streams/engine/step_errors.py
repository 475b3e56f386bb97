"""The limit on step errors: a bug of ours must not drain a topic into the dead letters.

A record that makes a step raise is rejected alone, and that is right for one record. Where many do, the step is broken
and the records are sound: the worker stops before it commits them, and they are there when the bug is gone. Only
records that made a step raise count; a feed of garbage is refused for reasons of its own and stops nobody.

The same version with the fault mended goes on in the generation. A later release does not, as the rules' version names
the release; so the message says how a deployment goes on until that one takes over.

The count is of the latest records of a lane: about a thousand, older ones fade, but the whole of the last chunk where
TOCSIN_CHUNK allows more. At least 20 of them must have raised.

It lies in the lane's state beside the position, in the same transaction: so a restart goes on counting where the last
commit ended and cannot reject another 20 each time, whoever starts the worker again, and on whichever machine. A
supervisor takes the exit (74) as one that a restart cannot help.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from agents.stage import Step
from schemas.rejected import Rejected

STEP_ERRORS = b"\0step-errors"
"""Key of the count in a stage's state topic. Absent while it is 0."""
WINDOW = 1000
"""Records after which one counts a third. Those of one chunk all count in full."""
LEAST = 20
"""Step errors before the limit speaks."""
FORGOTTEN = 0.1
_NAMED = 5


class StepErrors(NamedTuple):
    """How many records were read of late, and how many of them made the step raise."""

    records: float = 0.0
    raised: float = 0.0

    @classmethod
    def decode(cls, value: bytes | None) -> "StepErrors":
        """From a lane's state."""
        return cls() if value is None else cls(*json.loads(value))

    def after(self, records: int, raised: int) -> "StepErrors":
        """With a chunk more."""
        kept = (1 - 1 / WINDOW) ** records
        count = self.raised * kept + raised
        return StepErrors(self.records * kept + records, count if count >= FORGOTTEN else 0.0)

    def too_many(self, share: float) -> bool:
        """Whether more than `share` of them raised, and not just a few."""
        return self.raised >= LEAST and self.raised > share * self.records

    def change(self, later: "StepErrors") -> Mapping[bytes, bytes | None]:
        """What has to be written for `later` to be known to the next owner."""
        if later.raised:
            return {STEP_ERRORS: json.dumps([round(later.records, 3), round(later.raised, 3)]).encode()}
        return {STEP_ERRORS: None} if self.raised else {}


def told(errors: StepErrors, step: Step, share: float) -> str:
    """What a worker says that stops for it: which records, where it happened, what to do."""
    found = [
        rejected
        for out in step.outputs
        if out.topic == "headlines.rejected" and out.value is not None
        if (rejected := Rejected.decode(out.value)).traceback is not None
    ]
    places = [f"{r.source.topic}[{r.source.partition}] at {r.source.offset}" for r in found if r.source is not None]
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    last = (found[-1].traceback or "").splitlines()[-3:] if found else []
    return (
        f"{errors.raised:.0f} of the last {errors.records:.0f} records made the step raise, and "
        f"TOCSIN_STEP_ERROR_SHARE={share:g} is allowed: a fault of Tocsin's, not of the records. In this chunk: "
        f"{', '.join(places[:_NAMED])}{more}; the last with: {' '.join(line.strip() for line in last)}. Nothing of the "
        "chunk is written. Report it. This same version with the fault mended goes on here and loses nothing; a later "
        "release is another generation. Until there is one, TOCSIN_STEP_ERROR_SHARE=1 lets this one go on: it rejects "
        "such records as step_error, with their bytes. `tocsin handover` with the mended release then reads all of raw "
        "again, judges them rightly, and takes over"
    )
