"""How long a supervised worker is away after `kill -9`: from the signal until its successor says that it is ready.

One worker with every lane and a small state, its static id and its group kept, so without a rebalance.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks.end_to_end import create
from benchmarks.report import Figure
from streams.broker.ports import free_port
from streams.broker.server import LocalKafka
from streams.settings import Settings

KILLS = 10
WAIT = 60.0


def measure(directory: Path) -> Figure:
    """The figure, on a Kafka of its own."""
    with LocalKafka(directory, port=0) as local:
        settings = Settings(kafka_bootstrap_servers=local.bootstrap, prefix="recovery", raw_topic="recovery.raw")
        create(settings)
        port = free_port()
        environment = os.environ | {
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "TOCSIN_PREFIX": settings.prefix,
            "TOCSIN_RAW_TOPIC": settings.raw_topic,
            "TOCSIN_HTTP_PORT": str(port),
            "TOCSIN_LOG_LEVEL": "ERROR",
        }
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker", "--processes", "1"],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            away = [_kill(supervisor.pid, port) for _ in range(KILLS)]
        finally:
            supervisor.terminate()
            supervisor.wait(40)
    return Figure(
        "kill -9 of a supervised worker → ready again",
        f"median {statistics.median(away):.1f} s, worst {max(away):.1f} s",
        "≤ 3 s",
        f"{KILLS} kills, 10 lanes, small state",
    )


def _kill(supervisor: int, port: int) -> float:
    _until_ready(port)
    time.sleep(2.0)  # a worker that dies young is started again after a pause
    (worker,) = (int(pid) for pid in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split())
    began = time.monotonic()
    os.kill(worker, signal.SIGKILL)
    while Path(f"/proc/{worker}").exists():
        time.sleep(0.005)
    _until_ready(port)
    return time.monotonic() - began


def _until_ready(port: int) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"no worker was ready within {WAIT:.0f} s")
