"""A yes or no, asked while other things go on: whoever waits for the answer can still be told to stop.

Read by the event loop, not in a thread: a thread that waits for a line keeps the process until somebody presses Enter.
"""

import asyncio
import os
import sys

import typer

ANSWERS = {"y": True, "yes": True, "n": False, "no": False, "": False}


async def confirmed(question: str) -> bool:
    """Whether the terminal at standard input says yes. Raises typer.Abort where it is closed instead."""
    while True:
        print(f"{question} [y/N]: ", end="", file=sys.stderr, flush=True)
        said = (await _line(sys.stdin.fileno())).strip().lower()
        if said in ANSWERS:
            return ANSWERS[said]
        print("Please answer y or n.", file=sys.stderr)


async def _line(terminal: int) -> str:
    """The next line. A terminal is ready to be read when there is one, or when it is closed."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(terminal, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(terminal)
    line = os.read(terminal, 4096)
    if not line:
        print(file=sys.stderr)
        raise typer.Abort
    return line.decode(errors="replace")
