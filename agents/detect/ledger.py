"""Volume and exposure of one lane: what came in, by bucket and subregion, and what was learnt of it.

What is computed here is kept until what it was computed from changes, and always added up from the stored values in
the order of buckets: a restored lane computes the same bits.
"""

from collections.abc import Iterable
from operator import mul
from typing import NamedTuple

from agents.detect.buckets import HOURLY, LATE, LONG, SHORT, cells
from agents.detect.exposure import Subregion, Usual, ageing
from agents.detect.rules import DetectRules
from schemas.base import QUARTER


class Settled(NamedTuple):
    """Exposure of the horizons' buckets that have closed: minute rows no longer change it."""

    short: float
    long: float
    oldest: float
    """That of the bucket before the long one."""
    early: list[float]
    """Those of the short one, one by one, and of the bucket before it."""
    factors: list[float]
    """The season of the later buckets, that are still open."""


class Exposed(NamedTuple):
    """Exposure of both horizons, each a pair."""

    come: tuple[float, float]
    """By what has come in."""
    before: tuple[float, float]
    """What it is at least, known from when the bucket began."""
    least: tuple[float, float]
    """The larger of both: what it is, when all that came in is told."""


class Ledger:
    """Values in dictionaries; keys of changed state entries go to `changed`."""

    def __init__(self, subregions: frozenset[str], rules: DetectRules, changed: set[bytes]) -> None:
        self.rules = rules
        self.codes = sorted(subregions)
        self.usual = Usual()
        self.regions: dict[str, Subregion] = {}
        self.volume: dict[int, dict[str, int]] = {}
        self.late: dict[int, dict[str, list[int]]] = {}
        """How much of a bucket's volume arrived in the buckets after it, by subregion."""
        self.pending = 0
        """Headlines of the lane's subregions since the last minute row that tells of them, once under each of these, as
        in the volume; kept with the lane's entry."""
        self._changed = changed
        self._entries = {b"subregion/" + code.encode() for code in self.codes}
        # Computed from the above.
        self._totals: dict[int, int] = {}
        self._settled: dict[tuple[str, int], Settled] = {}
        self._bases: dict[str, tuple[int, list[float]]] = {}
        self._based_to = -1
        self._exposures: dict[tuple[str, int], Exposed] = {}
        self._befores: dict[tuple[str, int], tuple[float, float]] = {}
        self._ratios: dict[str, float] = {}
        self._means: dict[str, float] = {}

    def put_volume(self, bucket: int, volumes: dict[str, int], late: dict[str, list[int]]) -> None:
        """Take up what was written of a bucket."""
        self.volume[bucket] = volumes
        if late:
            self.late[bucket] = late
        self._totals[bucket] = sum(volumes.values())

    def add_volume(self, told: Iterable[tuple[int, str, int]], first: int, last: int, arrived: int) -> None:
        """What a minute row tells of arrivals in bucket `arrived`, by event bucket.

        What it says of other buckets than `first` to `last` goes to the nearest of these.
        """
        for start, code, count in told:
            bucket = min(max(start // QUARTER, first), last)
            volumes = self.volume.get(bucket)
            if volumes is None:
                volumes = self.volume[bucket] = {}
                self._totals[bucket] = 0
            volumes[code] = volumes.get(code, 0) + count
            if arrived > bucket:
                late = self.late.setdefault(bucket, {}).setdefault(code, [0] * LATE)
                late[min(arrived - bucket, LATE) - 1] += count
            self._totals[bucket] += count
            self._changed.add(b"volume/%d" % bucket)
            if bucket <= self._based_to:
                self._bases.clear()
                self._based_to = -1
                self._unsettle()
        self._exposures.clear()

    def drop_volume(self, bucket: int) -> None:
        """Let go of a bucket that left the horizons."""
        if self.volume.pop(bucket, None) is None:
            return
        self.late.pop(bucket, None)
        del self._totals[bucket]
        self._changed.add(b"volume/%d" % bucket)
        self._unsettle()
        for code, (first, bases) in self._bases.items():
            if first <= bucket:
                self._bases[code] = bucket + 1, bases[bucket + 1 - first :]

    def teach(self, bucket: int) -> int:
        """Learn from the volume of a bucket; how much it was."""
        total = self.total(bucket)
        self.usual.teach(bucket, total)
        self._changed.add(b"usual")
        self._means.clear()
        if not total:
            return 0
        volumes, rules = self.volume[bucket], self.rules
        since, left = 0, (1.0, 1.0)
        for code in self.codes:
            region = self.regions.get(code)
            if region is None:
                region = self.regions[code] = Subregion(bucket)
            if bucket - region.at != since:
                since = bucket - region.at
                left = ageing(since, rules)
            own = volumes.get(code, 0)
            region.teach(bucket, own, total - own, left, rules)
        self._changed |= self._entries
        self._ratios.clear()
        self._unsettle()
        return total

    def age(self, factor: float) -> None:
        """A day later, seasons and usual volume weigh less."""
        for code in self.codes:
            if code in self.regions:
                self.regions[code].age(factor)
                self._changed.add(b"subregion/" + code.encode())
        self.usual.age(factor)
        self._changed.add(b"usual")
        self._means.clear()
        self._ratios.clear()
        self._unsettle()

    def total(self, bucket: int) -> int:
        """All volume of a bucket."""
        return self._totals.get(bucket, 0)

    def region(self, code: str, bucket: int) -> Subregion:
        """What was learnt of a subregion, or nothing yet."""
        return self.regions.get(code) or Subregion(bucket)

    def exposures(self, code: str, last: int) -> tuple[float, float]:
        """Of the two horizons up to bucket `last`, as far as it has come; a full one counts, and some more, at least.

        So what is judged in the course of the bucket is as surprising as it will be at its end, unless volume grows
        within the bucket by more than `exposure_growth`.
        """
        found = self._exposures.get((code, last)) or self._expose(code, last)
        if not self.pending:
            return found.least
        extra = self._unreported(code)
        (short, long), (least, least_long) = found.come, found.before
        return max(short + extra, least), max(long + extra, least_long)

    def windows(self, last: int) -> dict[str, list[float]]:
        """Exposure of the day up to bucket `last` for all subregions, by windows of the short horizon."""
        first, share = last - LONG + 1, self.rules.own_share
        held = [(bucket, self._totals[bucket]) for bucket in range(first, last + 1) if bucket in self._totals]
        hours = cells(first, last)
        found = {}
        for code in self.codes:
            season = self.region(code, last).season(hours, self.rules)
            each = found[code] = [0.0] * (LONG // SHORT)
            for bucket, total in held:
                own = self.volume[bucket].get(code, 0)
                factor = season[bucket // HOURLY - first // HOURLY]
                each[(bucket - first) // SHORT] += (total - own + share * own) * factor
        return found

    def alive(self, last: int) -> bool:
        """Whether the 2 h up to bucket `last` brought a fair part of the volume that they usually bring."""
        first = last - SHORT + 1
        volume = sum([self.total(bucket) for bucket in range(first, last + 1)])
        return volume > 0 and volume >= self.rules.alive_share * self.usual.expected(first, last)

    def _expose(self, code: str, last: int) -> Exposed:
        settled = self._settled.get((code, last)) or self._settle(code, last)
        before = self._befores.get((code, last)) or self._before(code, last)
        recent = sum(map(mul, self._base(code, last - LATE, last + 1), settled.factors))
        come = settled.short + recent, settled.long + recent
        least = max(come[0], before[0]), max(come[1], before[1])
        found = self._exposures[code, last] = Exposed(come, before, least)
        return found

    def _before(self, code: str, last: int) -> tuple[float, float]:
        """The least exposure of the horizons up to bucket `last`, known from when it begins.

        That of the horizons up to the bucket before, by what had arrived until then, and `exposure_growth` more; and
        never less than a share of what is usual.
        """
        settled = self._settled.get((code, last)) or self._settle(code, last)
        early = list(map(mul, self._base(code, last - LATE, last, last), settled.factors))
        growth, floor = self.rules.exposure_growth, self.rules.exposure_floor * self._mean(code)
        recent = sum(early)
        short = (sum(settled.early) + recent) * growth
        long = (settled.long + settled.oldest + recent) * growth
        found = self._befores[code, last] = (max(short, SHORT * floor), max(long, LONG * floor))
        return found

    def _settle(self, code: str, last: int) -> Settled:
        first, upto = last - LONG, last - LATE
        hourly = self.region(code, last).season(cells(first, last), self.rules)
        factors = [1.0] * (HOURLY * len(hourly))
        for quarter in range(HOURLY):
            factors[quarter::HOURLY] = hourly
        factors = factors[first % HOURLY :]
        each = list(map(mul, self._based(code, first, upto), factors))
        early = each[LATE - SHORT :]
        settled = Settled(sum(early[1:]), sum(each[1:]), each[0], early, factors[upto - first :])
        self._settled[code, last] = settled
        return settled

    def _based(self, code: str, first: int, upto: int) -> list[float]:
        """Exposure of settled buckets before the season; from one close to the next only one is new."""
        begin, bases = self._bases.get(code, (first, []))
        bases = bases[first - begin :] if begin <= first <= begin + len(bases) <= upto else []
        bases += self._base(code, first + len(bases), upto)
        self._bases[code] = first, bases
        self._based_to = max(self._based_to, upto - 1)
        return bases

    def _base(self, code: str, first: int, upto: int, until: int | None = None) -> list[float]:
        """Exposure before the season; `until`: by what had arrived before this bucket."""
        totals, volume, share = self._totals, self.volume, self.rules.own_share
        if until is not None and any(bucket in self.late for bucket in range(first, upto)):
            return [self._arrived(code, bucket, until) for bucket in range(first, upto)]
        return [
            totals[bucket] - (own := volume[bucket].get(code, 0)) + share * own if bucket in totals else 0.0
            for bucket in range(first, upto)
        ]

    def _arrived(self, code: str, bucket: int, until: int) -> float:
        if bucket not in self._totals:
            return 0.0
        after = slice(until - bucket - 1, None)
        gone = {other: sum(counts[after]) for other, counts in self.late.get(bucket, {}).items()}
        own = self.volume[bucket].get(code, 0) - gone.get(code, 0)
        return self._totals[bucket] - sum(gone.values()) - own + self.rules.own_share * own

    def _unsettle(self) -> None:
        self._settled.clear()
        self._exposures.clear()
        self._befores.clear()

    def _mean(self, code: str) -> float:
        """Usual exposure of one bucket; one headline where nothing is known."""
        found = self._means.get(code)
        if found is None:
            own, outside = self.regions[code].sums() if code in self.regions else (0.0, 0.0)
            volume, buckets = outside + self.rules.own_share * own, self.usual.sums()[1]
            found = self._means[code] = volume / buckets if volume and buckets else 1.0
        return found

    def _unreported(self, code: str) -> float:
        """Exposure that no minute row has told yet: after an outage much comes at once.

        The lane's own headlines since then, by how much volume there usually is outside for each of them. The one that
        is judged is not among them: then this is, on average over all that are judged, what has come in outside.
        """
        ratio = self._ratios.get(code)
        if ratio is None:
            lane = sum(self.regions[other].sums()[0] for other in self.codes if other in self.regions)
            outside = self.regions[code].sums()[1] if code in self.regions else 0.0
            ratio = self._ratios[code] = outside / lane if lane else 0.0
        return self.pending * ratio
