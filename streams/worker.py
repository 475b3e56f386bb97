"""One worker process: rules, generation, Faust application, and what runs beside it.

The application is built here and handed to Faust's worker; nothing else in the project holds one. Ends with 0 when it
was told to stop (SIGTERM, Ctrl-C), 2 when Kafka refuses what is set, 70 to 75 when it ended itself so that nothing is
lost or doubled (`streams.engine.exits`). It never outlives its supervisor.
"""

import asyncio
import errno
import logging
import os
import socket
import time
from collections.abc import Mapping
from typing import Any, NoReturn

import faust
from prometheus_client import CollectorRegistry

from agents.rulebook import Rulebook
from schemas.generation import Generation
from streams import collector, ends, kafka, stages
from streams import generation as generations
from streams.engine.app import LaneApp, build_app
from streams.engine.clocks import Clocks
from streams.engine.exits import die, die_of
from streams.engine.ticker import Ticker
from streams.engine.upkeep import advise, balance, survey, warm
from streams.engine.vigil import keep, orphan
from streams.engine.watchdog import Watchdog
from streams.health import Health
from streams.metrics import Metrics
from streams.publishes import tell
from streams.quiet import quiet
from streams.settings import Settings, SettingsError
from streams.supervisor import SUPERVISOR

log = logging.getLogger("tocsin.worker")


def run(settings: Settings, rulebook: Rulebook) -> NoReturn:
    """Work until told to stop. Raises what is wrong with settings or Kafka before anything is read."""
    if parent := os.environ.get(SUPERVISOR):
        orphan(int(parent))
    _free(settings)
    generation = asyncio.run(
        generations.establish(settings, rulebook.version, rulebook.lanes.count, int(time.time() * 1000))
    )
    settings = generations.following(settings, generation)
    metrics = Metrics(CollectorRegistry(), rulebook.version, ends.before())
    app = build_app(
        settings, stages.specs(rulebook, generation, settings.publishes), kafka.client_options(settings), metrics
    )
    _beside(app, generation, metrics)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    worker = _Worker(app, loglevel=settings.log_level, loop=loop, redirect_stdouts=False)
    worker.spinner = None  # Faust's, which turns on standard output wherever less than INFO is logged
    quiet()
    collector.unhurried()
    for noisy in ("faust", "mode"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        if (reason := app.crash_reason) is not None:
            die_of("Faust", reason)
        if end.code:
            die(f"Faust's worker ended with {end.code}; what went wrong is above")
        log.info("stopped")
        raise
    raise SystemExit(0)  # not reached: Faust's worker exits by itself


class _Worker(faust.Worker):  # type: ignore[misc]
    """Stops quietly: what the client says of a group that it leaves helps nobody."""

    def _on_sigint(self) -> None:
        self._on_sigterm()

    def _on_sigterm(self) -> None:
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
        super()._on_sigterm()


def _free(settings: Settings) -> None:
    """Refuse a port that somebody else has, before anything is taken over."""
    if settings.http_port:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.http_host, settings.http_port))
            except OSError as error:
                if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                    raise SettingsError(
                        [
                            f"TOCSIN_HTTP_HOST={settings.http_host}: no address of this machine ({error.strerror}); "
                            "set one that it has, 127.0.0.1 for itself alone, or 0.0.0.0 for all"
                        ]
                    ) from error
                raise SettingsError(
                    [
                        f"TOCSIN_HTTP_PORT={settings.http_port}: cannot listen on {settings.http_host} there "
                        f"({error.strerror}); another worker has it? Set a free port, or 0 for none"
                    ]
                ) from error


def _beside(app: LaneApp, generation: Generation, metrics: Metrics) -> None:
    """Attach everything that runs beside the lanes."""

    @app.task  # type: ignore[untyped-decorator]
    async def upkeep() -> None:
        try:
            await _upkeep(app, app.settings, generation, metrics, app.client_options)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            die_of("upkeep", error)


async def _upkeep(
    app: LaneApp, settings: Settings, generation: Generation, metrics: Metrics, options: Mapping[str, Any]
) -> None:
    thread = app.consumer._thread
    clocks = Clocks(settings.topic("clocks"), options)
    inputs = stages.inputs(generation)

    async def missing() -> str | None:
        if not app.lanes.ready:
            return "partitions are not assigned, or their state is not recovered"
        try:
            answers = await asyncio.wait_for(thread.broker_answers(), 2.0)
        except TimeoutError:
            answers = False
        return None if answers else "the broker does not answer"

    health = Health(metrics.registry, missing)
    if settings.http_port:
        try:
            await health.start(settings.http_host, settings.http_port)
        except OSError as error:
            die(
                f"cannot listen on {settings.http_host}:{settings.http_port} ({error.strerror}): another worker has "
                "the port? Set TOCSIN_HTTP_PORT to a free one, or to 0 for none"
            )
    if settings.watchdog_seconds:
        Watchdog(settings.watchdog_seconds, app.lanes, thread, asyncio.get_running_loop()).start()
    jobs = [
        keep("clocks", clocks.follow),
        keep("detection's library", lambda: warm(app.lanes)),
        keep("survey", lambda: survey(app.lanes, thread)),
        keep("skew and lag", lambda: balance(app.lanes, clocks, inputs, metrics)),
        keep("advisory offsets", lambda: advise(app.lanes, thread)),
    ]
    if generation.replay is None:
        jobs.append(keep("who publishes", lambda: tell(app.lanes, settings)))
        ticker = Ticker(settings, app.lanes, clocks, generation, options, metrics)
        jobs.append(keep("ticks", ticker.run))
    try:
        await asyncio.gather(*jobs)
    finally:
        await asyncio.shield(health.stop())
