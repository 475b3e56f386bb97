"""A raw log with a story in it: what producers sent, when the broker stamped it, where it went.

A log is made of scenes, one after the other. Ticks are a part of it, and a log may be ticked in other ways: no
headline's arrival moves, but offsets do (see `tests.determinism.compare`).
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agents.stage import Inbound
from schemas.base import DAY, HOUR, MINUTE, QUARTER, SECOND, iso
from tests.determinism.broker import Partition
from tests.determinism.vocabulary import CALM, EDITS, PAIRS, PAPERS, PLACES, THEMES, TOWNS

RAW = "headlines.raw"
IMPORT = "headlines.import"
TICK = b'{"tocsin":"tick"}'
END = b'{"tocsin":"tick","end":true}'
START = 1_772_323_200_000 + 5 * HOUR
"""Where the live partitions' generation starts, a whole minute."""


class Scene(NamedTuple):
    """A stretch of news."""

    what: str
    """`burst`, `pair`, `calm`, `repeat`, `withdraw`, `hoax` (a burst that is withdrawn), `stale`, `bad`, `late`,
    `back` (the broker's clock jumps)."""
    gap: int
    """Between the scene before and this one, ms."""
    many: int
    span: int
    """Over so many ms; 0: all at once."""
    place: int
    theme: int
    seed: int


class Record(NamedTuple):
    """One record on its way into the log."""

    at: int
    value: bytes


@dataclass(frozen=True)
class RawLog:
    """All raw partitions of a generation."""

    records: Mapping[Partition, Sequence[Inbound]]
    cut: int | None = None

    @property
    def inputs(self) -> dict[Partition, int | None]:
        """What each promises from the beginning."""
        return {part: None if part[0] == IMPORT else START for part in self.records}

    @property
    def size(self) -> int:
        return sum(map(len, self.records.values()))


@dataclass
class Teller:
    """Turns scenes into records."""

    now: int
    records: list[Record] = field(default_factory=list)
    sent: list[dict[str, object]] = field(default_factory=list)

    def tell(self, scene: Scene) -> None:
        draw = random.Random(scene.seed)
        self.now += scene.gap
        begin = self.now
        for n in range(scene.many):
            at = begin + scene.span * n // max(scene.many, 1)
            for value in self._values(scene, at, draw):
                stamp = at - draw.randrange(2 * MINUTE) if scene.what == "back" else at
                self.records.append(Record(stamp, value))
        self.now = begin + scene.span
        if scene.what == "hoax":
            taken = [item["url"] for item in self.sent[-scene.many :] if "url" in item]
            self.records += [Record(self.now + n, _json({"withdraws": url})) for n, url in enumerate(taken)]
            self.now += len(taken)

    def _values(self, scene: Scene, at: int, draw: random.Random) -> list[bytes]:
        match scene.what:
            case "repeat":
                return [self._repeat(draw)] if self.sent else []
            case "withdraw":
                taken = [item for item in self.sent[-25:] if item.get("url")]
                return [_json({"withdraws": draw.choice(taken)["url"]})] if taken else []
            case "bad":
                return [draw.choice((b"rubbish", b"", b"\xff", b'{"title": 7}', b'{"tocsin":"x"}', b"[]"))]
        place = PLACES[scene.place % len(PLACES)]
        other = PLACES[(scene.place + 1 + draw.randrange(len(PLACES) - 1)) % len(PLACES)]
        theme = list(THEMES)[scene.theme % len(THEMES)]
        if scene.what == "calm":
            place, texts = draw.choice(PLACES), CALM
        else:
            texts = PAIRS if scene.what == "pair" else THEMES[theme]
        title = draw.choice(texts).format(
            place=place, other=other, number=draw.randrange(2, 9000), town=draw.choice(TOWNS)
        )
        item: dict[str, object] = {"title": title, "source": draw.choice(PAPERS)}
        if scene.what == "hoax" or draw.random() < 0.9:
            # Who owns a paper is told by its address, too.
            item["url"] = f"https://{str(item['source']).split()[0].lower()}.example/{len(self.sent)}"
        published = {"stale": 2 * DAY, "late": draw.randrange(2 * HOUR)}.get(scene.what, 0)
        if published or draw.random() < 0.5:
            item["published_at"] = iso(at - published)
        self.sent.append(item)
        return [_json(item)]

    def _repeat(self, draw: random.Random) -> bytes:
        item = dict(draw.choice(self.sent[-40:]))
        how = draw.randrange(4)
        if how == 1:
            item["source"] = draw.choice(PAPERS)
        elif how == 2:
            item["url"] = "https://other.example/again"
        elif how == 3:
            item["title"] = draw.choice(EDITS).format(title=item["title"])
        self.sent.append(item)
        return _json(item)


def _json(item: Mapping[str, object]) -> bytes:
    return json.dumps(item).encode()


@dataclass(frozen=True)
class Story:
    """A whole history, before it is ticked."""

    scenes: tuple[Scene, ...]
    history: tuple[Scene, ...] = ()
    """What is imported; empty for no import."""
    overlap: int = 0
    """How far the import goes on beside live partitions, ms."""
    partitions: int = 2
    imports: int = 1
    skew: int = 0
    """The share of partition 0 in ten parts; 0: all alike."""
    grain: int = 1
    """Arrivals are a multiple of so many ms: a coarse one gives many that are equal."""
    seed: int = 0

    def untold(self) -> dict[Partition, list[Record]]:
        """Live and imported partitions without ticks; imports with their ends."""
        draw = random.Random(self.seed)
        live = Teller(START)
        for scene in self.scenes:
            live.tell(scene)
        found: dict[Partition, list[Record]] = {(RAW, p): [] for p in range(self.partitions)}
        for record in live.records:
            lone = self.skew and draw.randrange(10) < self.skew
            part = 0 if lone else draw.randrange(self.partitions)
            found[RAW, part].append(record._replace(at=record.at // self.grain * self.grain))
        if self.history:
            found |= self._imported()
        return found

    def _imported(self) -> dict[Partition, list[Record]]:
        span = sum(scene.gap + scene.span for scene in self.history)
        past = Teller(START + self.overlap - span)
        for scene in self.history:
            past.tell(scene)
        parts: dict[Partition, list[Record]] = {(IMPORT, p): [] for p in range(self.imports)}
        latest = 0
        for n, record in enumerate(past.records):
            latest = max(latest, record.at)
            parts[IMPORT, n % self.imports].append(Record(latest, record.value))
        end = (max(latest, past.now) // MINUTE + 1) * MINUTE
        for records in parts.values():
            records.append(Record(end, END))
        return parts

    @property
    def end(self) -> int:
        """When the live partitions are ticked for the last time: after all, and a quarter's close more."""
        latest = max((r.at for part, records in self.untold().items() for r in records), default=START)
        return (max(latest, START) // QUARTER + 6) * QUARTER + SECOND

    def ticked(self, seed: int, share: float) -> RawLog:
        """The log with ticks in `share` of the places where one may stand; no headline's arrival moves."""
        draw = random.Random(seed)
        parts: dict[Partition, list[Inbound]] = {}
        for part, records in self.untold().items():
            told: list[Record] = []
            clock = START
            for record in records:
                while part[0] == RAW and draw.random() < share:
                    # Up to the arrival of what follows, which may be equal; and perhaps behind its own partition.
                    clock = draw.randint(clock, max(clock, record.at))
                    told.append(Record(clock - draw.choice((0, 0, SECOND)), TICK))
                clock = max(clock, record.at)
                told.append(record)
            if part[0] == RAW:
                told.append(Record(self.end, TICK))
            parts[part] = [Inbound(n, record.at, record.value) for n, record in enumerate(told)]
        return RawLog(parts, START if self.history else None)
