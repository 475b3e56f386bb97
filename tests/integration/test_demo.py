"""The demo, as a script would run it."""

import os
import subprocess
import sys

from tests.integration.deployment import Deployment


def test_once_ends_with_the_expected_alert_and_leaves_nothing_running(kafka: str, deployment: Deployment) -> None:
    environment = deployment.environment | {"TMPDIR": str(deployment.directory)}
    for name in ("TOCSIN_PREFIX", "TOCSIN_RAW_TOPIC", "TOCSIN_ALERTS_TOPIC"):
        environment.pop(name)
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", "demo", "--once", "--pace", "1d/s"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert kafka == environment["TOCSIN_KAFKA_BOOTSTRAP_SERVERS"]
    assert "OPENED  North Korea: troop-deployment" in done.stdout
    assert "the expected alert came" in done.stdout
    ours = str(deployment.port).encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as variables:
                assert b"TOCSIN_HTTP_PORT=" + ours not in variables.read().split(b"\0"), f"process {pid} still runs"
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
