"""An evaluation that is repeated replaces its rows, and no others; labels are split by hash alone."""

from pathlib import Path

from tests.evaluate import labels, table

ROW = table.Row(measure="exact set", on="3 headlines", reached=table.share(2, 3), to_reach=">= .9", holds=False)


def test_rows_are_replaced_by_evaluation_and_stand_in_order(tmp_path: Path) -> None:
    data, document = tmp_path / "rows.json", tmp_path / "E.md"
    document.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    order = ["first", "second"]
    good = ROW.model_copy(update={"reached": "3/3", "holds": True, "note": "read twice."})
    for name, row in (("second", ROW), ("first", ROW), ("second", good)):
        table.write(name, [row], order, data, document)
    assert table.read(data) == {"first": [ROW], "second": [good]}
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| first | exact set | 3 headlines | — | >= .9 | 2/3 = .667 **missed** |\n| second |" in text
    assert "\n- second: read twice.\n" in text


def test_a_third_is_kept() -> None:
    hashes = [labels.key(f"title {number}") for number in range(3000)]
    assert 900 < sum(map(labels.kept, hashes)) < 1100
    assert labels.key("a", "b") != labels.key("b", "a")
