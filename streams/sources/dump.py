"""A topic dump: the raw log as a file, one JSON line a record, so that a run can be repeated anywhere.

    {"generation": {...}}                                        first line, if any: start, cut, partitions, lanes
    {"topic": "headlines.raw", "partition": 0, "offset": 12, "timestamp": 1700000000000, "value": "eyJ0..."}

`value` is base64 or null; without `topic` a record is of `headlines.raw`. Ticks are a part of the log, and of its dump.
"""

import base64
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from agents.stage import Inbound
from schemas.generation import Generation
from streams.settings import IMPORT, RAW
from streams.sources.errors import InputError
from streams.sources.lines import Lines


def _bytes(given: object) -> object:
    # Strictly: what is no base64 must not be mended in silence.
    return base64.b64decode(given, validate=True) if isinstance(given, str) else given


_Base64 = Annotated[bytes, BeforeValidator(_bytes)]


class DumpRecord(BaseModel):
    """One line of a dump."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: str = RAW
    partition: int = 0
    offset: int
    timestamp: int
    value: _Base64 | None = None
    key: _Base64 | None = None


class _First(BaseModel):
    generation: Generation


class Placed(NamedTuple):
    """A record and the partition that it was read from; `topic` is the plain name."""

    topic: str
    partition: int
    record: Inbound


class Dump:
    """A dump, line by line. Records of a partition stand in order of their offsets."""

    def __init__(self, lines: Lines, name: str) -> None:
        """Raises InputError when the first line is neither a generation nor a record."""
        self._lines = lines
        self._name = name
        self.generation = self._generation()

    def __len__(self) -> int:
        return len(self._lines) - (self.generation is not None)

    def partitions(self) -> list[tuple[str, int]]:
        """All partitions of the log: of its generation, or else those seen."""
        if (generation := self.generation) is not None:
            return [(IMPORT, p) for p in range(generation.import_partitions)] + [
                (RAW, p) for p in range(generation.raw_partitions)
            ]
        return sorted({(topic, partition) for topic, partition, _ in self})

    def __iter__(self) -> Iterator[Placed]:
        """Raises InputError at a line that is no record, or out of order."""
        last: dict[tuple[str, int], int] = {}
        for index in range(self.generation is not None, len(self._lines)):
            placed = self._placed(index)
            part = placed.topic, placed.partition
            if placed.record.offset <= last.get(part, -1):
                raise self._error(index, f"offset {placed.record.offset} after {last[part]}; sort the dump by offset")
            last[part] = placed.record.offset
            yield placed

    def _placed(self, index: int) -> Placed:
        try:
            read = DumpRecord.model_validate_json(self._lines[index])
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(map(str, fault["loc"]))
            raise self._error(index, f"not a record of a dump: {where + ': ' if where else ''}{fault['msg']}") from None
        record = Inbound(read.offset, read.timestamp, read.value, read.key)
        return Placed(self._plain(read.topic, index), read.partition, record)

    def _plain(self, topic: str, index: int) -> str:
        if topic == IMPORT or topic.endswith(f".{IMPORT}"):
            return IMPORT
        if topic == RAW or (self.generation is not None and topic == self.generation.raw_topic):
            return RAW
        raise self._error(index, f"topic {topic} is neither {RAW} nor {IMPORT}; dump those alone")

    def _generation(self) -> Generation | None:
        if not len(self._lines) or not self._lines[0].lstrip().startswith(b'{"generation"'):
            return None
        try:
            return _First.model_validate_json(self._lines[0]).generation
        except ValidationError as error:
            raise self._error(0, f"not a generation: {error.errors(include_url=False)[0]['msg']}") from None

    def _error(self, index: int, what: str) -> InputError:
        return InputError(f"{self._name}:{self._lines.numbers[index]}: {what}")
