"""How long it takes until somebody goes on, and what takes the time: a restart's parts, then the ways to stop.

Small state, every lane of one generation. Supervised: one worker, its static id kept, so without a rebalance; away from
the signal until its successor is ready. Unsupervised: two workers; from the signal to one until the other has every
lane open.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.end_to_end import create
from benchmarks.report import Row
from streams.broker.ports import free_port
from streams.broker.server import LocalKafka
from streams.settings import Settings

KILLS = 10
ROUNDS = 5
WAIT = 60.0
IMPORTS = "import streams.worker; from agents.rulebook import Rulebook; Rulebook.load()"


def measure(directory: Path) -> list[Row]:
    """The rows, on a Kafka of its own."""
    with LocalKafka(directory, port=0) as local:
        settings = Settings(kafka_bootstrap_servers=local.bootstrap, prefix="recovery", raw_topic="recovery.raw")
        create(settings)
        imports = [_imports() for _ in range(ROUNDS)]
        port = free_port()
        with _worker(settings, port, "--processes", "1") as supervisor:
            restarts = [_kill_supervised(supervisor.pid, port) for _ in range(KILLS)]
            lanes = _metric(port, "tocsin_lanes_open")
        opened = [took for _, took in restarts]
        killed = _shared(settings, lanes, signal.SIGKILL)
        told = _shared(settings, lanes, signal.SIGTERM)
    timeout = settings.session_timeout_ms / 1000
    return [
        Row("a worker's imports and rules", _said(imports), "part of every start; nothing of it depends on state"),
        Row(
            f"take-over of {lanes:.0f} lanes, small state (`tocsin_recovery_seconds`)",
            _said(opened),
            "part of every start and rebalance: fence, read state, seek; grows with what lanes remember (below)",
        ),
        Row(
            "`kill -9`, supervised → ready again",
            _said([away for away, _ in restarts]),
            f"imports, joining, take-over. Its static id keeps its partitions for the session timeout ({timeout:g} s), "
            "so nothing is rebalanced and nobody waits for it",
        ),
        Row(
            "`kill -9`, unsupervised → another has all lanes",
            _said(killed),
            f"the session timeout ({timeout:g} s), a heartbeat, a rebalance, take-over; no imports, as the other is up",
        ),
        Row(
            "SIGTERM → another has all lanes",
            _said(told),
            "the last transactions, leaving the group (static id or not), a rebalance, take-over; no timeout",
        ),
    ]


def _said(seconds: list[float]) -> str:
    return f"median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s of {len(seconds)}"


def _imports() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return time.monotonic() - began


def _kill_supervised(supervisor: int, port: int) -> tuple[float, float]:
    """Seconds until it is ready again, and how many of them the take-over lasted."""
    _until(lambda: _ready(port), "a worker is ready")
    time.sleep(2.0)  # a worker that dies young is started again after a pause
    (worker,) = (int(pid) for pid in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split())
    began = time.monotonic()
    os.kill(worker, signal.SIGKILL)
    _until(lambda: not Path(f"/proc/{worker}").exists(), "it is gone")
    _until(lambda: _ready(port), "its successor is ready")
    return time.monotonic() - began, _metric(port, "tocsin_recovery_seconds")


def _shared(settings: Settings, lanes: float, sent: signal.Signals) -> list[float]:
    """Seconds from a signal to one of two workers until the other has every lane, each round with a new one."""
    stays = free_port()
    away = []
    with _worker(settings, stays):
        for _ in range(ROUNDS):
            goes = free_port()
            with _worker(settings, goes) as worker:
                _until(lambda port=goes: _shares(port, stays, lanes), "two workers share the lanes")  # type: ignore[misc]
                time.sleep(2.0)  # the rebalance is over for both
                began = time.monotonic()
                worker.send_signal(sent)
                _until(lambda: _metric(stays, "tocsin_lanes_open") == lanes and _ready(stays), "the other has all")
                away.append(time.monotonic() - began)
    return away


def _shares(one: int, other: int, lanes: float) -> bool:
    mine, others = _metric(one, "tocsin_lanes_open"), _metric(other, "tocsin_lanes_open")
    return 0 < mine < lanes and mine + others == lanes and _ready(one) and _ready(other)


@contextmanager
def _worker(settings: Settings, port: int, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = os.environ | {
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "TOCSIN_PREFIX": settings.prefix,
        "TOCSIN_RAW_TOPIC": settings.raw_topic,
        "TOCSIN_HTTP_PORT": str(port),
        "TOCSIN_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "streams.cli", "worker", *arguments], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(40)


def _get(port: int, path: str) -> str | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=1) as answer:
            return str(answer.read().decode())
    except OSError:
        return None


def _ready(port: int) -> bool:
    return _get(port, "ready") is not None


def _metric(port: int, name: str) -> float:
    """A metric without labels; -1 when nobody answers."""
    found = re.search(rf"^{name} (\S+)$", _get(port, "metrics") or "", re.MULTILINE)
    return float(found[1]) if found else -1.0


def _until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if done():
            return
        time.sleep(0.01)
    raise TimeoutError(f"not within {WAIT:.0f} s: {what}")
