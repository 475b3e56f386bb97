"""What the dependency audit makes of what pip-audit said: no network is needed to decide."""

import importlib.util
import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

AUDIT = Path(__file__).parents[2] / ".ci" / "audit"
PINNED = {"aiohttp": "3.14.3", "orjson": "3.11.4"}
CLEAN = {"dependencies": [{"name": n, "version": v, "vulns": []} for n, v in PINNED.items()], "fixes": []}
FINDING = {
    "dependencies": [
        {"name": "aiohttp", "version": "3.14.3", "vulns": [{"id": "GHSA-x", "fix_versions": ["3.14.4"]}]},
        {"name": "orjson", "version": "3.11.4", "vulns": []},
    ]
}
SKIPPED = {"dependencies": [{"name": name, "skip_reason": "not found"} for name in PINNED]}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    loader = SourceFileLoader("audit", str(AUDIT))
    spec = importlib.util.spec_from_loader("audit", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


@pytest.mark.parametrize(
    ("status", "out", "err", "expected", "says"),
    [
        (0, json.dumps(CLEAN), "No known vulnerabilities found", 0, "nothing known against 2 packages"),
        (1, json.dumps(FINDING), "Found 1", 1, "aiohttp 3.14.3: GHSA-x, mended in 3.14.4"),
        (1, "", "ERROR: connection refused", 0, "NOT DONE: pip-audit ended with 1 and no report: ERROR: connection"),
        (0, "", "No known vulnerabilities found", 0, "NOT DONE"),
        (
            0,
            json.dumps({"dependencies": []}),
            "No known vulnerabilities found",
            0,
            "NOT DONE: pip-audit looked at 0 of 2",
        ),
        (0, json.dumps(SKIPPED), "No known vulnerabilities found", 0, "NOT DONE: pip-audit looked at 0 of 2"),
        (0, "[]", "", 0, "NOT DONE"),
    ],
    ids=[
        "clean",
        "a finding",
        "unreachable",
        "content without a report",
        "looked at nothing",
        "all skipped",
        "nonsense",
    ],
)
def test_verdict(audit: ModuleType, status: int, out: str, err: str, expected: int, says: str) -> None:
    ended, said = audit.verdict(status, out, err, PINNED)
    assert ended == expected
    assert says in said
    assert ("NOT DONE" in said) == ("NOT DONE" in says)


def test_knows_what_is_pinned(audit: ModuleType) -> None:
    lock = (AUDIT.parents[1] / "requirements.lock").read_text(encoding="utf-8")
    pinned = audit.pinned(lock)
    assert {"aiokafka", "faust-streaming", "pystemmer"} <= pinned.keys()
    # one package may be pinned twice, for two systems
    lines = {line.split("==")[0] for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))}
    assert len(pinned) == len(lines)


def test_without_pip_audit_it_is_not_done_and_fails_nothing(tmp_path: Path) -> None:
    copied = tmp_path / ".ci" / "audit"
    copied.parent.mkdir()
    copied.write_bytes(AUDIT.read_bytes())
    broken = tmp_path / ".cache" / "audit" / "bin" / "pip-audit"
    broken.parent.mkdir(parents=True)
    broken.write_text("#!/bin/sh\necho 'No known vulnerabilities found' >&2\n")
    broken.chmod(0o755)
    (tmp_path / "requirements.lock").write_text("aiohttp==3.14.3\n")
    done = subprocess.run([sys.executable, str(copied)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert "dependency audit NOT DONE" in done.stderr
