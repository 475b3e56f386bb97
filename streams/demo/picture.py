"""The demo's picture of a running Tocsin, as a pure function of a `View`: no clock, no terminal.

Titles come from outside: control characters are spelt out and nothing is read as markup.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.layout import Layout
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from schemas.alert import Alert
from streams.visible import visible

HINT = "Ctrl-C stops everything and leaves nothing behind"
STYLES = {
    "opened": "bold white on red",
    "escalated": "bold white on magenta",
    "sustained": "bold black on yellow",
    "resolved": "bold black on green",
    "retracted": "bold black on white",
}
_VERDICTS = (("unique", "unique"), ("exact", "same text"), ("near", "edited"), ("redelivered", "sent again"))
_SHORT = {"Northern": "N", "Eastern": "E", "Southern": "S", "Western": "W", "South-eastern": "SE", "South": "S"}
_LONGEST_NAMES = 34


class LaneView(NamedTuple):
    """One lane: how far its log has come and whether it can raise alerts yet."""

    lane: int
    clock: int | None
    """The lane's log time, ms; `None` before it has one."""
    waiting: int
    """Rows that wait for the other partitions."""
    learning: str | None
    """What is missing before it can raise alerts; `None` when it can."""
    names: tuple[str, ...] = ()
    """Its subregions, by name."""


@dataclass(frozen=True, slots=True)
class View:
    """All that the picture shows."""

    phase: str
    done: int = 0
    total: int = 0
    """0: how much there is, is not known."""
    rate: float = 0.0
    """Headlines a second."""
    lanes: Sequence[LaneView] = ()
    verdicts: Mapping[str, int] = field(default_factory=dict)
    rejected: int = 0
    alerts: Sequence[Alert] = ()
    """Revisions, oldest first; the picture shows the newest that fit."""
    time: int | None = None
    """Of the log, ms."""


def picture(view: View, places: Mapping[str, str], note: str = "") -> Layout:
    """The whole screen. `places` names the places of series; `note` is the last thing that was logged."""
    layout = Layout()
    layout.split_column(
        Layout(_header(view), size=4, name="header"),
        Layout(name="middle", size=max(6, len(view.lanes[:8]) + 3)),
        Layout(_framed_alerts(view, places), name="alerts", minimum_size=6),
        Layout(_footer(note), size=1, name="footer"),
    )
    layout["middle"].split_row(
        Layout(Panel(_lanes(view), title="lanes", title_align="left", border_style="dim"), ratio=3),
        Layout(Panel(_counts(view), title="headlines", title_align="left", border_style="dim"), size=24),
    )
    return layout


def place_of(alert: Alert, places: Mapping[str, str]) -> str:
    """The alert's series in words: `North Korea: troop deployment`."""
    theme = "all escalatory themes" if alert.theme == "any" else alert.theme.replace("-", " ")
    return f"{visible(places.get(alert.place, alert.place))}: {visible(theme)}"


def clock(at: int | None) -> str:
    """Log time to the minute, UTC."""
    return "-" if at is None else datetime.fromtimestamp(at / 1000, UTC).strftime("%d %b %H:%M")


def short_names(names: Sequence[str]) -> str:
    """Subregions in a few characters: `E Asia, S Asia, SE Asia +1`."""
    shortened = [" ".join(_SHORT.get(word, word) for word in name.split()).replace(" and ", " & ") for name in names]
    said, left = "", len(shortened)
    for name in shortened:
        longer = f"{said}, {name}" if said else name
        if said and cell_len(longer) > _LONGEST_NAMES - 3:
            break
        said, left = longer, left - 1
    return f"{said} +{left}" if left else said


def progress_words(view: View) -> str:
    """How far the phase has come: `120 of 900 (13%)`."""
    if not view.total:
        return f"{view.done:,}" if view.done else ""
    return f"{view.done:,} of {view.total:,} ({view.done / view.total:.0%})"


def rate_words(view: View) -> str:
    """How fast headlines come: `3,457 headlines/s`; nothing when none come."""
    return f"{view.rate:,.{0 if view.rate >= 10 else 1}f} headlines/s" if view.rate >= 0.05 else ""


def _header(view: View) -> Panel:
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(justify="right", no_wrap=True, overflow="ellipsis")
    right = (progress_words(view), rate_words(view))
    line.add_row(Text(visible(view.phase), "bold cyan"), Text("  ".join(part for part in right if part)))
    bar = ProgressBar(
        total=view.total or None, completed=min(view.done, view.total), pulse=not view.total, animation_time=0
    )
    now = Text(f"log time {clock(view.time)} UTC" if view.time is not None else "")
    return Panel(
        Group(line, bar),
        title=Text("Tocsin", "bold"),
        title_align="left",
        subtitle=now,
        subtitle_align="right",
        border_style="cyan",
    )


def _lanes(view: View) -> Table:
    table = Table(box=None, expand=True, pad_edge=False, padding=(0, 1))
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column("subregions", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("log clock", no_wrap=True)
    table.add_column("wait", justify="right", no_wrap=True)
    table.add_column("alerts", no_wrap=True, overflow="ellipsis", max_width=16)
    for lane in view.lanes[:8]:
        ready = Text("ready", "green") if lane.learning is None else Text(visible(lane.learning), "yellow")
        table.add_row(
            str(lane.lane), Text(short_names(lane.names)), clock(lane.clock), f"{lane.waiting:,}", ready
        )  # fmt: skip
    return table


def _counts(view: View) -> Table:
    table = Table.grid(expand=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for kind, words in _VERDICTS:
        table.add_row(words, f"{view.verdicts.get(kind, 0):,}", style="" if kind == "unique" else "dim")
    table.add_row("rejected", f"{view.rejected:,}", style="red" if view.rejected else "dim")
    return table


def _footer(note: str) -> Table:
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(Text(visible(note), "dim"), Text(HINT, "dim italic"))
    return line


def _framed_alerts(view: View, places: Mapping[str, str]) -> Panel:
    opened = {alert.id: alert.status not in ("resolved", "retracted") for alert in view.alerts}
    count = sum(opened.values())
    title = Text("alerts, newest first" + (f" - {count} open" if count else ""))
    return Panel(_Alerts(view.alerts, places), title=title, title_align="left", border_style="red" if count else "dim")


class _Alerts:
    """As many revisions as there is room for; the newest with the most of its headlines."""

    def __init__(self, alerts: Sequence[Alert], places: Mapping[str, str]) -> None:
        self._alerts, self._places = alerts, places

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.height or options.max_height
        if not self._alerts:
            yield Text("none yet", "dim")
            return
        for nth, alert in enumerate(reversed(self._alerts)):
            headlines = (4 if room >= 12 else 3, 2)[nth] if nth < 2 else 0
            for line in _block(alert, self._places, headlines, options.max_width, console):
                if room == 0:
                    return
                room -= 1
                line.no_wrap, line.overflow = True, "ellipsis"
                yield line


def _block(
    alert: Alert, places: Mapping[str, str], headlines: int, width: int, console: Console
) -> Iterator[Text]:  # fmt: skip
    first = Text.assemble(
        (f" {alert.status.upper()} ", STYLES.get(alert.status, "bold")),
        " ",
        (place_of(alert, places), "bold"),
        (f"  {alert.severity}, {_moment(alert.at)}  {visible(alert.series)}", "dim"),
    )
    yield first
    reason = Text(visible(alert.reason))
    for line in list(reason.wrap(console, max(20, width - 2)))[: 2 if headlines else 1]:
        yield Text("  ") + line
    for headline in alert.evidence[:headlines]:
        publisher = visible(headline.publisher or "publisher not named")
        room = max(20, width - cell_len(publisher) - 6)
        title = Text(visible(headline.title), "italic")
        title.truncate(room, overflow="ellipsis")
        yield Text.assemble(("  · ", "dim"), title, (f"  {publisher}", "dim"))


def _moment(at: str) -> str:
    return visible(at).replace("T", " ").replace(":00Z", "Z")
