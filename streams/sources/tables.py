"""Tables with a header row, as JSON objects: CSV, and what spreadsheets call so (semicolons, tabs, bars).

A table is known by its first line: it has the columns that the caller asks for, else one named `title`. Names that
Tocsin knows are taken whatever their case; other columns keep theirs and end in `extra`. Empty cells are absent, but
for the title's. Cells that are not UTF-8 stay as they are, so that the record is rejected with its own bytes.
"""

import csv
import json
from collections.abc import Collection, Iterable, Iterator

_DELIMITERS = ",;\t|"
_KNOWN = frozenset({"title", "published_at", "date", "source", "publisher", "url", "withdraws"})
TITLE = ("title",)
"""The column that a table of headlines has."""
_LARGEST_CELL = 1 << 30


def delimiter_of(line: bytes, columns: Collection[str] = TITLE) -> str | None:
    """The delimiter that makes a header with all `columns` of a file's first line; `None` where none does."""
    text = line.decode("utf-8", "replace").lstrip("﻿").strip("\r\n")
    found = [(len(names), mark) for mark in _DELIMITERS if {*columns} <= {*(names := _header(text, mark))}]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def objects(lines: Iterable[str], delimiter: str) -> Iterator[bytes]:
    """Each row as a JSON object. `lines` were decoded with `surrogateescape`; raises `csv.Error`."""
    usual = csv.field_size_limit(_LARGEST_CELL)
    try:
        rows = csv.reader(lines, delimiter=delimiter)
        names = [_name(name) for name in next((row for row in rows if any(row)), [])]
        for row in rows:
            if any(row):
                yield _object(names, row)
    finally:
        csv.field_size_limit(usual)


def _object(names: list[str], row: list[str]) -> bytes:
    cells = {
        (names[column] if column < len(names) and names[column] else f"column {column + 1}"): cell
        for column, cell in enumerate(row)
        if cell or (column < len(names) and names[column] == "title")
    }
    return json.dumps(cells, ensure_ascii=False).encode("utf-8", "surrogateescape")


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return [_name(name) for name in next(csv.reader([text], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _name(given: str) -> str:
    name = given.strip().lstrip("﻿")
    known = name.lower().replace(" ", "_")
    return known if known in _KNOWN else name
