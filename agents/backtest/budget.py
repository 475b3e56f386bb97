"""The largest alpha that keeps false alarms within a budget.

    budget      3/day   20/week   0.1/100 series-days

Fewer alerts open under a smaller alpha, nearly always: one that does not open leaves a wider series its headlines, and
what an open alert teaches is not learnt. So the search halves the interval on a logarithmic scale, as if alarms only
fell with alpha, and then trusts what it has seen alone: the answer is the largest alpha tried under which none that was
tried is over the budget; and half of it is tried too. Where nothing that was tried is over it, the data do not bound
alpha: what is largest then is where the search ends, and no answer.

Alphas have two significant digits, so that what is written in the rules is what was tried.
"""

import math
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from agents.backtest.figures import Watched

LEAST, MOST = 1e-12, 1e-2
_CLOSE = 1.15
"""The search ends when alpha is known to this factor."""
_FORM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:/|per|a)\s*(day|week|100 series-days)\s*")
FORMS = "3/day, 20/week or 0.1/100 series-days"


class Budget(NamedTuple):
    """So many false alarms at most."""

    number: float
    unit: str
    """day, week, 100 series-days"""

    def __str__(self) -> str:
        return f"{self.number:g}/{self.unit}"

    def rate(self, number: int, watched: Watched) -> float:
        """So many alarms, in the budget's unit. Something has to have been watched."""
        if self.unit == "100 series-days":
            return 100 * number / watched.series_days
        return number / watched.days * (7 if self.unit == "week" else 1)

    def allows(self, number: int, watched: Watched) -> bool:
        """Whether so many alarms are within it."""
        return self.rate(number, watched) <= self.number


class Tried(NamedTuple):
    """What an alpha came to."""

    alpha: float
    alerts: int
    false: int
    """Alerts of no known event."""
    allowed: bool


class Search(NamedTuple):
    """All alphas tried, from the least."""

    tried: tuple[Tried, ...]

    @property
    def bounded(self) -> bool:
        """Whether any is over the budget."""
        return not all(one.allowed for one in self.tried)

    @property
    def found(self) -> Tried | None:
        """The one that the budget asks for; `None` where none keeps it, and where all do."""
        return best(self.tried) if self.bounded else None


def budget(text: str) -> Budget | None:
    """Read a budget; `None` when it is none."""
    read = _FORM.fullmatch(text)
    return None if read is None else Budget(float(read[1]), read[2])


def search(measure: Callable[[float], Tried], begin: float) -> Search:
    """Look for it from `begin` on, by decades first and then by halving; `measure` is asked once for each alpha."""
    tried: dict[float, Tried] = {}

    def allowed(alpha: float) -> bool:
        if alpha not in tried:
            tried[alpha] = measure(alpha)
        return tried[alpha].allowed

    alpha = rounded(min(max(begin, LEAST), MOST))
    while True:
        alpha = _halved(allowed, alpha)
        half = rounded(alpha / 2)
        if not allowed(alpha) or half < LEAST or allowed(half):
            return Search(tuple(tried[one] for one in sorted(tried)))
        # Not falling after all: what is under the half decides.
        alpha = half


def _halved(allowed: Callable[[float], bool], begin: float) -> float:
    """An alpha that is allowed, and one a little larger is not; `LEAST` where none is, `MOST` where all are."""
    low = high = begin
    if allowed(begin):
        while high < MOST and allowed(high):
            low, high = high, rounded(min(high * 10, MOST))
        if allowed(high):
            return high
    else:
        while low > LEAST and not allowed(low):
            high, low = low, rounded(max(low / 10, LEAST))
        if not allowed(low):
            return low
    while high / low > _CLOSE:
        middle = rounded(math.sqrt(low * high))
        if middle in (low, high):
            break
        low, high = (middle, high) if allowed(middle) else (low, middle)
    return low


def best(tried: Iterable[Tried]) -> Tried | None:
    """The largest alpha under which, itself included, none is over the budget."""
    found = None
    for one in sorted(tried):
        if not one.allowed:
            break
        found = one
    return found


def rounded(alpha: float) -> float:
    """To two significant digits, downwards."""
    size = 10.0 ** (math.floor(math.log10(alpha)) - 1)
    return float(f"{math.floor(alpha / size + 1e-9) * size:.1e}")
