"""The proxy does to a connection what it is told to."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from streams.broker.properties import HOST
from tests.chaos.ports import ports
from tests.chaos.proxy import Proxy


@pytest.fixture
def proxy() -> Iterator[tuple[Proxy, int]]:
    """A proxy before a server that sends everything back, and its port."""
    server = socket.create_server((HOST, 0))

    def echo(there: socket.socket) -> None:
        with there, contextlib.suppress(OSError):
            while piece := there.recv(1000):
                there.sendall(piece)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=echo, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    front = ports()
    made = Proxy(front, server.getsockname()[1])
    yield made, front
    made.close()
    server.close()


def connected(port: int) -> socket.socket:
    """A connection whose echo has come once."""
    client = socket.create_connection((HOST, port), timeout=5)
    client.sendall(b"first")
    assert client.recv(5) == b"first"
    return client


def test_is_slow_in_each_direction(proxy: tuple[Proxy, int]) -> None:
    made, port = proxy
    with connected(port) as client:
        made.delay = 0.2
        began = time.monotonic()
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        assert time.monotonic() - began >= 0.4


def test_resets_what_is_open(proxy: tuple[Proxy, int]) -> None:
    made, port = proxy
    with connected(port) as client:
        assert made.reset(None) == 2  # both sides of it
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_lets_nothing_through_and_then_new_connections(proxy: tuple[Proxy, int]) -> None:
    made, port = proxy
    with connected(port) as client:
        made.deafen()
        client.settimeout(0.3)
        client.sendall(b"x")
        with pytest.raises(TimeoutError):
            client.recv(1)
    made.hear()
    connected(port).close()
