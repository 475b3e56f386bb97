"""Ports that stay ours over a restart: outside the range from which the system takes ports for outgoing connections."""

from random import SystemRandom

from streams.broker.ports import available

LOW, HIGH = 15_000, 30_000


def ports(count: int = 1) -> int:
    """The first of `count` free ports in a row."""
    while True:
        first = SystemRandom().randrange(LOW, HIGH - count)
        if all(available(port) for port in range(first, first + count)):
            return first
