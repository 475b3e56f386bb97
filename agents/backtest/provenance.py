"""alpha in the text of `detect.yaml`, with where it came from; every other byte of the file stays.

A line of its own that begins with the setting is found as YAML lets it be written: `alpha : 1e-5`, `"alpha": 1e-5`.

Provenance stands right above the setting, each line with a mark by which the next calibration finds and replaces it.
Lines that tell of a value set by hand bear another mark, and go the same way: they are not true of the new one.
"""

import re
from collections.abc import Sequence

MARK = "# calibrated: "
BY_HAND = "# by hand: "
_SETTING = re.compile(r"^((?:alpha|'alpha'|\"alpha\")[ \t]*:[ \t]+)([^\s#]+)(.*)$", re.DOTALL)


def rewritten(text: str, alpha: float, provenance: Sequence[str]) -> str | None:
    """The file with another alpha; `None` when it has no line that sets it."""
    lines = text.splitlines(keepends=True)
    place = next((number for number, line in enumerate(lines) if _SETTING.match(line)), None)
    if place is None:
        return None
    setting = lines[place]
    end = setting[len(setting.rstrip("\r\n")) :] or "\n"
    first = place
    while first > 0 and lines[first - 1].startswith((MARK.rstrip(), BY_HAND.rstrip())):
        first -= 1
    head, tail = "".join(lines[:first]), "".join(lines[place + 1 :])
    told = "".join(f"{MARK}{line}{end}" for line in provenance)
    return f"{head}{told}{_SETTING.sub(lambda found: f'{found[1]}{written(alpha)}{found[3]}', setting)}{tail}"


def written(alpha: float) -> str:
    """As YAML reads a number: with a point."""
    return f"{alpha:.1e}"
