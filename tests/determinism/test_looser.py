"""Each rule that lies with a whole stage is needed: left out on purpose, the property finds a history that breaks.

The rules of the merge alone are in `tests/agents/deduplicate/test_merge_looser.py`. Together they are the whole list:

    rule                                                left out by
    rows with A < W, strictly                           ReleasesAtThePromise
    a key of all that tells rows apart                  KeyOfArrivalAndId, KeyWithoutDigest
    A and the open minute's volume in the state         ForgetsArrival, ForgetsVolume
    the lowest offset that waits as position            ReadsOnAfterWhatWasRead
    with it the last key released, and all promises     ForgetsWhatWasReleased, ForgetsPromises, ForgetsEnds
    nothing leaves before the re-read has come to next  ReleasesWhileReadingAgain
    ticks behind the rows that they cover               ticks_first
    minutes where they ended                            minutes_where_noticed, MinutesWhereNoticed
    buckets closed by minute rows in the order          SkipsQuarters, ClosesByTicks
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.determinism import looser
from tests.determinism.engine import Stages
from tests.determinism.histories import rulebook
from tests.determinism.property import CASES, Case, DiffersError, check

LOOSER = [
    Stages(classify=looser.ForgetsArrival),
    Stages(classify=looser.ForgetsVolume),
    Stages(classify=looser.MinutesWhereNoticed),
    Stages(deduplicate=looser.ForgetsMemory),
    Stages(deduplicate=looser.ClosesByTicks),
    Stages(detect=looser.ForgetsWhatIsOpen),
]


def name(stages: Stages) -> str:
    return next(stage.__name__ for stage in stages if stage.__module__ == looser.__name__)


@pytest.mark.parametrize("stages", LOOSER, ids=name)
def test_a_looser_stage_breaks(stages: Stages) -> None:
    """Some case out of 200, always the same ones, so that this test is no gamble."""

    @settings(
        max_examples=200,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(CASES)
    def every(case: Case) -> None:
        check(case, rulebook(), stages)

    with pytest.raises(DiffersError):
        every()
