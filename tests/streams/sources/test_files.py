"""A file is known by what is inside, and the bytes of a JSON line are never touched."""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from streams.sources import InputError, read

LINES = [b'{"title": "One", "rank":1}', b"not json", b'{"title":"Caf\xe9"}', '{"title": "Zwölf"}'.encode()]


def rows(tmp_path: Path, content: bytes, name: str = "headlines.dat") -> list[bytes]:
    path = tmp_path / name
    path.write_bytes(content)
    with read(path) as lines:
        assert len(lines) == len(list(lines))
        assert [lines.size(index) for index in range(len(lines))] == [len(line) for line in lines]
        return list(lines)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "open"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
def test_json_lines_as_they_are(tmp_path: Path, end: bytes, last: bool, mark: bytes) -> None:
    assert rows(tmp_path, mark + end.join(LINES) + (end if last else b"")) == LINES


def test_blank_lines_are_skipped_and_line_numbers_kept(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"\n" + LINES[0] + b"\n  \t \r\n" + b" " * 5_000 + b"\n" + LINES[1] + b"\n\n")
    with read(path) as lines:
        assert list(lines) == LINES[:2]
        assert list(lines.numbers) == [2, 5]


def test_a_line_of_many_spaces_before_its_text_is_not_blank(tmp_path: Path) -> None:
    line = b" " * 5_000 + b'{"title": "One"}'
    assert rows(tmp_path, line + b"\n") == [line]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" "])
def test_nothing_in_it(tmp_path: Path, content: bytes) -> None:
    assert rows(tmp_path, content) == []
    assert rows(tmp_path, gzip.compress(content)) == []


def test_gzip_by_content_whatever_the_name(tmp_path: Path) -> None:
    packed = gzip.compress(LINES[0] + b"\n") + gzip.compress(LINES[1] + b"\n")
    assert rows(tmp_path, packed, "headlines.csv") == LINES[:2]
    assert rows(tmp_path, LINES[0], "headlines.gz") == LINES[:1]


@pytest.mark.parametrize("cut", [5, 30, -4])
def test_damaged_gzip_is_refused_as_a_whole(tmp_path: Path, cut: int) -> None:
    with pytest.raises(InputError, match="damaged gzip"):
        rows(tmp_path, gzip.compress(b"\n".join(LINES) * 50, mtime=0)[:cut])


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\x00", b"BZh9", b"PAR1"])
def test_other_archives_are_named(tmp_path: Path, magic: bytes) -> None:
    with pytest.raises(InputError, match="unpack it first"):
        rows(tmp_path, magic + b"\x00" * 40)


def test_a_json_array(tmp_path: Path) -> None:
    array = json.dumps([{"title": "One"}, 5, {"title": "Zwölf", "x": None}], indent=1).encode()
    assert [json.loads(row) for row in rows(tmp_path, array)] == json.loads(array)


def test_a_broken_array_is_read_line_by_line(tmp_path: Path) -> None:
    assert rows(tmp_path, b'[{"title": "One"},\n{"title": "Two"}\n') == [b'[{"title": "One"},', b'{"title": "Two"}']


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables(tmp_path: Path, delimiter: str) -> None:
    table = [
        ["Published At", "TITLE", "Rank", "source"],
        ["2025-11-24T16:00:00Z", 'Talks; "fragile", he says | live', "1", ""],
        ["", "Über\tden\nFluss", "", "Herald"],
        [],
        ["x", "", "3", ""],
    ]
    quoted = (
        "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table)
    ).encode()
    assert [json.loads(row) for row in rows(tmp_path, b"\xef\xbb\xbf" + quoted, "x.jsonl")] == [
        {"published_at": table[1][0], "title": table[1][1], "Rank": "1"},
        {"title": table[2][1], "source": "Herald"},
        {"published_at": "x", "title": "", "Rank": "3"},
    ]


def test_rows_longer_and_shorter_than_the_header(tmp_path: Path) -> None:
    got = rows(tmp_path, b"title,url\nOne\nTwo,u,more,,most\n")
    assert [json.loads(row) for row in got] == [
        {"title": "One"},
        {"title": "Two", "url": "u", "column 3": "more", "column 5": "most"},
    ]


def test_a_table_of_titles_alone(tmp_path: Path) -> None:
    assert rows(tmp_path, b"title\nOne\n") == [b'{"title": "One"}']


def test_bytes_of_a_table_that_are_not_utf8_stay_so(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, b"title,rank\nCaf\xe9,1\n")
    assert b"Caf\xe9" in row
    with pytest.raises(UnicodeDecodeError):
        row.decode()


def test_nul_and_huge_cells_of_a_table(tmp_path: Path) -> None:
    got = rows(tmp_path, b"title,x\na\x00b," + b"y" * 300_000 + b"\n")
    assert json.loads(got[0]) == {"title": "a\x00b", "x": "y" * 300_000}


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(gzip.compress(b"\n".join(LINES)))

    monkeypatch.setattr(sys, "stdin", Stdin())
    with read("-") as lines:
        assert list(lines) == LINES


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none")
    with pytest.raises(InputError, match="directory"):
        read(tmp_path)
