"""A campaign that is repeated replaces its row, and no other."""

from pathlib import Path

from tests.chaos import table
from tests.chaos.campaign import Outcome

ROW = Outcome(
    campaign="kill", what="Killed.", times=3, records=5000, revisions=40, lost=0, doubled=0, differing=0, stall=3.2,
    stalls="", seconds=60, seed=1, command='make chaos ARGS="kill --times 3 --seed 1"', faults=(),
)  # fmt: skip


def test_rows_are_replaced_by_name_and_stand_in_order(tmp_path: Path) -> None:
    data, document = tmp_path / "rows.json", tmp_path / "R.md"
    document.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    order = ["kill", "zombie"]
    for row in (ROW.model_copy(update={"campaign": "zombie"}), ROW, ROW.model_copy(update={"times": 100, "lost": 1})):
        table.write(row, order, data, document)
    assert [(row.campaign, row.times) for row in table.read(data)] == [("kill", 100), ("zombie", 3)]
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| kill | Killed. | 100 | 5,000 | 1 | 0 | 40, 0 | 3.2 s |" in text
