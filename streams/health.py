"""`/metrics`, `/live` and `/ready`, on a small HTTP server of the worker's own.

Live: the event loop turns. Ready: partitions are assigned, their state is recovered, and the broker answers. A worker
that is alive but not ready is starting, rebalancing or cut off; one that is not alive should be restarted.
"""

import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Check = Callable[[], Awaitable[str | None]]
"""Says what is missing, or `None` when nothing is."""

PROBE_EVERY = 2.0
"""Seconds for which a worker that was ready counts as ready: probes must not become load."""
PROBE_AGAIN = 0.2
"""The same for one that was not: who waits for it wants to know."""


class Health:
    """The server of one worker."""

    def __init__(self, registry: CollectorRegistry, missing: Check) -> None:
        self._registry = registry
        self._missing = missing
        self._checked = -PROBE_EVERY
        self._last: str | None = "not checked yet"
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen; raises OSError if the port is taken."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/metrics", self._metrics),
                web.get("/live", self._live),
                web.get("/ready", self._ready),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port, reuse_address=True).start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _live(self, _: web.Request) -> web.Response:
        return web.Response(text="live\n")

    async def _ready(self, _: web.Request) -> web.Response:
        good_for = PROBE_EVERY if self._last is None else PROBE_AGAIN
        if time.monotonic() - self._checked >= good_for:
            self._last = await self._missing()
            self._checked = time.monotonic()
        if self._last is None:
            return web.Response(text="ready\n")
        return web.Response(status=503, text=f"not ready: {self._last}\n")
