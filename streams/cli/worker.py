"""`tocsin worker`: run the pipeline on Kafka."""

import asyncio
import logging
import os
import socket
import time
from pathlib import Path
from typing import Annotated, Any

import typer


def worker(
    processes: Annotated[
        int, typer.Option(min=0, help="Supervise this many worker processes with static ids; 0: be one worker.")
    ] = 0,
    drain: Annotated[
        bool, typer.Option("--drain", help="End with 0 when all that is in the input now has come out.")
    ] = False,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the rules.")
    ] = None,
) -> None:
    """Classify, deduplicate and detect: from headlines.raw to alerts, exactly once.

    The first worker of a generation writes down what it was started with (rules, lanes, partitions); a worker that
    differs refuses to start. Import a history before the first worker starts: `tocsin feed --import FILE`.

    \b
    Examples:
      tocsin worker                        one worker, until Ctrl-C
      tocsin worker --processes 2          two, supervised: one that dies is back at once
      tocsin worker --processes 1 --drain  work off what is there, then end (scripts, backfills)
      TOCSIN_PREFIX=g2 tocsin worker --set detect.min_unique=3
                                           a second generation beside the first, for a thin stream

    Draining takes as long as the work does and some seconds: what is held back until every raw partition has promised
    that nothing older follows is released by ticks of its own, also with TOCSIN_TICK=false. It waits for an import that
    has not ended, and for as long as a broker's clock was set back.

    Metrics and health: http://127.0.0.1:9464/metrics, /live, /ready (TOCSIN_HTTP_HOST, TOCSIN_HTTP_PORT; with
    --processes, each has a port of its own, counted up from there).
    """
    from streams import collector

    collector.paused()
    from agents.rulebook import Rulebook
    from streams.settings import Settings

    given = ({"rules": rules} if rules else {}) | ({"overrides": tuple(override)} if override else {})
    settings = Settings(**given)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    rulebook = Rulebook.load(settings.rules, settings.overrides)
    if processes or drain:
        raise typer.Exit(_supervise(settings, rulebook, max(1, processes), drain, rules, override or []))
    from streams.worker import run

    run(settings, rulebook)


def _name(port: int) -> str:
    """The same at every start of this supervisor, and no other's: static ids must not be shared."""
    return f"{socket.gethostname()}-{port or os.getpid()}"


def _now() -> int:
    return int(time.time() * 1000)


def _supervise(
    settings: Any, rulebook: Any, processes: int, drain: bool, rules: Path | None, override: list[str]
) -> int:
    from streams import collector
    from streams import generation as generations
    from streams.cli.terminal import bar
    from streams.drain import drained
    from streams.supervisor import Supervisor, this_command

    collector.unhurried()
    log = logging.getLogger("tocsin.supervisor")
    arguments = ["worker", *([f"--rules={rules}"] if rules else []), *[f"--set={item}" for item in override]]
    generation = asyncio.run(generations.establish(settings, rulebook.version, rulebook.lanes.count, _now()))
    settings = generations.following(settings, generation)
    supervisor = Supervisor(
        this_command(*arguments),
        processes,
        settings.instance_id or _name(settings.http_port),
        settings.http_port,
        log.warning,
    )

    async def until() -> None:
        with bar("draining") as told:
            await drained(settings, generation, lambda _, done, total: told(done, total), ticks=True)

    return asyncio.run(supervisor.run(until if drain else None))
