"""The usual rate of a series: headlines for each unit of exposure, by a discounted gamma-Poisson model.

Discounting: counts and exposure learnt long ago weigh less, by a half-life (Harvey and Fernandes 1989, "Time series
models for count or qualitative observations"). Zeros need no work: the exposure of a subregion is common to all its
series, so a silent series only ages, and ageing is done when it is next looked at.

Shrinkage: a series of which little was seen is drawn to a prior mean, with the weight of `prior_strength` headlines
(DuMouchel 1999, "Bayesian data mining in large frequency tables"): a country's theme to its subregion's rate of the
theme times the country's share in the subregion.

Winsorising: a burst must not teach that bursts are usual (Noufaily et al. 2013, "An improved algorithm for outbreak
detection", who weigh past outbreaks down). Of what a series brings in a day, discounted, only what is not far above
its mean is learnt. A twin with a half-life of a day learns everything: it is asked while an alert is `sustained`.
"""

import math
from typing import NamedTuple

from agents.detect.buckets import LONG
from agents.detect.exposure import halved
from agents.detect.rules import DetectRules


class Rate(NamedTuple):
    """Discounted counts of one series, as of bucket `at`."""

    at: int
    slow: float = 0.0
    fast: float = 0.0
    budget: float = 0.0
    """What `slow` learnt of the last day: it may not rise far above the mean."""

    def level(self, bucket: int, rules: DetectRules) -> float:
        """`slow` as of a bucket."""
        return self.slow * halved(bucket - self.at, rules.half_life_days)

    def quick(self, bucket: int, rules: DetectRules) -> float:
        """`fast` as of a bucket."""
        return self.fast * halved(bucket - self.at, rules.sustained_half_life_days)

    def taught(self, bucket: int, unique: int, most: float, rules: DetectRules) -> "Rate":
        """One bucket more; `most` is what a day may teach."""
        at, slow, quick, budget = self
        fast = 0.5 ** ((bucket - at) / (rules.sustained_half_life_days * LONG))
        budget *= fast
        room = most - budget
        learnt = float(unique) if unique < room else max(room, 0.0)
        slow *= 0.5 ** ((bucket - at) / (rules.half_life_days * LONG))
        return Rate(bucket, slow + learnt, quick * fast + unique, budget + learnt)

    def lifted(self, bucket: int, count: float, rules: DetectRules) -> "Rate":
        """What it learnt while sustained, kept as its usual level."""
        fast = self.quick(bucket, rules)
        return Rate(bucket, count, fast, fast)


class Posterior(NamedTuple):
    """A gamma distribution of the rate."""

    rate: float
    shape: float


def posterior(count: float, exposure: float, prior: float, rules: DetectRules) -> Posterior:
    """Seen so many headlines in so much exposure, with a prior mean."""
    shape = count + rules.prior_strength
    return Posterior(shape / (exposure + rules.prior_strength / prior), shape)


def share(count: float, total: float, rules: DetectRules) -> float:
    """A country's share in its subregion, shrunk."""
    weight = rules.share_strength
    return (count + weight * rules.prior_share) / (total + weight)


def most(mean: float, dispersion: float, rules: DetectRules) -> float:
    """How much a day may teach a series that usually has `mean` headlines, discounted, in it."""
    deviation = math.sqrt(mean + dispersion * mean * mean)
    return mean + rules.winsor_deviations * deviation + rules.winsor_allowance
