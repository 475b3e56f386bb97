"""The demo at the terminal: a live picture, or plain lines where the output is no terminal (a log file, CI).

    with Display() as display:
        display.show(View(phase="importing history", done=1_200, total=6_000))

In plain lines a phase is told once, progress every few seconds, and every revision of an alert once.
"""

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from schemas.alert import Alert
from streams.cli.alert_blocks import print_block
from streams.demo.picture import HINT, LaneView, View, clock, picture, progress_words, rate_words
from streams.visible import visible

__all__ = ["Display", "LaneView", "View"]

_EVERY = 5.0
"""Seconds between two lines of progress."""


class Display:
    """Shows a `View` whenever it is given one. What the alerts were is still on the terminal after it ends."""

    def __init__(
        self,
        console: Console | None = None,
        places: Mapping[str, str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`places` gives the names of the codes in series, where there are better ones than the codes."""
        self._console = console or Console()
        self._places = places or {}
        self._monotonic = monotonic
        self._live: Live | None = None
        self._note = ""
        self._view: View | None = None
        self._told: set[tuple[str, int]] = set()
        self._phase = ""
        self._last = 0.0
        self._done = -1

    def __enter__(self) -> Self:
        """Take the terminal over, if it is one."""
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._live = Live(console=self._console, screen=True, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the terminal back, and leave on it what the last revision of every alert said."""
        if self._live is None:
            return
        self._live.stop()
        self._live = None
        latest = {alert.id: alert for alert in self._view.alerts} if self._view else {}
        for alert in latest.values():
            print_block(self._console, alert, self._places)
        if self._note:
            self._line(self._note)

    def show(self, view: View) -> None:
        """Show `view`, now or, in plain lines, what is new in it."""
        self._view = view
        if self._live is not None:
            self._live.update(picture(view, self._places, self._note))
        else:
            self._tell(view)

    def log(self, text: str) -> None:
        """A word beside the picture: the last one stays in the footer."""
        self._note = text
        if self._live is None:
            self._line(text)
        elif self._view is not None:
            self._live.update(picture(self._view, self._places, text))

    def _tell(self, view: View) -> None:
        if view.phase != self._phase:
            self._line(f"== {view.phase}" + ("" if self._phase else f"   ({HINT})"))
            self._phase, self._done, self._last = view.phase, view.done, self._monotonic()
        elif view.done != self._done and self._monotonic() - self._last >= _EVERY:
            self._done, self._last = view.done, self._monotonic()
            words = (progress_words(view), rate_words(view), self._clock(view))
            self._line("   " + "  ".join(word for word in words if word))
        for alert in view.alerts:
            self._tell_alert(alert)

    def _tell_alert(self, alert: Alert) -> None:
        if (alert.id, alert.revision) not in self._told:
            self._told.add((alert.id, alert.revision))
            print_block(self._console, alert, self._places)

    def _clock(self, view: View) -> str:
        return "" if view.time is None else f"log time {clock(view.time)} UTC"

    def _line(self, text: str) -> None:
        self._console.print(visible(text), markup=False, highlight=False, soft_wrap=True)
