"""A TCP proxy between clients and the broker, which can be made slow, deaf, or rude.

Runs in a thread with an event loop of its own. Changes hold for connections that are open, too.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from random import Random
from typing import Any

from streams.broker.properties import HOST

READ = 64 * 1024
ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER of 0 s: the connection ends with a reset, not with a farewell."""


class Proxy:
    """Listens on `port` and passes everything to `target`."""

    def __init__(self, port: int, target: int) -> None:
        self.delay = 0.0
        """Seconds that every piece is held back, in each direction; order is kept."""
        self._port = port
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._deaf = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._call(self._open())

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._call(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def deafen(self) -> None:
        """From now on nothing passes and nothing is answered, as behind a broken switch: no reset, no refusal."""
        self._deaf = True

    def hear(self) -> None:
        """Let new connections pass again; those that were deaf are reset."""
        self._deaf = False
        self.reset(None)

    def reset(self, random: Random | None) -> int:
        """Reset one connection at random, or all of them; returns how many."""
        return self._call(self._reset(random))

    def _call(self, work: "Coroutine[Any, Any, int | None]") -> int:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10) or 0

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._connected, HOST, self._port)

    async def _shut(self) -> None:
        self._server.close()
        await self._reset(None)

    async def _reset(self, random: Random | None) -> int:
        writers = sorted(self._writers, key=id)
        chosen = writers if random is None else random.sample(writers, min(1, len(writers)))
        for writer in chosen:
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            writer.transport.abort()
        return len(chosen)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(HOST, self._target)
        except OSError:
            writer.transport.abort()  # the broker is down: a client is refused, as it would be by the broker
            return
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            for end in (writer, back):
                self._writers.discard(end)
                end.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Pieces go into a queue with the time at which they may leave, so that a delay does not cost rate."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(1000)

        async def fetch() -> None:
            while piece := await source.read(READ):
                await queue.put((loop.time() + self.delay, piece))
            await queue.put((loop.time() + self.delay, b""))

        async def leave() -> None:
            while True:
                at, piece = await queue.get()
                if (early := at - loop.time()) > 0:
                    await asyncio.sleep(early)
                while self._deaf:
                    await asyncio.sleep(0.05)
                if not piece:
                    return
                sink.write(piece)
                await sink.drain()

        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(fetch())
                both.create_task(leave())
        except* OSError:
            pass
        finally:
            sink.transport.abort()
