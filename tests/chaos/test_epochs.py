"""A write of somebody who was shut out is found in the broker's files."""

from pathlib import Path

from tests.chaos.epochs import HEADER, Batch, batches, owners, strangers

BODY = b"records"
MARK = 0x30
WRITE = 0x10


def write(directory: Path, *written: tuple[int, int, int]) -> Path:
    """A segment of batches (attributes, producer, epoch), with space kept ready behind it."""
    partition = directory / "state.detect-0"
    partition.mkdir(exist_ok=True)
    length = HEADER.size - 12 + len(BODY)
    data = b"".join(
        HEADER.pack(offset, length, 0, 2, 0, attributes, 0, 0, 0, producer, epoch, 0) + BODY
        for offset, (attributes, producer, epoch) in enumerate(written)
    )
    (partition / "00000000000000000000.log").write_bytes(data + bytes(1000))
    return partition


def test_marks_are_no_writes(tmp_path: Path) -> None:
    partition = write(tmp_path, (WRITE, 7, 0), (MARK, 7, 0), (WRITE, 7, 1), (MARK, 7, 0))
    assert list(batches(partition)) == [Batch(0, 7, 0), Batch(2, 7, 1)]
    assert strangers(tmp_path, "state.detect") == []
    assert owners(tmp_path, "state.detect") == 2


def test_a_write_of_an_older_epoch_is_told(tmp_path: Path) -> None:
    write(tmp_path, (WRITE, 7, 0), (WRITE, 7, 2), (WRITE, 7, 1))
    assert "state.detect-0 offset 2" in strangers(tmp_path, "state.detect")[0]


def test_where_several_lanes_write_each_has_an_owner(tmp_path: Path) -> None:
    write(tmp_path, (WRITE, 7, 0), (WRITE, 8, 3), (WRITE, 7, 1), (WRITE, 8, 3))
    assert strangers(tmp_path, "state.detect", shared=True) == []
    write(tmp_path, (WRITE, 7, 1), (WRITE, 8, 3), (WRITE, 7, 0))
    assert "offset 2" in strangers(tmp_path, "state.detect", shared=True)[0]


def test_a_write_of_another_producer_is_told(tmp_path: Path) -> None:
    write(tmp_path, (WRITE, 7, 0), (WRITE, 8, 0))
    assert len(strangers(tmp_path, "state.detect")) == 1
