"""Options that commands over counts share, as typer reads them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Counts = Annotated[
    str, typer.Argument(metavar="FILE|TOPIC", help="Counts as `tocsin detect` reads them; `-` for standard input.")
]
Rules = Annotated[Path | None, typer.Option(help="A directory of rule files instead of the packaged ones.")]
Around = Annotated[
    int, typer.Option(min=0, metavar="HOURS", help="How far from its event an alert may open or escalate.")
]
First = Annotated[str | None, typer.Option("--from", metavar="TIME", help="Only alerts that open from this time on.")]
Last = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Only alerts that open before this time.")]
Bucket = Annotated[Literal["15m", "1h"], typer.Option(help="How long a bucket is.")]
