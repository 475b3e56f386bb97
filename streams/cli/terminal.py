"""What commands share at the terminal: text that is safe to show, bars on standard error, Ctrl-C, moments."""

import asyncio
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agents.classify.times import read_moment
from schemas.base import DAY, HOUR, MINUTE, SECOND
from streams.errors import Refusal
from streams.visible import visible as visible

_AGO = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


def now() -> int:
    """This machine's clock, ms: where commands are told the time, and nowhere deeper."""
    return int(time.time() * 1000)


def moment(text: str, option: str) -> int:
    """ms of `2026-11-20T14:00Z`, `2026-11-20` or `36h` (ago). Raises Refusal."""
    if ago := _AGO.fullmatch(text.strip()):
        at = now() - int(ago[1]) * _UNITS[ago[2]]
        if at < 0:
            raise Refusal(f"{option} {text}: before 1970; name a time from 1970 to 2100")
        return at
    read = read_moment(text)
    if read.kind == "out_of_range":
        raise Refusal(f"{option} {text}: out of range; name a time from 1970 to 2100")
    if read.kind not in ("time", "day"):
        raise Refusal(f"{option} {text}: not a time; write 2026-11-20T14:00Z, 2026-11-20, or 36h for 36 hours ago")
    return read.at


def bounds(first: str | None, last: str | None) -> tuple[int | None, int | None]:
    """ms of `--from` and `--to`, as `moment` reads them; `None` where one was not given. Raises Refusal."""
    return None if first is None else moment(first, "--from"), None if last is None else moment(last, "--to")


@contextmanager
def bar(what: str, quiet: bool = False, every: float | None = None) -> Iterator["Bar"]:
    """A bar on standard error, where that is a terminal; elsewhere a line every so many seconds, if that is given."""
    console = Console(stderr=True)
    lines = None if quiet or every is None or console.is_terminal else every
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        yield Bar(progress, what, lines)


class Bar:
    """Moves as it is told."""

    def __init__(self, progress: Progress, what: str, every: float | None = None) -> None:
        """`every`: seconds between two lines that are printed instead; `None` for none."""
        self._progress = progress
        self._what = what
        self._every = every
        self._spoken = time.monotonic()
        # hidden until it is known how much there is
        self._task = progress.add_task(what, total=None, visible=False)

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total`."""
        self._progress.update(self._task, completed=done, total=total, visible=True)
        if self._every is not None and time.monotonic() - self._spoken >= self._every:
            self._spoken = time.monotonic()
            print(f"{self._what}: {done:,} of {total:,} records", file=sys.stderr, flush=True)


class Interrupt:
    """Whether Ctrl-C was pressed. The first press is for the command to end in order, the second ends it at once."""

    def __init__(self, said: str | None = None) -> None:
        """`said` is told at the first press."""
        self.pressed = asyncio.Event()
        self._said = said

    @contextmanager
    def watched(self) -> Iterator["Interrupt"]:
        """Take the key over, on the running loop, for as long as this lasts."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._press)
        try:
            yield self
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    def _press(self) -> None:
        if self.pressed.is_set():
            raise KeyboardInterrupt
        self.pressed.set()
        if self._said is not None:
            print(self._said, file=sys.stderr)
