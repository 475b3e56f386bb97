"""alpha for an evaluation, chosen on other data than those that it reports."""

from collections.abc import Callable, Iterable


class UncalibratedError(Exception):
    """The data say nothing about alpha."""


def largest(alphas: Iterable[float], keeps: Callable[[float], bool]) -> float:
    """The largest alpha that keeps to the ceiling, as all smaller ones do. They are tried from the least on.

    Raises UncalibratedError where none keeps to it, and where all do: then nothing says that a larger one would not.
    """
    best, tried = None, sorted(alphas)
    for alpha in tried:
        if not keeps(alpha):
            break
        best = alpha
    if best is None:
        raise UncalibratedError(f"no alpha from {tried[0]:.0e} on keeps to the ceiling")
    if best == tried[-1]:
        raise UncalibratedError(f"every alpha up to {best:.0e} keeps to the ceiling: these data do not bound it")
    return best
