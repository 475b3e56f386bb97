"""Files of known events: `date, place, theme, name`, as CSV with a header row or as JSON Lines.

    date,place,theme,name
    2026-11-16,KP,troop-deployment,troops at the border
    2026-11-17T09:30:00Z,ER ET,any,both mobilise

A place is a country (ISO 3166-1) or a subregion (M49), several with spaces between (in JSON also a list). An empty
theme or `any` stands for all. A date without a time is the whole day, UTC.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from agents.backtest.events import Known
from agents.classify.lanes import SUBREGIONS
from agents.classify.times import read_moment
from agents.detect.evidence import ANY
from agents.rulebook import Rulebook
from schemas.base import DAY
from streams.errors import Refusal

_FIELDS = ("date", "place", "theme", "name")
_CURE = "write a header row date,place,theme,name, or JSON Lines with these fields"


def read_events(path: Path, rulebook: Rulebook) -> list[Known]:
    """The events of a file, in order of time. Raises Refusal with the line of the first that cannot be used."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Refusal(f"--events {path}: cannot be read: {why}") from None
    rows = _objects(path, text) if text.lstrip().startswith("{") else _table(path, text)
    events = [_known(f"--events {path}:{line}", row, rulebook) for line, row in rows]
    if not events:
        raise Refusal(f"--events {path}: no event in it; {_CURE}")
    return sorted(events, key=lambda event: (event.begins, event.name))


def _objects(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise Refusal(f"--events {path}:{number}: not JSON: {error}") from None
        if not isinstance(row, dict):
            raise Refusal(f"--events {path}:{number}: no JSON object; {_CURE}")
        yield number, row


def _table(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True, strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        if missing := [name for name in ("date", "place", "name") if name not in names]:
            raise Refusal(f"--events {path}:1: no column {missing[0]}; {_CURE}")
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise Refusal(f"--events {path}:{reader.line_num}: no CSV: {error}; {_CURE}") from None


def _known(where: str, row: Mapping[str, Any], rulebook: Rulebook) -> Known:
    given = {name: row.get(name) for name in _FIELDS}
    places = given["place"] if isinstance(given["place"], list) else str(given["place"] or "").split()
    name, date, theme = (str(given[field] or "").strip() for field in ("name", "date", "theme"))
    if not places:
        raise Refusal(f"{where}: no place; write a country (KP) or a subregion (030), several with spaces between")
    for place in places:
        if place not in SUBREGIONS and place not in rulebook.reader.subregions:
            raise Refusal(f"{where}: place {place!r} is no country (ISO 3166-1) and no subregion (M49) of the rules")
    if theme not in ("", ANY) and theme not in rulebook.reader.directions:
        raise Refusal(f"{where}: theme {theme!r} is none of the rules'; leave it empty for all themes")
    read = read_moment(date)
    if read.kind not in ("time", "day"):
        raise Refusal(f"{where}: date {date!r} is no time; write 2026-11-20 or 2026-11-20T14:00:00Z")
    ends = read.at + DAY if read.kind == "day" else read.at
    return Known(name or " ".join(places), read.at, ends, tuple(places), None if theme in ("", ANY) else theme)
