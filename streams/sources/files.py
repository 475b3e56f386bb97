"""Opening a file or standard input: JSON Lines, a JSON array or a table, plain or gzipped, known by what is inside.

The bytes of a JSON line stay as they are: they are the record. What is not JSON Lines on disk already (gzip, tables,
arrays, standard input) is spooled to a temporary file first, so memory does not grow with the input.
"""

import csv
import gzip
import io
import shutil
import sys
import tempfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, BinaryIO, cast

import orjson

from streams.sources.errors import InputError
from streams.sources.lines import BOM, Lines
from streams.sources.tables import TITLE, delimiter_of, objects

STDIN = "-"
_FOREIGN = {
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"\xfd7zXZ": "compressed with xz",
    b"BZh": "compressed with bzip2",
    b"PAR1": "a Parquet file",
}
_HEAD = 1 << 20
_ARRAY = 1 << 30


def read(path: str | Path, columns: Collection[str] = TITLE) -> Lines:
    """The records of the file at `path` (`-`: standard input). Raises InputError, never for a single bad line.

    `columns`: those that a table has to have, by which it is known as one.
    """
    file = _unpacked(str(path), _opened(path))
    head = file.read(_HEAD)
    file.seek(0)
    first = head.removeprefix(BOM).lstrip()
    line = first.split(b"\n", 1)[0]
    for magic, name in _FOREIGN.items():
        if first.startswith(magic):
            raise InputError(f"{path}: {name}; unpack it first (JSON Lines and CSV are read, plain or gzipped)")
    if first.startswith(b"[") and (array := _array(file)) is not None:
        return Lines(array)
    if not first.startswith(b"{") and (delimiter := delimiter_of(line, columns)) is not None:
        return Lines(_table(str(path), file, delimiter))
    return Lines(file)


def _opened(path: str | Path) -> BinaryIO:
    if str(path) == STDIN:
        return _spooled(sys.stdin.buffer)
    try:
        file = open(path, "rb")  # noqa: SIM115  handed on, closed by Lines
    except IsADirectoryError:
        raise InputError(f"{path}: a directory; name a file in it") from None
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return file if file.seekable() else _spooled(file)


def _unpacked(name: str, file: BinaryIO) -> BinaryIO:
    magic = file.read(2)
    file.seek(0)
    if magic != b"\x1f\x8b":
        return file
    try:
        with file, gzip.open(file, "rb") as packed:
            return _spooled(cast("IO[bytes]", packed))
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{name}: a damaged gzip file ({error}); fetch it again") from None


def _table(name: str, file: BinaryIO, delimiter: str) -> BinaryIO:
    spool = _spool()
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        with text:
            for value in objects(text, delimiter):
                spool.write(value + b"\n")
    except csv.Error as error:
        raise InputError(f"{name}: not a table that can be read: {error}; check its quotes") from None
    spool.flush()
    return spool


def _array(file: BinaryIO) -> BinaryIO | None:
    """The elements of a file that is one JSON array, a line each; `None` when it is none."""
    if file.seek(0, 2) > _ARRAY:
        file.seek(0)
        return None
    file.seek(0)
    try:
        elements = orjson.loads(file.read().removeprefix(BOM))
    except orjson.JSONDecodeError:
        file.seek(0)
        return None
    file.close()
    spool = _spool()
    for element in elements:
        spool.write(orjson.dumps(element) + b"\n")
    spool.flush()
    return spool


def _spooled(stream: IO[bytes]) -> BinaryIO:
    spool = _spool()
    shutil.copyfileobj(stream, spool, 1 << 20)
    spool.flush()
    spool.seek(0)
    return spool


def _spool() -> BinaryIO:
    return cast(BinaryIO, tempfile.TemporaryFile(prefix="tocsin-"))
