"""The hard exit: the answer to everything that could break a promise.

A process that cannot be sure of its place in the log ends at once, without commit, flush or farewell: nothing that is
uncommitted may survive it. The next owner's `InitProducerId` aborts what it left open, and a supervisor starts it
again.
"""

import os
import traceback
from typing import NoReturn

BROKEN = 70
"""Exit status (EX_SOFTWARE) of a worker that ended itself so that nothing is lost or doubled."""


def die(why: str, cause: BaseException | None = None) -> NoReturn:
    """End the process now, saying why on standard error."""
    detail = "".join(traceback.format_exception(cause)) if cause is not None else ""
    os.write(2, f"tocsin: exit {BROKEN}: {why}\n{detail}".encode(errors="replace"))
    os._exit(BROKEN)
