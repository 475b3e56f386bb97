"""`tocsin demo`: everything at once, to look at."""

from typing import Annotated

import typer


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End by itself: 0 if the expected alert came, 1 if not.")
    ] = False,
    pace: Annotated[str, typer.Option(metavar="PACE", help="Log time per second for the last days.")] = "6h/s",
) -> None:
    """Start a local Kafka, topics and a worker, and play a wire to the present.

    Sixty days of made-up news are imported, then the last four days are played; troops move toward an alliance in
    them, and an alert opens. After that live input is open. Ctrl-C stops everything that was started.
    TOCSIN_KAFKA_BOOTSTRAP_SERVERS uses another Kafka instead, under a prefix of its own.

    \b
    Examples:
      tocsin demo                watch it
      tocsin demo --once         for scripts: ends by itself
      tocsin demo --pace 1h/s    slower
    """
    from streams.demo.run import run

    raise typer.Exit(run(pace, once))
