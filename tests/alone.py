"""Tests side by side, but for those that time something: these have the machine to themselves.

    gate   |A| |B|   |-------C-------| |D|      who wants in passes one by one
    room   |---A---| |-------C-------| |---     C is marked `alone`: it waits for the room to be empty, holds the gate
             |---B---|                          while it is in, and is not overtaken for ever

Locks of files, so that they hold between processes and end with them, however they end.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def room(directory: Path, alone: bool) -> Iterator[None]:
    """Be in the room: by oneself, or with others who do not mind."""
    with (directory / "gate").open("w") as gate, (directory / "room").open("w") as inside:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(inside, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield
