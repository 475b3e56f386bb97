"""Lines of a file that hold no headline: told on standard error with their numbers, and counted for the exit status.

A verdict that rests on fewer lines than were given says so; one that rests on none is not given at all.
"""

import typer

from agents.classify.meant import Refusal
from streams.sources import InputError
from streams.visible import visible

_TOLD = 10
"""Lines that are told one by one."""


class Unread:
    """Takes what could not be read of one file, the first lines in words."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.count = 0
        self._titles = False

    def take(self, number: int, refusal: Refusal, value: bytes = b"") -> None:
        """Line `number`, from 1, was refused; `value` is what it holds."""
        self.count += 1
        self._titles |= refusal.code == "not_json" and not value.lstrip().startswith((b"{", b"["))
        if self.count <= _TOLD:
            typer.echo(f"tocsin: {self._name}: line {number}: {refusal.code}: {visible(refusal.detail)}", err=True)

    def close(self, headlines: int) -> None:
        """Tell the sum, where there is one, and what to do about it."""
        if not self.count:
            return
        lines = f"{self.count:,} line{'s' if self.count != 1 else ''}"
        more = f", {self.count - _TOLD:,} more than are told here" if self.count > _TOLD else ""
        read = f"{headlines:,} {'was' if headlines == 1 else 'were'} read"
        typer.echo(f"tocsin: {self._name}: {lines} could not be read{more}; {read}", err=True)
        if self._titles:
            typer.echo(
                "tocsin: a line is a JSON object with a `title`; plain titles: tocsin explain - < FILE", err=True
            )

    def need(self, headlines: int) -> None:
        """Raises InputError where there is no headline to say anything by."""
        if not headlines:
            raise InputError(
                f"{self._name}: no headline in it; expected are JSON Lines with a `title`, or CSV with a header row"
            )
