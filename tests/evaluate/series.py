"""Three hundred series of known truth: false alarms, recall and delay, beside the rules that people use.

The delay is in hours of counts: 0 where the burst's first hour suffices. Alpha is chosen on other seeds than are told:
the largest of a few that stays under the ceiling there.
"""

from collections.abc import Iterable
from functools import cache, reduce
from operator import add
from pathlib import Path

from tests.evaluate.detection import Outcome, alerts, fired, judged, rules
from tests.evaluate.rivals import RIVALS
from tests.evaluate.synthetic import world
from tests.evaluate.table import Row

NEEDS: tuple[str, ...] = ()
SEEDS = (1, 2)
CALIBRATION = (101,)
ALPHAS = (1e-4, 7e-5, 5e-5)
CEILING = 0.08
"""False alarms a 100 series-days on the seeds of calibration; .15 are allowed on others."""


def measure(_: Path) -> list[Row]:
    """Both seasons."""
    return [
        _row("season common to all", False, 0.15, 0.98),
        _row("each subregion's season up to 8 h later", True, 0.30, 0.97),
    ]


@cache
def alpha() -> float:
    """The largest that keeps to the ceiling."""
    return next((one for one in ALPHAS if _run(one, False, CALIBRATION).rate <= CEILING), ALPHAS[-1])


def _run(alpha: float, shifted: bool, seeds: Iterable[int]) -> Outcome:
    worlds = [world(seed, shifted=shifted) for seed in seeds]
    return reduce(add, [judged(one, alerts(one.rows(), rules(f"alpha={alpha}"))) for one in worlds])


def _row(on: str, shifted: bool, most: float, least: float) -> Row:
    reached = _run(alpha(), shifted, SEEDS)
    worlds = [world(seed, shifted=shifted) for seed in SEEDS]
    others = {
        name: reduce(add, [fired(one, fires(one.counts.astype(float))) for one in worlds])
        for name, fires in RIVALS.items()
    }
    return Row(
        measure="false alarms a 100 series-days, recall in 24 h, median delay",
        on=f"300 series, hourly, 90 days, {len(SEEDS)} seeds; {on}",
        rivals="; ".join(f"{name} {outcome}" for name, outcome in others.items()),
        to_reach=f"≤ {most:.2f} at ≥ {least:.2f}, ≤ 1 h",
        reached=f"{reached}; alpha {alpha():.0e}",
        holds=reached.rate <= most and reached.recall >= least and reached.delay <= 1,
        note=f"Of {reached.bursts} bursts {reached.found} were found, with {reached.pairs} alerts; "
        f"alpha was chosen on seed {', '.join(map(str, CALIBRATION))} under a ceiling of {CEILING}.",
    )
