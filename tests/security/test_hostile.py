"""Headlines that try to be more than text: in every place where they are shown, and in every label."""

import io
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from streams.cli import output
from streams.visible import json_line, visible, visible_lines
from tests.integration.deployment import until
from tests.security.forks import Forks
from tests.security.secured import User, running

HOSTILE = (
    "\x1b[31mred\x1b]0;owned\x07 \x9b31m \x08\x7f \r\ntocsin: forged \x00 \u202eevil\u2066 \u2028line \u200b\ufeff"
    '<script>alert(1)</script> [bold]{x="1"} \'"}{\\'
)
# What a terminal may obey, and what turns the writing round or makes a line.
OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
ROW = {
    "title": f"North Korea deploys troops to Kursk {HOSTILE}",
    "source": f"Wire {HOSTILE}",
    "url": f"https://wire.example/{HOSTILE}",
    "published_at": "2026-11-20T10:00:00Z",
}
ROWS = [
    ROW,
    {"title": HOSTILE},
    {"withdraws": HOSTILE},
    {"tocsin": HOSTILE},
    {"title": ["no"], "source": HOSTILE},
    {"title": "Calm in Kenya", "published_at": HOSTILE},
    {"title": "Calm " * 200_000},
    HOSTILE,
]
RAW = "\n".join(json.dumps(row, ensure_ascii=ascii) for row in ROWS for ascii in (True, False)).encode() + (
    b"\n\x1b[31mnot json\x9b\n\xff\xfe\n"
)


NO_BROKER = {"TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}


def ran(forks: Forks, *arguments: str, stdin: bytes = b"") -> str:
    """All that a command says."""
    done = forks.run(arguments, stdin, {**os.environ, **NO_BROKER}, 120)
    said = (done.stdout + done.stderr).decode()  # utf-8 it must be
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize(
    "command", [("scan",), ("scan", "--json"), ("classify",), ("classify", "--json")], ids=" ".join
)
def test_nothing_that_a_terminal_obeys_is_printed(forks: Forks, command: tuple[str, ...]) -> None:
    said = ran(forks, *command, "-", stdin=RAW)
    assert said
    assert OBEYED.search(said) is None
    assert not any(line.startswith("tocsin: forged") for line in said.splitlines())


@pytest.mark.parametrize("command", ["scan", "classify"])
def test_a_hostile_file_name_is_spelt_out(forks: Forks, command: str, tmp_path: Path) -> None:
    name = tmp_path / "\x1b[31m\ntocsin: forged\u202e.jsonl.gz"
    name.write_bytes(b"\x1f\x8b no gzip")
    said = ran(forks, command, str(name))
    assert "\\x1b[31m" in said
    assert OBEYED.search(said) is None
    assert not any(line.startswith("tocsin: forged") for line in said.splitlines())


def test_arguments_are_spelt_out(forks: Forks) -> None:
    for command in (("alerts", "--since", HOSTILE.replace("\x00", "")), ("topics", "dump", "\x1b[31m\ntocsin: forged")):
        said = ran(forks, *command)
        assert OBEYED.search(said) is None
        assert not any(line.startswith("tocsin: forged") for line in said.splitlines())


def test_the_last_words_of_a_worker_are_one_message() -> None:
    code = f"from streams.engine.exits import die\ntry:\n    raise ValueError({HOSTILE!r})\nexcept ValueError as e:\n"
    done = subprocess.run(
        [sys.executable, "-c", code + "    die(f'lane: {e}', cause=e)"], capture_output=True, check=False, timeout=60
    )
    said = done.stderr.decode()
    assert "Traceback" in said
    assert OBEYED.search(said) is None
    assert [line for line in said.splitlines() if not line.startswith("  ")] == said.splitlines()[:1]


def test_a_table_shows_no_markup_and_obeys_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("A", "B"), [(HOSTILE, "[bold red]plain[/]")])
    said = capsys.readouterr().out
    assert OBEYED.search(said) is None
    assert "[bold red]plain[/]" in said


def test_a_picture_has_no_element_of_a_headlines() -> None:
    console = Console(record=True, width=200, file=io.StringIO())
    console.print(visible(HOSTILE), markup=False, highlight=False, soft_wrap=True)
    picture = console.export_svg()
    assert "<script" not in picture
    assert "&lt;script" in picture


def test_visible_and_its_lines() -> None:
    assert OBEYED.search(visible(HOSTILE)) is None
    assert "\n" not in visible(HOSTILE)
    assert visible_lines("a\nb\x1b") == "a\n  b\\x1b"
    assert visible("Côte d’Ivoire: 軍隊 🚀") == "Côte d’Ivoire: 軍隊 🚀"
    assert OBEYED.search(json_line({"a": HOSTILE}).decode()) is None
    assert json.loads(json_line({"a": HOSTILE})) == {"a": HOSTILE}


def series(port: int) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every series of a worker, and its value; none while it does not listen."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_ten_thousand_hostile_records_make_no_series_and_no_line(administrator: User, tmp_path: Path) -> None:
    """On a real worker, with its log as chatty as it can be."""
    administrator.run("topics", "create")
    port = int(administrator.variables["TOCSIN_HTTP_PORT"])
    log = tmp_path / "log"

    def rows(count: int, salt: str) -> bytes:
        return b"".join(
            json.dumps(
                {"title": f"Kenya deploys {n} troops {salt}{n}{HOSTILE}", "source": f"{salt}{n}{HOSTILE}", HOSTILE: n}
                if n % 3
                else {"title": [f"{salt}{n}{HOSTILE}"], "withdraws": None, HOSTILE: salt}
            ).encode()
            + b"\n"
            for n in range(count)
        )

    read = ("tocsin_records_in_total", (("stage", "classify"),))
    with running(administrator, log, TOCSIN_LOG_LEVEL="DEBUG"):
        administrator.run("feed", "-", stdin=rows(20, "a"))
        before = until(
            lambda: (now := series(port)).get(("tocsin_verdicts_total", (("kind", "unique"),)), 0) and now,
            "the first rows are through",
        )
        administrator.run("feed", "-", stdin=rows(10_000, "b"))
        after = until(lambda: (now := series(port)).get(read, 0) >= 10_020 and now, "all rows are read")
    new = after.keys() - before.keys()
    for _, labels in new:  # a stage's or a topic's first record may be among them
        assert {key for key, _ in labels} <= {"stage", "topic", "partition", "le"}, labels
    assert len(new) <= 20
    assert "script" not in str(after)
    text = log.read_text()
    assert "opened" in text
    assert not any(line.startswith("tocsin: forged") for line in text.splitlines())
    assert "evil" not in text
