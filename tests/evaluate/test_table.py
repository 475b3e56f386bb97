"""An evaluation that is repeated replaces its rows, and no others; what was never measured is told; labels are split by
hash alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluate import labels, table

EXACT = table.Measure("exact set", ">= .9")
OPEN = table.Measure("recall", ">= .8", on="open part", rivals="word lists .21")
PLAN = {"first": (EXACT,), "second": (EXACT, OPEN)}
ROW = EXACT.row(table.share(2, 3), on="3 headlines", holds=False)


def test_rows_are_replaced_by_evaluation_and_stand_in_order(tmp_path: Path) -> None:
    data, document = tmp_path / "rows.json", tmp_path / "E.md"
    document.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    good = ROW.model_copy(update={"reached": "3/3", "holds": True, "note": "read twice."})
    for name, row in (("second", ROW), ("first", ROW), ("second", good)):
        table.write(name, [row], PLAN, data, document)
    assert table.read(data) == {"first": [ROW], "second": [good]}
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| first | exact set | 3 headlines | — | >= .9 | 2/3 = .667 **missed** |\n| second |" in text
    assert "\n- second: read twice.\n" in text


def test_what_was_never_measured_stands_in_the_table() -> None:
    held = OPEN.row("5/6", on="6 headlines, open part", holds=True)
    lines = table.table({"second": [held]}, PLAN).splitlines()[2:]
    assert lines == [
        "| first | exact set | — | — | >= .9 | **not measured** |",
        "| second | recall | 6 headlines, open part | word lists .21 | >= .8 | 5/6 |",
        "| second | exact set | — | — | >= .9 | **not measured** |",
    ]
    # Of another part of the data nothing was measured by that.
    other = OPEN.row("5/6", on="6 headlines, kept part")
    assert "| second | recall | open part | word lists .21 | >= .8 | **not measured** |" in table.table(
        {"second": [other]}, PLAN
    )


@pytest.fixture(scope="module")
def listed() -> str:
    """What `make evaluate ARGS=--list` says."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.evaluate", "--list"], capture_output=True, text=True, check=True, timeout=120
    )
    return run.stdout


@pytest.mark.parametrize(
    ("measure", "rivals"),
    [
        (
            "median delay; season common to all; all as they are published",
            "ElastAlert, Gnip, 2 h : 7 d, EARS C2, NB-CUSUM, z-score",
        ),
        ("median delay; each subregion's season up to 8 h later; all as they are published", "ElastAlert, Gnip"),
        ("in the week after; all feeds doubled on day 45", "by counts, not shares"),
        ("in the week after; a third of the feeds lost", ""),
        ("in the week after; a night without any feed", ""),
        ("first quiet day", "never, if frozen"),
        ("five unique headlines in 2 h from three publishers, found", ""),
        ("known events found; alerts a day over all series", "regular expressions"),
        ("point at a real event of that theme in that place; r/worldnews", ""),
        ("point at a real event of that theme in that place; wklnd", ""),
        ("alerts a day over all series, once learnt; wklnd", ""),
        ("NAB score", "windowed Gaussian"),
        ("false resolves", ""),
        ("openings a burst", ""),
        ("in order; bursts of 14 headlines, evidence late", ""),
        ("in order; bursts of 14 headlines, evidence twice", ""),
        ("in order; bursts of 14 headlines, all taken back", ""),
    ],
)
def test_all_that_must_be_shown_is_listed(listed: str, measure: str, rivals: str) -> None:
    """Measured or not; beside whom."""
    (line, *_) = [line for line in listed.splitlines() if all(part in line for part in measure.split("; "))]
    assert all(rival in line for rival in rivals.split(", "))


def test_a_third_is_kept() -> None:
    hashes = [labels.key(f"title {number}") for number in range(3000)]
    assert 900 < sum(map(labels.kept, hashes)) < 1100
    assert labels.key("a", "b") != labels.key("b", "a")
