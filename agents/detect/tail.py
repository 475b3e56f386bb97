"""How surprising a count is: the negative binomial tail, its interval, and its dispersion learnt by moments.

Variance = mean + dispersion * mean^2. The tail is the regularised incomplete beta function, P(Y >= n) =
I_{d*m / (1 + d*m)}(n, 1/d), which SciPy computes in about a microsecond.

Two things make counts scatter more than Poisson: headlines come in clusters (learnt here, by the method of moments
over windows that do not overlap), and the rate itself is known from a few headlines only. A gamma posterior of shape
s adds 1/s; the predictive distribution of the gamma-Poisson model is this very negative binomial (Harvey and
Fernandes 1989).
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, cast

from agents.detect.rules import DetectRules


@cache
def betainc() -> Callable[[float, float, float], float]:
    """The regularised incomplete beta function. SciPy takes a third of a second to import: not before it is needed."""
    from scipy.special import betainc

    return cast(Callable[[float, float, float], float], betainc)


def chance(observed: int, mean: float, dispersion: float) -> float:
    """P(Y >= observed)."""
    if observed <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    spread = dispersion * mean
    return float(betainc()(float(observed), 1.0 / dispersion, spread / (1.0 + spread)))


def interval(mean: float, dispersion: float) -> tuple[int, int]:
    """The central 95 %."""
    return _quantile(0.025, mean, dispersion), _quantile(0.975, mean, dispersion)


def _quantile(share: float, mean: float, dispersion: float) -> int:
    """The least n with P(Y <= n) >= share."""
    high = 1
    while chance(high + 1, mean, dispersion) > 1 - share:
        high *= 2
    low = 0
    while low < high:
        middle = (low + high) // 2
        if chance(middle + 1, mean, dispersion) > 1 - share:
            low = middle + 1
        else:
            high = middle
    return low


def predictive(dispersion: float, shape: float) -> float:
    """Dispersion of a count whose rate is itself known from a gamma posterior of this shape."""
    return dispersion + (1.0 + dispersion) / shape


class Moments(NamedTuple):
    """What one horizon has learnt of dispersion: discounted sums over windows."""

    excess: float = 0.0
    squares: float = 0.0

    def dispersion(self, rules: DetectRules) -> float:
        """Shrunk to the prior, and bounded."""
        weight = rules.dispersion_strength
        learnt = (self.excess + weight * rules.dispersion_prior) / (self.squares + weight)
        return min(max(learnt, rules.dispersion_least), rules.dispersion_most)

    def aged(self, factor: float) -> "Moments":
        return Moments(self.excess * factor, self.squares * factor)

    def taught(self, observed: int, mean: float, shape: float, rules: DetectRules) -> "Moments":
        """One window more. What is due to the unsure rate alone is taken off.

        With a shape s squared residuals are mean + (d + (1 + d) / s) * mean^2, by `predictive`: so mean and mean^2 / s
        are taken off, and d is learnt as d * (1 + 1 / s). That the share 1 / s is left in is meant: the bound on
        residuals cuts the more off, the less sure the rate. Of a truth of 0.5 are learnt 0.53 at a shape of 2, 0.51 at
        5, 0.47 at a sure rate; with that share taken off, too, 0.32, 0.42 and 0.47, and alarms would be false.

        A window weighs by how well it tells dispersion, which for large means is no better than for middling ones:
        else the few busiest series would speak for all.
        """
        square = mean * mean
        supposed = max(self.dispersion(rules), rules.dispersion_prior)
        weight = 1.0 / (1.0 + supposed * mean) ** 2
        variance = mean + predictive(supposed, shape) * square
        residual = min((observed - mean) ** 2, rules.dispersion_clip * variance)
        return Moments(self.excess + weight * (residual - mean - square / shape), self.squares + weight * square)


class Both(NamedTuple):
    """Both horizons'."""

    short: Moments = Moments()
    long: Moments = Moments()

    def dispersions(self, rules: DetectRules) -> tuple[float, float]:
        return self.short.dispersion(rules), self.long.dispersion(rules)

    def aged(self, factor: float) -> "Both":
        return Both(self.short.aged(factor), self.long.aged(factor))
