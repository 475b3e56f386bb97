"""`tocsin scan`: alerts on standard output, the same bytes whatever the partitions; the rest on standard error."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.alert import Alert
from schemas.generation import Generation
from streams.cli import run
from streams.kafka import KafkaUnreachable
from streams.sources import log, read
from tests.streams.cli import news
from tests.streams.dumped import dumped

NOW = news.START + 365 * 24 * news.HOUR
Capture = pytest.CaptureFixture[bytes]


@pytest.fixture(autouse=True)
def rules_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Rulebook, "load", staticmethod(lambda directory=None, overrides=(): _load(directory, tuple(overrides)))
    )


_original = Rulebook.load


@cache
def _load(directory: Path | None, overrides: tuple[str, ...]) -> Rulebook:
    return _original(directory, overrides)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    path.write_bytes(news.lines())
    return path


def scan(capsysbinary: Capture, *arguments: object) -> tuple[int, bytes, str]:
    status = run(["scan", *map(str, arguments)])
    out, err = capsysbinary.readouterr()
    return status, out, err.decode()


def test_alerts_as_json_lines(file: Path, capsysbinary: Capture) -> None:
    status, out, err = scan(capsysbinary, file, "--json")
    assert status == 0
    alerts = [Alert.decode(line) for line in out.splitlines()]
    assert b"".join(alert.encode() + b"\n" for alert in alerts) == out
    assert [(alert.id, alert.revision) for alert in alerts] == sorted((alert.id, alert.revision) for alert in alerts)
    assert "KP/troop-deployment" in {alert.series for alert in alerts}
    assert "1,452 records" in err
    assert "not_json 1" in err
    assert "title_empty 1" in err


@pytest.mark.parametrize("partitions", [2, 7])
def test_partitions_do_not_matter(file: Path, capsysbinary: Capture, partitions: int) -> None:
    _, one, _ = scan(capsysbinary, file, "--json")
    _, many, _ = scan(capsysbinary, file, "--json", "--partitions", partitions)
    assert one == many


def test_a_table_for_people(file: Path, capsysbinary: Capture) -> None:
    status, out, err = scan(capsysbinary, file)
    assert status == 0
    text = out.decode()
    assert "North Korea" in text
    assert "troop-deployment" in text
    assert "alerts" in err


def test_nothing_to_tell_while_learning(tmp_path: Path, capsysbinary: Capture) -> None:
    path = tmp_path / "short.jsonl"
    path.write_bytes(b"\n".join(json.dumps(row).encode() for row in list(news.rows())[-40:]))
    status, out, err = scan(capsysbinary, path, "--json")
    assert (status, out) == (0, b"")
    assert "learning" in err
    assert "of 7 days" in err


def test_an_empty_file(tmp_path: Path, capsysbinary: Capture) -> None:
    (tmp_path / "empty").touch()
    status, out, err = scan(capsysbinary, tmp_path / "empty", "--json")
    assert (status, out) == (0, b"")
    assert "0 records" in err
    assert scan(capsysbinary, tmp_path / "empty")[1] == b"No alerts.\n"


def test_a_file_of_something_else(tmp_path: Path, capsysbinary: Capture) -> None:
    (tmp_path / "poem").write_text("Roses are red\nViolets are blue\n")
    status, _, err = scan(capsysbinary, tmp_path / "poem", "--json")
    assert status == 0
    assert "nothing was accepted" in err


def test_settings_can_be_overridden(file: Path, capsysbinary: Capture) -> None:
    status, out, _ = scan(capsysbinary, file, "--json", "--set", "detect.min_unique=90")
    assert (status, out) == (0, b"")


def dump(file: Path, partitions: int, live: bool, rules: str = "x") -> bytes:
    """What a dump of the topics would hold had the file been fed to them."""
    generation = Generation(
        start=news.START, cut=news.START if live else NOW, raw_topic="headlines.raw",
        raw_partitions=partitions if live else 0, import_partitions=0 if live else partitions, lanes=4,
        rules=rules,
    )  # fmt: skip
    topic = "headlines.raw" if live else "headlines.import"
    lines = [json.dumps({"generation": json.loads(generation.encode())}).encode()]
    with read(file) as rows:
        offsets = [0] * partitions
        for partition, timestamp, value in log(rows, NOW, partitions):
            lines.append(dumped(topic, partition, Inbound(offsets[partition], timestamp, value)))
            offsets[partition] += 1
    return b"\n".join(lines)


@pytest.mark.parametrize("live", [False, True], ids=["import", "live"])
def test_a_dump_of_the_topics(file: Path, tmp_path: Path, capsysbinary: Capture, live: bool) -> None:
    (tmp_path / "dump").write_bytes(dump(file, 2, live))
    status, out, err = scan(capsysbinary, tmp_path / "dump", "--raw", "--json")
    expected = scan(capsysbinary, file, "--json")[1]
    assert status == 0
    assert "1,454 records" in err
    if not live:
        assert out == expected
        return
    # a live partition promises what its last record says, and no more: nothing resolves after it
    assert out
    assert set(out.splitlines()) <= set(expected.splitlines())


def test_a_dump_with_other_lanes(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    (tmp_path / "dump").write_bytes(dump(file, 1, False).replace(b'"lanes": 4', b'"lanes": 6'))
    status, _, err = scan(capsysbinary, tmp_path / "dump", "--raw")
    assert status == 2
    assert "6 lanes" in err


def test_a_dump_of_other_rules_is_read_with_a_warning(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    (tmp_path / "other").write_bytes(dump(file, 1, False))
    status, out, err = scan(capsysbinary, tmp_path / "other", "--raw", "--json")
    version = Rulebook.load().version
    assert status == 0
    assert "warning" in err
    assert f"rules x, and is read by rules {version}" in err
    assert "--rules" in err
    assert "--set" in err
    (tmp_path / "same").write_bytes(dump(file, 1, False, rules=version))
    _, same, err = scan(capsysbinary, tmp_path / "same", "--raw", "--json")
    assert same == out
    assert "warning" not in err


def test_a_timestamp_in_microseconds_costs_its_record_alone(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    (tmp_path / "sound").write_bytes(dump(file, 1, False))
    lines = (tmp_path / "sound").read_bytes().splitlines()
    wrong = Inbound(0, NOW * 1_000, b'{"title": "Troops move to the border"}')
    later = [json.loads(line) for line in lines[1:]]
    moved = [json.dumps(line | {"offset": line["offset"] + 1}).encode() for line in later]
    (tmp_path / "wrong").write_bytes(b"\n".join([lines[0], dumped("headlines.import", 0, wrong), *moved]))
    _, expected, _ = scan(capsysbinary, tmp_path / "sound", "--raw", "--json")
    status, out, err = scan(capsysbinary, tmp_path / "wrong", "--raw", "--json")
    assert status == 0
    assert "date_out_of_range 1" in err
    assert [unplaced(line) for line in out.splitlines()] == [unplaced(line) for line in expected.splitlines()]
    assert out


def unplaced(line: bytes) -> dict[str, object]:
    """An alert without what follows from offsets."""
    alert = json.loads(line)
    for shown in alert["evidence"]:
        shown.pop("source", None)
    return dict(alert)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none.jsonl"], "none.jsonl: no such file"),
        (["."], "directory"),
        (["{file}", "--raw"], "news.jsonl:1: not a record"),
        (["{file}", "--raw", "--partitions", "3"], "--partitions"),
        (["{file}", "--rules", "/nowhere"], "no such directory"),
        (["{file}", "--set", "detect.min_uniqe=3"], "detect.min_unique"),
        (["{file}", "--partitions", "0"], "greater than or equal to 1"),
        ([], "FILE"),
        (["{file}", "--jsn"], "--json"),
    ],
)
def test_what_cannot_be_ends_with_2_and_a_cure(
    file: Path, capsysbinary: Capture, arguments: list[str], told: str
) -> None:
    status, out, err = scan(capsysbinary, *[argument.format(file=file) for argument in arguments])
    assert (status, out) == (2, b"")
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("raised", "status", "told"),
    [(KeyboardInterrupt(), 130, ""), (KafkaUnreachable("no broker answers"), 3, "tocsin: no broker answers\n")],
)
def test_how_errors_end(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture, raised: BaseException, status: int, told: str
) -> None:
    def fails(*_: object) -> None:
        raise raised

    monkeypatch.setattr("streams.sources.read", fails)
    assert scan(capsysbinary, "file") == (status, b"", told)


def tocsin(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "streams.cli", *arguments]


def test_a_reader_that_goes_away_is_no_error(file: Path) -> None:
    with subprocess.Popen(
        tocsin("scan", str(file), "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert b"Traceback" not in err
    assert b"Broken" not in err


def test_help_is_quick_and_has_examples() -> None:
    loaded = "import sys; from streams.cli import run; run(['{}', '--help']); print(*sys.modules, file=sys.stderr)"
    for command in ("scan", "classify"):
        done = subprocess.run(
            [sys.executable, "-c", loaded.format(command)], capture_output=True, text=True, check=True
        )
        assert "Examples:" in done.stdout
        assert not {"scipy", "faust", "aiokafka", "rich", "agents.rulebook"} & set(done.stderr.split())


def test_version() -> None:
    done = subprocess.run(tocsin("--version"), capture_output=True, text=True, check=True)
    assert done.stdout == "tocsin 0.1.0\n"


def test_standard_input(file: Path, capsysbinary: Capture) -> None:
    done = subprocess.run(tocsin("scan", "-", "--json"), input=file.read_bytes(), capture_output=True, check=True)
    assert done.stdout == scan(capsysbinary, file, "--json")[1]
