"""`tocsin kafka`: the local Kafka from the command line.

Exit codes: 0 done (for `status`: running); 1 not running; 2 wrong usage; 3 Kafka could not be started or reached.
"""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from streams.broker.cache import kafka_directory
from streams.broker.faults import BrokerError
from streams.broker.server import DEFAULT_PORT, LocalKafka

NOT_RUNNING = 1
UNREACHABLE = 3

app = typer.Typer(
    name="kafka",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="A local Kafka 4.3: no Docker, no Java to install.\n\n"
    "The first start downloads it (56 MB, once); after that it starts in 3 s and needs no network. "
    "It listens on this machine only.",
)

Port = Annotated[int, typer.Option(min=1, max=65535, help="The port that clients connect to.")]
Directory = Annotated[
    Path | None,
    typer.Option(
        file_okay=False,
        show_default="kafka/PORT under ~/.cache/tocsin",
        help="Where its data and its log are.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command(
    epilog="Examples:\n\n"
    "    tocsin kafka start\n\n"
    "    tocsin kafka start --port 19092 --directory ./scratch\n\n"
    "    export TOCSIN_KAFKA_BOOTSTRAP_SERVERS=$(tocsin kafka start)"
)
def start(port: Port = DEFAULT_PORT, directory: Directory = None, as_json: AsJson = False) -> None:
    """Start Kafka, wait until it answers, print its address, and leave it running.

    Does nothing if it runs already. What it does meanwhile is told on standard error.
    """
    kafka = _kafka(port, directory)
    try:
        kafka.start(detached=True)
    except BrokerError as error:
        _fail(error)
    typer.echo(kafka.status().model_dump_json() if as_json else kafka.bootstrap)


@app.command(epilog="Examples:\n\n    tocsin kafka stop\n\n    tocsin kafka stop --wipe   # the next start is empty")
def stop(
    port: Port = DEFAULT_PORT,
    directory: Directory = None,
    wipe: Annotated[bool, typer.Option("--wipe", help="Delete its topics and all other data.")] = False,
) -> None:
    """Stop Kafka and wait until it is gone. Data stays for the next start, unless --wipe is given."""
    kafka = _kafka(port, directory)
    ran = kafka.status().running
    try:
        if wipe:
            kafka.wipe()
        else:
            kafka.stop()
    except BrokerError as error:
        _fail(error)
    typer.echo(("stopped" if ran else "it was not running") + (", data deleted" if wipe else ""), err=True)


@app.command(
    epilog="Examples:\n\n"
    "    tocsin kafka status\n\n"
    "    tocsin kafka status --json\n\n"
    "    tocsin kafka status || tocsin kafka start"
)
def status(port: Port = DEFAULT_PORT, directory: Directory = None, as_json: AsJson = False) -> None:
    """Say whether Kafka runs and answers. Exit code 0: it runs; 1: it does not."""
    state = _kafka(port, directory).status()
    if as_json:
        typer.echo(state.model_dump_json())
    elif not state.running:
        typer.echo(f"not running (data: {state.directory})")
    else:
        typer.echo(
            f"{state.bootstrap} {'answers' if state.answers else 'does not answer'} "
            f"(process {state.pid}, data and log: {state.directory})"
        )
    if not state.running:
        raise typer.Exit(NOT_RUNNING)


def _kafka(port: int, directory: Path | None) -> LocalKafka:
    err = Console(stderr=True, highlight=False)
    return LocalKafka(directory or kafka_directory(port), port, progress=lambda text: err.print(text, style="dim"))


def _fail(error: BrokerError) -> NoReturn:
    typer.echo(f"tocsin kafka: {error}", err=True)
    raise typer.Exit(UNREACHABLE) from error
