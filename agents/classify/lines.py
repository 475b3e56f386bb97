"""Where in a rule file a setting stands. Read anew, because only a fault asks for it."""

from pathlib import Path

from agents.faults import Fault, line_of, read_lines


def fault(path: Path, location: tuple[int | str, ...], what: str, cure: str) -> Fault:
    """A fault of the setting at `location`, with its line."""
    return Fault(path.name, line_of(read_lines(path)[1], location), what, cure)
