"""Write the demo's wire to a file: `python -m streams.demo.wire --out FILE`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from streams.demo.wire.generate import wire
from streams.demo.wire.sample import SAMPLE, pack


def main(
    out: Annotated[Path, typer.Option(help="Where to write; gzipped JSON lines.")] = SAMPLE,
    end: Annotated[str, typer.Option(help="The present of the wire, ISO 8601 with its zone.")] = "2026-11-20T18:00:00Z",
    days: Annotated[int, typer.Option(min=5, help="How many days it covers.")] = 64,
    seed: Annotated[int, typer.Option(help="Another seed, another wire.")] = 7,
) -> None:
    """Write the wire; the same options give the same bytes."""
    items = wire(int(datetime.fromisoformat(end).timestamp() * 1000), days, seed)
    out.write_bytes(pack(items))
    typer.echo(f"{len(items)} items to {out}")


if __name__ == "__main__":
    typer.run(main)
