"""Random histories, and random ways to work them off."""

from functools import cache

from hypothesis import strategies as st

from agents.rulebook import Rulebook
from schemas.base import DAY, HOUR, MINUTE, QUARTER, SECOND
from tests.determinism.engine import Schedule
from tests.determinism.raw import Scene, Story

LIVELY = (
    "detect.learning_days=0",
    "detect.min_unique=3",
    "detect.min_publishers=2",
    "detect.alpha=0.05",
    "detect.prior_rate=0.2",
    "detect.prior_share=0.3",
    "detect.escalate_factor=0.1",
    "detect.critical_factor=0.01",
    "detect.critical_publishers=4",
    "detect.sustained_after_hours=2",
    "detect.resolve_after_hours=0",
    "detect.alive_share=0.05",
    "detect.evidence_kept=20",
)
"""Rules by which short histories have alerts of every kind."""

_GAPS = (0, 1, SECOND, MINUTE, 10 * MINUTE, QUARTER, HOUR, 3 * HOUR)
_SPANS = (0, SECOND, MINUTE, 20 * MINUTE, 2 * HOUR)
_WHAT = (
    ("burst",) * 5
    + ("calm",) * 3
    + (
        "pair",
        "repeat",
        "repeat",
        "withdraw",
        "hoax",
        "hoax",
        "hoax",
        "stale",
        "bad",
        "late",
        "back",
    )
)


@cache
def rulebook() -> Rulebook:
    """Loaded once: it is immutable."""
    return Rulebook.load(overrides=LIVELY)


_SCENES = st.builds(
    Scene,
    what=st.sampled_from(_WHAT),
    gap=st.sampled_from(_GAPS),
    many=st.integers(1, 14),
    span=st.sampled_from(_SPANS),
    place=st.integers(0, 4),
    theme=st.integers(0, 4),
    seed=st.integers(0, 999),
)
_RECOVERY = st.sampled_from(
    [
        (),
        (Scene("calm", 0, 30, 2 * HOUR, 0, 0, 1),),
        # A day later the burst has left the horizons, and volume is alive: what was open resolves.
        (Scene("calm", 23 * HOUR, 60, 5 * HOUR, 0, 0, 1),),
    ]
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A raw log with a story."""
    scenes = draw(st.lists(_SCENES, min_size=1, max_size=7).map(tuple))
    imported = draw(st.integers(0, 2)) == 0
    return Story(
        scenes=scenes + draw(_RECOVERY),
        history=draw(st.lists(_SCENES, min_size=1, max_size=4).map(tuple)) if imported else (),
        overlap=draw(st.sampled_from([-DAY, -HOUR, 0, MINUTE, HOUR])) if imported else 0,
        partitions=draw(st.integers(1, 3)),
        imports=draw(st.integers(1, 2)),
        skew=draw(st.sampled_from([0, 0, 7, 10])),
        grain=draw(st.sampled_from([1, SECOND, 20 * SECOND])),
        seed=draw(st.integers(0, 999)),
    )


SCHEDULES = st.builds(
    Schedule,
    seed=st.integers(0, 1 << 20),
    chunks=st.sampled_from([(1,), (1, 2, 3), (1, 7, 60), (5, 1000), (7,), (60,), (1, 5000), (5000,)]),
    workers=st.sampled_from([(1,), (2,), (3,), (4,), (1, 2, 3, 4)]),
    crash=st.sampled_from([0.0, 0.02, 0.1, 0.4]),
    rebalance=st.sampled_from([0.0, 0.02, 0.1]),
)
TICKS = st.tuples(st.integers(0, 999), st.sampled_from([0.0, 0.1, 0.3, 0.6]))
