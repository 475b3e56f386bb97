"""Alive and ready are two answers."""

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Gauge

from streams import health
from streams.broker.ports import free_port


async def test_live_ready_and_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_EVERY", 0.0)
    monkeypatch.setattr(health, "PROBE_AGAIN", 0.0)
    registry = CollectorRegistry()
    Gauge("tocsin_something", "For the test.", registry=registry).set(3)
    answers: list[str | None] = ["partitions are not assigned", None]

    async def missing() -> str | None:
        return answers.pop(0)

    port = free_port()
    server = health.Health(registry, missing)
    await server.start("127.0.0.1", port)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            async with session.get("/live") as live:
                assert live.status == 200
            async with session.get("/ready") as not_ready:
                assert not_ready.status == 503
                assert "partitions are not assigned" in await not_ready.text()
            async with session.get("/ready") as ready:
                assert ready.status == 200
            async with session.get("/metrics") as metrics:
                assert "tocsin_something 3.0" in await metrics.text()
    finally:
        await server.stop()


async def test_probes_are_not_load() -> None:
    asked = 0

    async def missing() -> str | None:
        nonlocal asked
        asked += 1
        return None

    port = free_port()
    server = health.Health(CollectorRegistry(), missing)
    await server.start("127.0.0.1", port)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for _ in range(10):
                async with session.get("/ready") as ready:
                    assert ready.status == 200
    finally:
        await server.stop()
    assert asked == 1
