"""Python's garbage collector, told what is not worth looking through.

Rows and records are freed by their reference counts; what is left are rules (a hundred thousand objects, never
garbage) that the collector would look through again and again: a sixth of a scan's time, a fifth of a worker's.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLD = (20_000, 20, 50)


def paused() -> None:
    """Until `unhurried`: a program that starts makes no garbage, and looking for some is a third of its start."""
    gc.disable()


def unhurried() -> None:
    """For the rest of the process: leave alone what is there now, and look less often. Call when rules are loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLD)
    gc.enable()


@contextmanager
def unhurried_for_now() -> Iterator[None]:
    """The same for a stretch of work."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
