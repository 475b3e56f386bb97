"""At which counts the detector changes its mind: the same tail, asked the other way round."""

from collections.abc import Callable

from agents.detect.lifecycle import Judged
from agents.detect.rules import DetectRules
from agents.detect.tail import chance


def needed(judged: Judged, alpha: float) -> int:
    """The least count whose p is under alpha."""
    return _first(judged, lambda p: p < alpha)


def most_usual(judged: Judged, rules: DetectRules) -> int:
    """The largest count whose p is above `resolve_p`."""
    return _first(judged, lambda p: p <= rules.resolve_p) - 1


def _first(judged: Judged, over: Callable[[float], bool]) -> int:
    """The least count at which `over` holds of p; p falls with the count."""
    high = 1
    while not over(chance(high, judged.expected, judged.dispersion)):
        high *= 2
    low = 0
    while low < high:
        middle = (low + high) // 2
        if over(chance(middle, judged.expected, judged.dispersion)):
            high = middle
        else:
            low = middle + 1
    return low
