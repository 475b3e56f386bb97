"""Who wrote what, as the broker's own files have it: the producer and the epoch of every batch of a partition.

A consumer is not told. A lane has one transactional id, and so one producer id; each new owner raises its epoch. A
batch of an older epoch behind one of a newer is a write of somebody who had been shut out. Most partitions are one
lane's; `headlines.classified` is written by the classifiers of all raw partitions.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HEADER = struct.Struct(">qiiBIhiqqqhi")
"""Offset, length, leader's epoch, magic, CRC, attributes, last offset, two times, producer's id and epoch, sequence."""
_BEFORE_LENGTH = 12
_MAGIC = 2
_TRANSACTIONAL, _CONTROL = 0x10, 0x20


class Batch(NamedTuple):
    """One batch of a partition."""

    offset: int
    producer: int
    epoch: int


def batches(partition: Path) -> Iterator[Batch]:
    """The transactional batches in a partition's directory, in order, without the marks at a transaction's end."""
    for segment in sorted(partition.glob("*.log")):
        data = segment.read_bytes()
        at = 0
        while at + HEADER.size <= len(data):
            offset, length, _, magic, _, attributes, _, _, _, producer, epoch, _ = HEADER.unpack_from(data, at)
            if length <= 0 or magic != _MAGIC:
                break  # space that the broker keeps ready
            if attributes & _TRANSACTIONAL and not attributes & _CONTROL:
                yield Batch(offset, producer, epoch)
            at += _BEFORE_LENGTH + length


def strangers(data: Path, topic: str, shared: bool = False) -> list[str]:
    """Writes to a topic (full name) by one who is not, or no longer, the owner of the lane that may write.

    `shared`: several lanes write to each of its partitions.
    """
    found = []
    for partition in sorted(data.glob(f"{topic}-[0-9]*")):
        owners: dict[int, Batch] = {}
        for batch in batches(partition):
            owner = owners.get(batch.producer if shared else 0)
            if owner is not None and (batch.producer != owner.producer or batch.epoch < owner.epoch):
                found.append(f"{partition.name} offset {batch.offset}: {batch} after {owner}")
            owners[batch.producer if shared else 0] = batch
    return found


def owners(data: Path, topic: str) -> int:
    """How many epochs wrote to a topic's partitions, all in all."""
    return sum(
        len({(batch.producer, batch.epoch) for batch in batches(partition)})
        for partition in data.glob(f"{topic}-[0-9]*")
    )
