"""`--help`: who writes a script reads there by which status a command ends."""

import pytest

from streams.cli import run


@pytest.mark.parametrize("command", ["detect", "backtest", "calibrate", "explain"])
def test_exit_statuses_are_told(command: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run([command, "--help"]) == 0
    told = " ".join(capsysbinary.readouterr().out.decode().split()).partition("Exit status: ")[2]
    stated = [status for status in "0123" if f" {status} " in f" {told.partition('.')[0]} "]
    assert stated == {"detect": ["0", "2", "3"], "explain": ["0", "1", "2"]}.get(command, ["0", "1", "2", "3"])
