"""The records of a file, one after the other, whatever their number: they stay on disk.

Only where each begins and ends is kept in memory (16 bytes a record), so that a file can be read in another order
than its own without being held.
"""

import mmap
from array import array
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

BOM = b"\xef\xbb\xbf"


class Lines:
    """The lines of a file that are not blank, as bytes without their line end."""

    def __init__(self, file: BinaryIO) -> None:
        """Takes `file` over, and closes it."""
        self._file = file
        size = file.seek(0, 2)
        self._map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else None
        self._starts = array("q")
        self._ends = array("q")
        self.numbers = array("q")
        """Of each record the line of the file, from 1."""
        if self._map is not None:
            self._index(self._map, size)

    def _index(self, content: mmap.mmap, size: int) -> None:
        start = len(BOM) if content[: len(BOM)] == BOM else 0
        number = 0
        while start < size:
            number += 1
            end = content.find(b"\n", start)
            end = size if end < 0 else end
            if content[start : min(end, start + 256)].strip() or content[start:end].strip():
                self._starts.append(start)
                self._ends.append(end - (content[end - 1] == 0x0D))
                self.numbers.append(number)
            start = end + 1

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: int) -> bytes:
        if self._map is None:
            raise IndexError(index)
        return self._map[self._starts[index] : self._ends[index]]

    def __iter__(self) -> Iterator[bytes]:
        return (self[index] for index in range(len(self)))

    def size(self, index: int) -> int:
        """Bytes of one record, without reading it."""
        return self._ends[index] - self._starts[index]

    def close(self) -> None:
        """Give the file back."""
        if self._map is not None:
            self._map.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
