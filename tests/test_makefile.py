"""`make` says what it is at: an installation that takes minutes does not look like one that hangs."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_long_part_of_an_installation_is_not_silent(tmp_path: Path) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", f"VENV={tmp_path}/venv", "install"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (command,) = (line for line in told.splitlines() if "requirements.lock" in line)
    assert "--quiet" not in command
    assert "--require-hashes" in command
