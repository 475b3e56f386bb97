"""Text from outside, made safe to show: nothing in it can move a cursor, change a colour, turn the writing round, or
begin a line of its own."""

import json
from typing import Any

import orjson


def visible(text: str) -> str:
    """`text` with everything that could move a cursor, change a colour or turn the writing round spelt out."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char.isspace() and char not in "\r\n\t\v\f" else _spelt(char)
        for char in text
    )


def visible_lines(text: str) -> str:
    """The same for a text of several lines of ours: line feeds stay, and what follows one is set in, so that no line
    but the first can pass for the beginning of a message."""
    return "\n  ".join(visible(line) for line in text.split("\n"))


def json_line(value: Any) -> bytes:
    """JSON that is safe on a terminal too: what JSON allows raw and a terminal may obey (C1 codes, say) is escaped."""
    line = orjson.dumps(value)
    return line if line.decode().isprintable() else json.dumps(value, separators=(",", ":")).encode()


def _spelt(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
