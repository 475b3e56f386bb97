"""Records that are made without validation are what validation would have made of them."""

import gzip
from pathlib import Path

from agents.classify.step import Classifier
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.base import MINUTE, made
from schemas.headline import Evidence
from schemas.row import HeadlineRow, decode_row

SAMPLE = Path(__file__).parents[2] / "streams" / "demo" / "sample.jsonl.gz"
ROWS = 3_000
ODD = [
    b'{"title": "Missiles hit Kyiv (AFP)", "source": "Foo", "language": "en-GB", "extra": {"a": [1, null]}}',
    b'{"title": "Missiles hit Kyiv - Reuters", "url": "https://a.example/b?utm_source=x", "date": "2025-01-01"}',
    b'{"title": "\\u041f\\u0443\\u0442\\u0438\\u043d", "published_at": "rubbish", "publisher": ""}',
]


def test_rows_hold_what_their_schema_says() -> None:
    rulebook = Rulebook.load()
    classifier = Classifier("headlines.raw", 0, rulebook.reader, rulebook.lanes, rulebook.version, None, ends=True)
    with gzip.open(SAMPLE) as lines:
        values = [*ODD, *lines.read().splitlines()[:ROWS]]
    records = [Inbound(index, 1_756_000_000_000 + index * MINUTE, value) for index, value in enumerate(values)]
    _, rows, _ = classifier.step(classifier.start, records)
    headlines = [row for _, row in rows if isinstance(row, HeadlineRow)]
    assert len(headlines) >= ROWS
    for row in headlines:
        read = decode_row(row.encode())
        assert read == row
        assert read.encode() == row.encode()
        # strictly: no value of another type that happens to be written alike
        assert HeadlineRow.model_validate(row.model_dump(), strict=True) == row
        assert list(row.__dict__) == list(HeadlineRow.model_fields)


def test_a_changed_copy_leaves_the_fields_of_others_alone() -> None:
    one = made(Evidence, {"words": "Kyiv", "start": 0, "end": 4, "rule": "capital"})
    two = one.model_copy(update={"words": "Lviv"})
    assert (one.words, two.words) == ("Kyiv", "Lviv")
    assert one.model_fields_set == two.model_fields_set == set(Evidence.model_fields)
    assert one == Evidence(words="Kyiv", start=0, end=4, rule="capital")
