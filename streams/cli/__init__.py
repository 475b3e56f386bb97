"""The command `tocsin`: what each subcommand is called, and how errors end.

    exit status   0 done   2 wrong usage, settings or input   3 Kafka does not answer   130 interrupted

A subcommand's module is imported when it is called and not before, so that `--help` answers at once. Errors that a
person can mend end in one message that names the place and the cure; all others keep their traceback.
"""

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

if TYPE_CHECKING:
    from streams.errors import Refusal


class Command(NamedTuple):
    """Where a subcommand lives. A `group` is a typer app with subcommands of its own."""

    module: str
    attribute: str
    help: str
    group: bool = False


COMMANDS = {
    "scan": Command("streams.cli.scan", "scan", "Alerts of a file of headlines, without Kafka."),
    "classify": Command(
        "streams.cli.classify", "classify", "Places and themes of headlines, with the words that prove them."
    ),
    "explain": Command("streams.cli.explain", "explain", "Why a headline is read as it is: all that was decided."),
    "rules": Command("streams.cli.rules", "app", "Check, test and compare rules.", group=True),
    "compare": Command("streams.cli.compare", "compare", "Whether one headline is another one edited, and why."),
    "detect": Command("streams.cli.detect", "detect", "Alerts of counts: the detector alone, without headlines."),
    "backtest": Command(
        "streams.cli.backtest", "backtest", "What rules would have raised over counts: how often, and about what."
    ),
    "calibrate": Command("streams.cli.calibrate", "calibrate", "Alpha from a budget of false alarms, by backtest."),
    "demo": Command("streams.cli.demo", "demo", "The whole system on a local Kafka, with made-up news."),
    "worker": Command("streams.cli.worker", "worker", "Run the pipeline on Kafka, exactly once."),
    "feed": Command("streams.cli.feed", "feed", "Send headlines to Kafka: live, or as an import of history."),
    "alerts": Command("streams.cli.alerts", "alerts", "Read alerts from Kafka."),
    "replay": Command("streams.cli.replay", "replay", "The retained log again, under a prefix of its own."),
    "diff": Command("streams.cli.diff", "diff", "Compare the alerts of two generations or files."),
    "handover": Command("streams.cli.handover", "handover", "Let another generation publish, without gap or repeat."),
    "topics": Command("streams.cli.topics", "app", "Create and check the topics.", group=True),
    "rights": Command("streams.cli.rights", "rights", "The least rights in Kafka that each command needs."),
    "kafka": Command("streams.broker.cli", "app", "A local Kafka for development.", group=True),
}

_SHOWN = 20
"""Faults of the rules that are told at a time."""
_EXAMPLES = """Early warning from the news wire: headlines in, explained alerts out.

\b
Examples:
  tocsin scan news.jsonl.gz                      alerts of a file, as a table
  tocsin scan news.csv --json > alerts.jsonl     the same as JSON Lines
  tocsin classify "North Korea deploys troops"   what a headline is about, and why
  tocsin explain "Kremlin denies sending troops"   everything that decided about one headline
  tocsin kafka start && tocsin topics create     a local Kafka, ready to use
  tocsin worker                                  run the pipeline on it
  tocsin feed news.jsonl                         give it headlines
"""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tocsin {importlib.metadata.version('tocsin')}")
        raise typer.Exit


def build(called: str | None) -> typer.Typer:
    """The app, with the subcommand `called` in full and of the others no more than their names."""
    app = typer.Typer(
        name="tocsin",
        help=_EXAMPLES,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=_EXAMPLES)(_root)
    for name, command in COMMANDS.items():
        if not _installed(command.module):
            continue
        if name != called:
            app.command(name, help=command.help)(_elsewhere)
            continue
        found = getattr(importlib.import_module(command.module), command.attribute)
        if command.group:
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run `tocsin` with these arguments; returns its exit status."""
    from agents.faults import RulesError
    from streams.errors import Refusal

    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    try:
        build(called)(args=list(arguments), prog_name="tocsin")
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        status = 1
    except RulesError as error:
        status = 2
        faults = [str(fault).replace(":0: ", ": ", 1) for fault in error.faults]
        more = [f"... and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        _say("the rules cannot be used:", *faults[:_SHOWN], *more)
    except Exception as error:
        refusal = _denied(arguments, error) or _gone_away(error) or error
        if not isinstance(refusal, Refusal):
            raise
        status = refusal.exit_code
        _say(str(refusal))
    else:
        status = 0
    _flush()
    return status


def _denied(arguments: Sequence[str], error: Exception) -> "Refusal | None":
    """What Kafka does not allow this user, if that is it. A topic that may not be seen looks like one that is not."""
    from streams.access import command_of, is_denied, right_missing
    from streams.allowed import why_not
    from streams.settings import Settings
    from streams.topics import TopicsError

    if not is_denied(error) and not isinstance(error, TopicsError):
        return None
    settings, command = Settings(), command_of(arguments)
    return why_not(settings, command) or right_missing(settings, command, error)


def _gone_away(error: Exception) -> "Refusal | None":
    from aiokafka.errors import KafkaError

    if not isinstance(error, KafkaError):
        return None
    from streams.kafka import gone_away
    from streams.settings import Settings

    return gone_away(Settings(), error)


def main() -> NoReturn:
    """The entry point."""
    sys.exit(run(sys.argv[1:]))


def _root(
    _: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Options of `tocsin` itself."""


def _elsewhere() -> None:
    """Stands for a command that was not called."""


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _say(*lines: str) -> None:
    from streams.visible import visible_lines

    print(f"tocsin: {visible_lines(chr(10).join(lines))}", file=sys.stderr)


def _flush() -> None:
    """A reader that has gone away (`| head`) is no error: nothing more is written to it, and nothing is said."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
