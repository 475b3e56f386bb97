"""The exported schemas are up to date, sound, and say the same as the code that reads and writes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agents.classify.intake import Intake
from agents.classify.meant import Refusal
from agents.classify.publishers import Publishers
from schemas import export
from schemas.count import SeriesCount, VolumeCount
from schemas.generation import Generation
from schemas.rejected import Rejected
from schemas.row import MinuteRow, Source, TickRow
from streams.settings import NAMES

RULES = Path(export.__file__).parents[1] / "agents" / "rules"


def schema(topic: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(export.documents()[f"{topic}.json"])
    return found


def test_the_files_are_up_to_date() -> None:
    assert export.outdated(export.DIRECTORY) == [], "run python -m schemas.export"


def test_check_names_what_is_not_and_writing_puts_it_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export, "DIRECTORY", tmp_path)
    assert export.main([]) == 0
    assert export.main(["--check"]) == 0
    (tmp_path / "alerts.json").write_text("{}")
    (tmp_path / "alarms.json").write_text("{}")
    (tmp_path / "counts.json").unlink()
    capsys.readouterr()
    assert export.main(["--check"]) == 1
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == [
        "schemas/json/alarms.json",
        "schemas/json/alerts.json",
        "schemas/json/counts.json",
    ]
    assert export.main([]) == 0
    assert export.main(["--check"]) == 0
    assert not (tmp_path / "alarms.json").exists()


def test_every_topic_but_the_internal_ones_has_a_schema() -> None:
    assert set(export.TOPICS) == {name for name in NAMES if not name.startswith(("state.", "published"))}


@pytest.mark.parametrize("topic", export.TOPICS)
def test_each_is_a_sound_schema_with_descriptions(topic: str) -> None:
    found = schema(topic)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:tocsin:{topic}:1"
    assert '"description"' in json.dumps(found.get("$defs", found.get("properties")))


def test_a_field_is_described_by_what_its_model_says() -> None:
    assert schema("alerts")["properties"]["revision"]["description"] == "From 1, by one at each change of status."


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        ("headlines.rejected", Rejected.of("feed", "too_large", "why", b"x" * 70_000, None).encode()),
        ("headlines.classified", TickRow(arrival=5, source=Source(topic="t", partition=0, offset=1)).encode()),
        ("headlines.deduplicated", MinuteRow(at=60_000, volume=((0, "030", 2),)).encode()),
        (
            "counts",
            SeriesCount(bucket="b", place="FR", theme="unrest", unique=2, publishers=("",)).encode(),
        ),
        ("counts", VolumeCount(bucket="b", volume={"030": 2}).encode()),
        (
            "generation",
            Generation(
                start=0, cut=0, raw_topic="r", raw_partitions=1, import_partitions=0, lanes=1, rules="x"
            ).encode(),
        ),
    ],
)
def test_what_is_written_is_valid(topic: str, value: bytes) -> None:
    validator = Draft202012Validator(schema(topic))
    validator.validate(json.loads(value))
    assert not validator.is_valid({**json.loads(value), "unheard_of": 1})


_ANY = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(0, 9)
    | st.text(max_size=5)
    | st.lists(st.none(), max_size=1)
)
_FIELDS = ("title", "published_at", "date", "source", "publisher", "url", "withdraws", "tocsin", "end", "other")
_SENT = st.fixed_dictionaries({}, optional={name: _ANY | st.sampled_from(["tick", "Storm"]) for name in _FIELDS})
_OF_CONTENT = {"title_empty", "title_too_long", "date_out_of_range"}
"""Reasons that a schema cannot know."""


@given(_SENT)
@example({"title": "Storm", "published_at": True})
@example({"title": "Storm", "tocsin": None})
@example({"title": None, "withdraws": "abc"})
@example({"tocsin": "tick", "end": None})
@example({"tocsin": "tick", "end": True, "title": 5})
def test_the_raw_contract_is_what_classify_takes(document: dict[str, Any]) -> None:
    read = intake().read(json.dumps(document).encode())
    if validator().is_valid(document):
        assert not isinstance(read, Refusal) or read.code in _OF_CONTENT or "`withdraws` is empty" in read.detail
    else:
        assert isinstance(read, Refusal)


@cache
def intake() -> Intake:
    return Intake(Publishers.load(RULES))


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema("headlines.raw"))
