"""A campaign in memory: so many random cases, what they showed, and the first that broke, if any."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.determinism.histories import rulebook
from tests.determinism.property import CASES, Case, check


@dataclass
class Result:
    """A row of the table of campaigns."""

    examples: int
    seed: int
    passed: bool = True
    seconds: float = 0.0
    runs: int = 0
    shown: Counter[str] = field(default_factory=Counter)
    """How often anything happened: steps, crashes by kind, rebalances, verdicts, alert revisions by status."""
    failure: str | None = None

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "campaign": "determinism, in memory",
            "repeat": f"python -m tests.determinism --examples {self.examples} --seed {self.seed}",
            "passed": self.passed,
            "histories": self.runs,
            "seconds": round(self.seconds, 1),
            "shown": dict(sorted(self.shown.items())),
            "failure": self.failure,
        }


def run(examples: int, number: int) -> Result:
    """Check `examples` random cases, always the same ones for one `number`."""
    result = Result(examples, number)
    began = time.monotonic()

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(CASES)
    def every(case: Case) -> None:
        result.shown.update(check(case, rulebook()))
        result.runs += 1

    try:
        every()
    except AssertionError as error:
        result.passed, result.failure = False, "\n".join([str(error), *getattr(error, "__notes__", ())])
    result.seconds = time.monotonic() - began
    return result
