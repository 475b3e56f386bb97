"""`tocsin handover`: a second generation takes over, without a gap or a repeat for whoever reads the alerts."""

import asyncio
import logging
import shlex
import socket
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.cli.terminal import Bar
    from streams.handover.founding import Second
    from streams.handover.run import Handed
    from streams.replay.difference import Comparison
    from streams.settings import Settings
    from streams.supervisor import Supervisor

EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""
COMPARED = 7
"""Days of alerts that are compared before the switch, unless more are asked for."""


def handover(
    prefix: Annotated[str, typer.Argument(metavar="P", help="The prefix of the generation that takes over.")],
    processes: Annotated[
        int, typer.Option(min=0, help="Run so many workers of it here, and go on with them; 0: they run elsewhere.")
    ] = 1,
    rules: Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")] = None,
    override: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the rules.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help=f"Compare alerts from here on; default: {COMPARED}d.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Switch at this arrival; default: as soon as it can be.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Switch without asking.")] = False,
    former_stopped: Annotated[
        bool, typer.Option("--former-stopped", help="The former generation cannot run any more: silence it as it is.")
    ] = False,
    leave: Annotated[
        bool, typer.Option("--leave", help="End after the switch, and stop the workers run here.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as JSON.")] = False,
) -> None:
    """Let another generation publish: for a change of rules, lanes, partitions or version.

    The generation of TOCSIN_PREFIX publishes now. The one called P is begun beside it if it does not exist: it reads
    the same imported history and the raw topic from its beginning, catches up, and is compared. Then a control record
    in every raw partition names the arrival from which it publishes. Alerts open in both keep their id, those that P
    does not hold open are resolved, and whoever reads the published alerts sees no gap and no repeat.

    Without a terminal, --yes is needed. Broken off anywhere, the same command goes on. Afterwards the workers of the
    former generation can be stopped; P ticks raw from then on.

    \b
    Examples:
      tocsin handover g2 --set detect.min_unique=3        other rules, on this machine, and go on with them
      TOCSIN_PREFIX=g2 tocsin handover g3 --processes 0 --yes
                                                          its workers run elsewhere (it says with which settings)
    """
    from agents.rulebook import Rulebook
    from streams.cli.terminal import moment, now
    from streams.errors import Refusal
    from streams.handover.founding import found
    from streams.settings import Settings
    from streams.supervisor import Supervisor, this_command

    if not (yes or sys.stdin.isatty()):
        raise Refusal("nobody can be asked whether to switch: this is no terminal. Add --yes to switch unasked")
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(message)s")
    given = ({"rules": rules} if rules else {}) | ({"overrides": tuple(override)} if override else {})
    source = Settings(**given)
    rulebook = Rulebook.load(source.rules, source.overrides)
    since = moment(first or f"{COMPARED}d", "--from")
    switch_at = 0 if at is None else moment(at, "--at")
    second = asyncio.run(found(source, prefix, rulebook, now()))
    _say(f"generation {prefix}: rules {second.generation.rules}, {second.generation.lanes} lanes")
    if second.note is not None:
        _say(f"note: {second.note}")
    command = ["worker", *([f"--rules={rules}"] if rules else []), *[f"--set={item}" for item in override or ()]]
    start = _command(second.environment, command)
    if not processes:
        _say(f"its workers have to run elsewhere: {start}")
    supervisor = Supervisor(
        this_command(*command),
        processes,
        f"{socket.gethostname()}-{second.settings.prefix}",
        0 if leave else _free(source.http_port, processes),
        logging.getLogger("tocsin.supervisor").warning,
        environment=second.environment,
    )
    raise typer.Exit(
        asyncio.run(_run(source, second, supervisor, since, switch_at, yes, former_stopped, leave, as_json, start))
    )


async def _run(
    source: "Settings",
    second: "Second",
    supervisor: "Supervisor",
    since: int,
    switch_at: int,
    yes: bool,
    former_stopped: bool,
    leave: bool,
    as_json: bool,
    start: str,
) -> int:
    from streams.cli.asking import confirmed
    from streams.handover.run import HandoverStuck, done_before, hand_over

    status: int | None = None  # until it is known whether there was a switch
    switching = False

    async def work() -> None:
        nonlocal status, switching
        done = await done_before(second.settings)
        if not done:
            await _compared(source, second, since, former_stopped)
        if not (yes or done) and not await confirmed(f"Let {second.settings.prefix} publish from now on?"):
            _say("nothing was switched; the same command goes on from here")
            status = 1
            return
        switching = True
        while status is None:
            try:
                handed = await hand_over(source, second.settings, switch_at, _say, former_stopped=former_stopped)
                _told(handed, second, as_json)
                status = 0
            except HandoverStuck as stuck:
                if not supervisor.count:
                    raise
                # ended now, it would take the new generation's workers along, and leave nobody to publish
                _say(f"{stuck}. Going on; Ctrl-C ends it, and the same command takes it up again")
        if status == 0:
            _say(f"its workers start with: {start}")
        if status == 0 and supervisor.count and not leave:
            _say("they go on here; Ctrl-C stops them, and the next worker that starts so goes on where they were")
            await asyncio.Event().wait()

    ended = await supervisor.run(work)
    if status is None:
        _say(
            "broken off in the switch: nobody may publish until the same command has gone on from here"
            if switching
            else "broken off before the switch: nothing has changed, and the same command goes on from here"
        )
        return ended
    return status if ended == 130 else status or ended


async def _compared(source: "Settings", second: "Second", since: int, former_stopped: bool) -> None:
    """Both generations come to the present, and their alerts are compared."""
    from streams import generation as generations
    from streams.cli.terminal import bar
    from streams.drain import drained
    from streams.replay.difference import compare, within
    from streams.replay.revisions import of_generation, repeats

    first = await generations.existing(source)
    if first is None:
        return
    waited = [(second.settings, second.generation)] + ([] if former_stopped else [(source, first)])
    for settings, generation in waited:
        _say(f"waiting until {settings.prefix or '(no prefix)'} has come to the present; its workers have to run")
        with bar("catching up", every=EVERY) as told:
            # else nobody would tick: the one that does is stopped
            await drained(settings, generation, partial(_moved, told), ticks=former_stopped)
    mine, theirs = await of_generation(source, source.prefix), await of_generation(source, second.settings.prefix)
    found = compare(within(mine.documents, since, None), within(theirs.documents, since, None), repeats(mine, theirs))
    _tell(found, source.prefix or "-", second.settings.prefix)


def _command(environment: "Mapping[str, str]", command: "Sequence[str]") -> str:
    """What a person types to start a worker with these settings."""
    given = [f"{name}={shlex.quote(value)}" for name, value in sorted(environment.items())]
    return " ".join([*given, shlex.join(["tocsin", *command])])


def _moved(told: "Bar", _: str, done: int, total: int) -> None:
    told(done, total)


def _free(port: int, count: int) -> int:
    """The first port from the setting's on from which `count` are free: the former generation's workers have others."""
    from streams.broker.ports import available

    if not port or not count:
        return 0
    while not all(available(port + index) for index in range(count)):
        port += 1
    _say(f"metrics and health: http://127.0.0.1:{port}" + (f" and up, {count} ports" if count > 1 else ""))
    return port


def _tell(found: "Comparison", one: str, other: str) -> None:
    doubled = f", {len(found.doubled):,} told more than once" if found.doubled else ""
    identical = f"{found.identical:,} revision{'' if found.identical == 1 else 's'} identical"
    _say(
        f"alerts of {one} and {other}: {identical}, {len(found.missing):,} in {one} only, "
        f"{len(found.extra):,} in {other} only, {len(found.changed):,} changed{doubled} "
        f"(`tocsin diff {one} {other}` shows them)"
    )


def _told(handed: "Handed", second: "Second", as_json: bool) -> None:
    from schemas.base import iso

    told: dict[str, Any] = {"prefix": second.settings.prefix, "at": iso(handed.at), "seconds": round(handed.seconds, 3)}
    if (adopted := handed.adoption) is not None:
        statuses = [alert.status for alert in adopted.alerts]
        told |= {
            "resolved": statuses.count("resolved"),
            "opened": len(statuses) - statuses.count("resolved"),
            "renamed": len(adopted.renamed),
        }
    if as_json:
        from streams.visible import json_line

        typer.echo(json_line(told).decode())
    elif adopted is None:
        typer.echo(f"{told['prefix']} publishes already, since {told['at']}")
    else:
        typer.echo(
            f"{told['prefix']} publishes since {told['at']}, {handed.seconds:.1f} s after the switch was written: "
            f"{told['opened']} open alerts told anew, {told['resolved']} resolved that it does not hold open, "
            f"{told['renamed']} go on under the id that subscribers know"
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
