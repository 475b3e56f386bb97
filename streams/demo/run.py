"""The demo: a local Kafka, the topics, a worker, and a wire that is played to the present.

    history, sixty days      imported at full speed
    the last days            played at a pace, ending now
    then                     live: `tocsin feed -` in another terminal goes into the same worker

Everything that was started is stopped again, in the reverse order, whatever ends the demo.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from agents.rulebook import Rulebook
from schemas.base import DAY, HOUR, iso
from streams import kafka, topics
from streams.demo.display import Display, View
from streams.demo.parts import given_kafka, local_kafka, running_worker, shell_settings
from streams.demo.watch import Watch
from streams.demo.wire import EXPECTED_SERIES, Item, place_names, wire
from streams.errors import Refusal
from streams.feeding import Pace, Progress, import_log
from streams.settings import Settings

PLAYED = 4 * DAY
"""How much of the wire is played at a pace, ms."""
SETTLE = 20.0
"""Seconds without any movement, after the last headline, in which the expected alert may still come."""
BEGIN = 120.0
"""The same before the worker has read anything: on a slow machine it starts for long."""
LOOK = 0.1


class WorkerGoneError(Refusal):
    """The demo's worker ended by itself."""

    exit_code = 1


@dataclass
class Still:
    """How long nothing has moved: a machine may be slow, and its worker weeks behind when the feed ends."""

    since: float
    seen: tuple[float, ...] = ()

    def patience_is_over(self, now: float, moving: tuple[float, ...]) -> bool:
        """Whether whatever is counted has stood for too long; `now`: seconds. All zeros: nothing has begun."""
        if moving != self.seen:
            self.since, self.seen = now, moving
        return now - self.since > (SETTLE if any(moving) else BEGIN)


@dataclass
class Feed:
    """The wire on its way to the import topic: history at once, the rest at a pace."""

    settings: Settings
    items: list[Item]
    now: int
    pace: Pace
    sent: int = 0
    at: int | None = None
    task: "asyncio.Task[None] | None" = None
    history: int = field(init=False)

    def __post_init__(self) -> None:
        self.history = sum(item.published_at < self.now - PLAYED for item in self.items)

    @property
    def ended(self) -> bool:
        """Whether all of it is in the topic. Raises what stopped it."""
        if self.task is None or not self.task.done():
            return False
        self.task.result()
        return True

    async def run(self) -> None:
        """Send it all."""
        rows = [
            orjson.dumps(
                {
                    "published_at": iso(item.published_at),
                    "title": item.title,
                    "source": item.source,
                    "url": item.url,
                }
            )
            for item in self.items
        ]
        await import_log(
            self.settings, rows, now=self.now, pace=self.pace, paced_from=self.now - PLAYED, progress=self._told
        )

    def _told(self, progress: Progress) -> None:
        self.sent, self.at = progress.done, progress.at


def run(pace: str, once: bool) -> int:
    """Play until Ctrl-C, or with `once` to the end; returns the exit status."""
    speed = Pace.of(pace)
    rulebook = Rulebook.load()
    # entered in this order, so that the terminal is back before the stopping is told
    with contextlib.ExitStack() as started, Display(places=place_names()) as display:
        return asyncio.run(_played(speed, once, rulebook, display, started))


async def _played(pace: Pace, once: bool, rulebook: Rulebook, display: Display, started: contextlib.ExitStack) -> int:
    playing = asyncio.create_task(_play(pace, once, rulebook, display, started))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    try:
        return await playing
    except asyncio.CancelledError:
        return 130 if once else 0


async def _play(pace: Pace, once: bool, rulebook: Rulebook, display: Display, started: contextlib.ExitStack) -> int:
    display.show(View(phase="connecting to Kafka" if given_kafka() else "starting Kafka"))
    bootstrap = await asyncio.to_thread(lambda: started.enter_context(local_kafka(display.log)))
    settings = shell_settings(bootstrap)
    async with kafka.admin(settings) as client:
        made = await topics.create(client, topics.plan(settings, rulebook.lanes.count))
    if settings.prefix:
        display.log(f"prefix {settings.prefix}: its topics go when the demo ends")
        started.callback(lambda: asyncio.run(_remove(settings, made.created)))
    watch = Watch(settings, rulebook.lanes)
    now = int(time.time() * 1000)
    feed = Feed(settings, wire(now), now, pace)
    jobs = [asyncio.create_task(job) for job in (feed.run(), watch.follow_alerts(), watch.follow_metrics())]
    feed.task = jobs[0]
    try:
        return await _watched(once, display, watch, feed, started)
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


async def _remove(settings: Settings, names: Sequence[str]) -> None:
    """Leave somebody else's Kafka as it was."""
    async with kafka.admin(settings) as client:
        await client.delete_topics(list(names))


async def _watched(once: bool, display: Display, watch: Watch, feed: Feed, started: contextlib.ExitStack) -> int:
    """Show what happens; start the worker when the history is there; with `once`, say how it ended."""
    worker = None
    still: Still | None = None
    while True:
        display.show(_view(feed, watch))
        if worker is None and (feed.sent >= feed.history or feed.ended):
            worker = started.enter_context(running_worker(feed.settings))
        if worker is not None and worker.poll() is not None:
            raise WorkerGoneError(f"the worker ended with {worker.returncode}; its log is {worker.log}")
        if feed.ended and still is None:
            still = Still(time.monotonic())
            if not once:
                display.log(
                    " ".join(["live: in another terminal,", *([worker.hint] if worker else []), "tocsin feed -"])
                )
        if once and still is not None:
            came = any(alert.series == EXPECTED_SERIES for alert in watch.alerts)
            moving = (watch.sum("tocsin_records_in_total"), float(len(watch.alerts)))
            if came or still.patience_is_over(time.monotonic(), moving):
                behind = f", and the worker is still behind, at {_reached(watch)}" if _behind(feed, watch) else ""
                display.log(f"{EXPECTED_SERIES}: " + ("the expected alert came" if came else f"no alert came{behind}"))
                return 0 if came else 1
        await asyncio.sleep(LOOK)


def _clock(watch: Watch) -> int | None:
    """How far the lane that is the furthest has come, ms of log time."""
    return max((lane.clock for lane in watch.lanes if lane.clock is not None), default=None)


def _reached(watch: Watch) -> str:
    return "its start" if (clock := _clock(watch)) is None else iso(clock)


def _behind(feed: Feed, watch: Watch) -> bool:
    """Whether the worker is hours behind what was sent."""
    clock = _clock(watch)
    return clock is None or (feed.at is not None and clock < feed.at - HOUR)


def _view(feed: Feed, watch: Watch) -> View:
    """The picture as it stands."""
    if feed.sent < feed.history:
        phase, done, total = "importing sixty days of history", feed.sent, feed.history
    elif not feed.ended:
        phase, done, total = "playing the last days", feed.sent - feed.history, len(feed.items) - feed.history
    else:
        phase, done, total = "live, the worker still behind" if _behind(feed, watch) else "live", 0, 0
    clock = _clock(watch)
    return View(
        phase=phase,
        done=done,
        total=total,
        rate=watch.rate,
        lanes=watch.lanes,
        verdicts=watch.by("tocsin_verdicts_total", "kind"),
        rejected=int(watch.sum("tocsin_rejected_total")),
        alerts=tuple(sorted(watch.alerts, key=lambda alert: (alert.at, alert.id, alert.revision))),
        time=feed.at if clock is None else clock,
    )
