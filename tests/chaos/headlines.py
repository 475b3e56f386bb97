"""What the load sends: the demo's wire without end, bursts that ring, repeats, withdrawals, and bad input.

A pure stream of bytes from a seeded random; the time of sending is passed in, because headlines are to be news.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator
from random import Random

from schemas.base import iso
from streams.demo.wire import wire

EPOCH = 1_760_000_000_000
"""The present of the wires that titles are taken from, ms: their dates are not used."""
WIRE_DAYS = 10
BURST_EVERY = 300
"""Headlines between two bursts."""
BAD = 0.02
AGAIN = 0.02
WITHDRAWN = 0.003
MAGIC = "Ninefold calm in Ruritania"
"""How a title begins over which the workers of `tests.chaos.stumbling` stumble."""
STUMBLED = f'{{"title": "{MAGIC}'.encode()
"""How the record begins."""

NATIONS = (
    ("Kenya", "Somalia"), ("Peru", "Ecuador"), ("Japan", "North Korea"), ("Poland", "Belarus"), ("India", "Pakistan"),
    ("Vietnam", "Cambodia"), ("Egypt", "Sudan"), ("Turkey", "Syria"), ("Chile", "Bolivia"), ("Finland", "Russia"),
    ("Thailand", "Myanmar"), ("Mali", "Niger"), ("Greece", "Albania"), ("Iran", "Iraq"), ("Colombia", "Venezuela"),
)  # fmt: skip
DEEDS = (
    "{one} deploys {n} troops to border with {two}",
    "{one} imposes sanctions on {n} {two} companies",
    "{n} killed as {one} shells villages in {two}",
    "{one} launches {n} missiles toward {two}",
)

ABSURD: tuple[bytes, ...] = tuple(
    json.dumps({"title": f"Calm in Kenya, says almanac {number}", "published_at": date}).encode()
    for number, date in enumerate(
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", -1, -(10**12), "yesterday, or so", 10**18, 1e300, True, [], "")
    )
)
"""Dates that no clock shows."""
BROKEN: tuple[bytes, ...] = (
    b"",
    b"Troops on the move",
    b'{"title": "cut of',
    b'["title"]',
    b'{"title": "\xff\xfe"}',
    b'{"source": "Meridian Wire"}',
    b'{"title": 5}',
    b'{"title": "\\u0000\\u200b "}',
    b'{"tocsin": "surprise"}',
    b'{"title": "Calm in Kenya", "url": {"a": 1}}',
    json.dumps({"title": "x" * 3000}).encode(),
)


def headlines(random: Random, now: Callable[[], int], bad: float = BAD, magic: float = 0.0) -> Iterator[bytes]:
    """Records to send, for ever; `bad` is how many are broken for each that is
    sound, and `magic` the share of those that are made to be stumbled over."""
    recent: deque[dict[str, str]] = deque(maxlen=500)
    burst: list[tuple[str, str]] = []
    for number, (title, source, url) in enumerate(_wires(random)):
        for _ in range(int(bad + random.random())):
            yield random.choice((*ABSURD, *BROKEN))
        if random.random() < magic:
            yield json.dumps({"title": f"{MAGIC} for day {number}"}).encode()
        if recent and random.random() < AGAIN:
            yield json.dumps(random.choice(recent)).encode()
        if recent and random.random() < WITHDRAWN:
            yield json.dumps({"withdraws": random.choice(recent)["url"]}).encode()
        if number % BURST_EVERY == 0:
            burst = list(_burst(random))
        items = [(title, source)]
        if burst and random.random() < 0.3:
            items.append(burst.pop())
        for index, (said, by) in enumerate(items):
            item = {
                "title": said,
                "source": by,
                "url": f"{url}?{number}-{index}",
                "published_at": iso(now() - random.randrange(60_000)),
            }
            recent.append(item)
            yield json.dumps(item).encode()


def _wires(random: Random) -> Iterator[tuple[str, str, str]]:
    while True:
        for item in wire(EPOCH, days=WIRE_DAYS, seed=random.randrange(10**9)):
            yield item.title, item.source, item.url


def _burst(random: Random) -> Iterator[tuple[str, str]]:
    """One event told in many ways: numbers differ, so no text repeats another."""
    one, two = random.choice(NATIONS)
    deed = random.choice(DEEDS)
    for number in random.sample(range(100, 9999), random.randrange(8, 30)):
        yield deed.format(one=one, two=two, n=number), f"Desk {random.randrange(8)}"
