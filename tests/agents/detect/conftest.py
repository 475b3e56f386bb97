"""The settings that ship, and a lane that has watched a quiet wire for nine days."""

from collections.abc import Callable

import pytest

from agents.detect.rules import DetectRules, load_rules
from agents.detect.step import Detector
from tests.agents.detect.synthetic import COUNTRIES, DIRECTIONS, SUBREGIONS, Mean, Wire, days

WARM = 9
MEANS = tuple(
    Mean(place, theme, 0.02 * (1 + number % 4))
    for place in COUNTRIES
    for number, theme in enumerate(DIRECTIONS)
    # Nothing is ever heard of this one, nor of unrest anywhere near it.
    if place != "VN" and (place not in ("PH", "TH") or theme != "unrest")
)


@pytest.fixture(scope="session")
def rules() -> DetectRules:
    return load_rules()


@pytest.fixture(scope="session")
def entries(rules: DetectRules) -> dict[bytes, bytes]:
    detector = Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")
    decided = detector.step(list(Wire(MEANS).play(days(0), days(WARM))))
    assert decided.alerts == []
    return {key: value for key, value in detector.entries(decided.changed).items() if value is not None}


@pytest.fixture
def warm(entries: dict[bytes, bytes]) -> Callable[[DetectRules], Detector]:
    """The lane at the end of day nine, with any settings."""

    def build(rules: DetectRules) -> Detector:
        detector = Detector(3, SUBREGIONS, rules, DIRECTIONS, "rules-1")
        detector.restore(entries)
        return detector

    return build
