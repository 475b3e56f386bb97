"""Closed buckets: when they close, and what is written of them."""

from agents.detect.rules import DetectRules
from agents.detect.step import Detector
from schemas.base import HOUR, MINUTE, QUARTER, iso
from schemas.count import SeriesCount, VolumeCount
from schemas.row import MinuteRow
from tests.agents.detect.synthetic import DIRECTIONS, START, SUBREGIONS, headline


def test_a_bucket_closes_an_hour_after_it_ended(rules: DetectRules) -> None:
    detector = Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")
    rows = [
        headline(START + MINUTE, "a", places=("KP", "KR"), family="A"),
        headline(START + 2 * MINUTE, "b", places=("KP",), themes=("ceasefire",), family=None),
        headline(START + 3 * MINUTE, "c", places=("KP",), themes=("missile-launch",), family="A"),
    ]
    volume = ((START, "001", 4), (START, "030", 3))
    assert detector.step([*rows, MinuteRow(at=START + 4 * MINUTE, volume=volume)]).counts == []
    quarters = [MinuteRow(at=at, volume=()) for at in range(START + QUARTER, START + HOUR + QUARTER, QUARTER)]
    assert detector.step(quarters).counts == []
    decided = detector.step([MinuteRow(at=START + HOUR + QUARTER, volume=((START, "021", 1),))])
    told = {(one.place, one.theme): one for one in decided.counts if isinstance(one, SeriesCount)}
    assert {key: one.unique for key, one in told.items()} == {
        ("KP", "troop-deployment"): 1,
        ("KP", "missile-launch"): 1,
        ("KP", "ceasefire"): 1,
        ("KP", "any"): 2,
        ("KR", "troop-deployment"): 1,
        ("KR", "any"): 1,
        ("030", "troop-deployment"): 1,
        ("030", "missile-launch"): 1,
        ("030", "ceasefire"): 1,
        ("030", "any"): 2,
    }
    assert told["KP", "ceasefire"].publishers == ("",)
    assert told["KP", "ceasefire"].headlines == (("b", 2 * MINUTE, 0),)
    assert len(told["KP", "any"].publishers) == 1
    assert told["KP", "any"].headlines == (("a", MINUTE, 0), ("c", 3 * MINUTE, 0))
    assert {one.bucket for one in decided.counts} == {iso(START)}
    # Volumes of the minute that closes the bucket are added first.
    volume_told = {"001": 4, "021": 1, "030": 3}
    late = {"021": (0, 0, 0, 1)}
    assert decided.counts[-1] == VolumeCount(
        bucket=iso(START), volume=volume_told, late=late, lane=3, first_of_day=True
    )
    names = [f"{one.place}/{one.theme}" for one in decided.counts if isinstance(one, SeriesCount)]
    assert names == sorted(names)


def test_after_a_gap_all_that_is_due_closes(rules: DetectRules) -> None:
    detector = Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")
    detector.step([headline(START + MINUTE, "a"), headline(START + 40 * MINUTE, "b")])
    later = START + 60 * 24 * HOUR
    decided = detector.step([headline(later + MINUTE, "c"), MinuteRow(at=later + QUARTER, volume=())])
    # Without volume told is only that a day's first headline came.
    assert [one.bucket for one in decided.counts] == [iso(START)] * 5 + [iso(START + 2 * QUARTER)] * 4
    assert decided.counts[4] == VolumeCount(bucket=iso(START), volume={}, lane=3, first_of_day=True)
    # And what left the 24 h is forgotten, but for what was learnt.
    entries = detector.entries(decided.changed)
    assert entries[b"headline/a"] is None
    assert entries[b"headline/b"] is None
    assert entries[b"headline/c"] is not None
