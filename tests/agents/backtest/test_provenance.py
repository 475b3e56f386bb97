"""A new alpha in a file of rules: every other byte stays."""

import pytest

from agents.backtest.provenance import rewritten
from agents.detect.rules import PATH

TOLD = ("3/day", "sha256 abc")


def test_the_packaged_file_keeps_every_other_line() -> None:
    text = PATH.read_bytes().decode()
    changed = rewritten(text, 1e-6, TOLD)
    assert changed is not None
    old, new = text.splitlines(keepends=True), changed.splitlines(keepends=True)
    assert [line for line in old if not line.startswith(("alpha:", "# by hand: "))] == [
        line for line in new if not line.startswith(("alpha:", "# calibrated: "))
    ]
    place = new.index("alpha: 1.0e-06\n")
    assert any(line.startswith("# by hand: ") for line in old)
    assert new[place - 2 : place] == ["# calibrated: 3/day\n", "# calibrated: sha256 abc\n"]


def test_a_second_calibration_replaces_the_first() -> None:
    text = "# mine\nalpha: 1.0e-5\nother: 2\n"
    once = rewritten(text, 2e-5, TOLD)
    assert once is not None
    twice = rewritten(once, 3e-7, ("else",))
    assert twice == "# mine\n# calibrated: else\nalpha: 3.0e-07\nother: 2\n"


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("alpha:   5e-05   # why\r\nb: 1\r\n", "# calibrated: x\r\nalpha:   2.0e-05   # why\r\nb: 1\r\n"),
        ("b: 1\nalpha: 0.1", "b: 1\n# calibrated: x\nalpha: 2.0e-05"),
        ("alpha : 7.0e-5\n", "# calibrated: x\nalpha : 2.0e-05\n"),
        ('"alpha": 7.0e-5 # y\n', '# calibrated: x\n"alpha": 2.0e-05 # y\n'),
        ("'alpha':\t7.0e-5\n", "# calibrated: x\n'alpha':\t2.0e-05\n"),
        (
            "# by hand: far\n# mine\n# by hand: y\n# by hand: z\nalpha: 1e-5\n",
            "# by hand: far\n# mine\n# calibrated: x\nalpha: 2.0e-05\n",
        ),
        ("b: 1\n# alpha: 3\nnot_alpha: 3\n", None),
        ("{alpha: 7.0e-5}\n", None),
        ("alpha:\n  7.0e-5\n", None),
    ],
)
def test_other_forms(text: str, changed: str | None) -> None:
    assert rewritten(text, 2e-5, ("x",)) == changed
