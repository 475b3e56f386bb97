"""Volume and exposure of one lane: what came in, by bucket and subregion, and what was learnt of it."""

from typing import NamedTuple

from agents.detect.buckets import CELL, LATE, LONG, SHORT, WEEK
from agents.detect.exposure import Season, Subregion, Usual
from agents.detect.rules import DetectRules


class Settled(NamedTuple):
    """Exposure of the horizons' buckets that have closed: minute rows no longer change it."""

    short: float
    long: float


class Ledger:
    """Immutable values in dictionaries; keys of changed state entries go to `changed`."""

    def __init__(self, subregions: frozenset[str], rules: DetectRules, changed: set[bytes]) -> None:
        self.rules = rules
        self.codes = sorted(subregions)
        self.usual = Usual()
        self.regions: dict[str, Subregion] = {}
        self.volume: dict[int, dict[str, int]] = {}
        self.pending = 0
        """Headlines of the lane since the last minute row; kept with the lane's entry."""
        self._changed = changed
        # Computed from the above, always in the same order.
        self._seasons: dict[str, Season] = {}
        self._settled: dict[tuple[str, int], Settled] = {}
        self._settled_to = -1
        self._exposures: dict[tuple[str, int], tuple[float, float]] = {}
        self._ratios: dict[str, float] = {}
        self._means: dict[str, float] = {}

    def put_usual(self, usual: Usual) -> None:
        self.usual = usual
        self._means.clear()
        self._changed.add(b"usual")

    def put_region(self, code: str, region: Subregion) -> None:
        self.regions[code] = region
        self._changed.add(b"subregion/" + code.encode())
        self._seasons.pop(code, None)
        self._ratios.clear()
        self._means.clear()
        self._unsettle()

    def add_volume(self, bucket: int, code: str, count: int) -> None:
        volumes = self.volume.setdefault(bucket, {})
        volumes[code] = volumes.get(code, 0) + count
        self._changed.add(b"volume/%d" % bucket)
        self._exposures.clear()
        if bucket <= self._settled_to:
            self._unsettle()

    def drop_volume(self, bucket: int) -> None:
        if self.volume.pop(bucket, None) is not None:
            self._changed.add(b"volume/%d" % bucket)
            self._unsettle()

    def total(self, bucket: int) -> int:
        """All volume of a bucket."""
        volumes = self.volume.get(bucket)
        return sum(volumes.values()) if volumes else 0

    def region(self, code: str, bucket: int) -> Subregion:
        """What was learnt of a subregion, or nothing yet."""
        return self.regions.get(code) or Subregion(bucket)

    def exposure(self, code: str, bucket: int) -> float:
        """Of one bucket for the series of one subregion."""
        volumes = self.volume.get(bucket)
        if volumes is None:
            return 0.0
        season = self._seasons.get(code)
        if season is None:
            season = self._seasons[code] = Season(self.region(code, bucket), self.rules)
        own = volumes.get(code, 0)
        return (sum(volumes.values()) - own + self.rules.own_share * own) * season.factor(CELL[bucket % WEEK])

    def exposures(self, code: str, last: int) -> tuple[float, float]:
        """Of the two horizons up to bucket `last`, and what no minute row has told yet."""
        found = self._exposures.get((code, last))
        if found is None:
            settled = self._settled.get((code, last)) or self._settle(code, last)
            recent = sum([self.exposure(code, bucket) for bucket in range(last - LATE, last + 1)])
            found = self._exposures[code, last] = (settled.short + recent, settled.long + recent)
        extra = self._unreported(code)
        floor = self.rules.exposure_floor * self._mean(code)
        return max(found[0] + extra, SHORT * floor), max(found[1] + extra, LONG * floor)

    def alive(self, last: int) -> bool:
        """Whether the 2 h up to bucket `last` brought a fair part of the volume that they usually bring."""
        first = last - SHORT + 1
        volume = sum(self.total(bucket) for bucket in range(first, last + 1))
        return volume > 0 and volume >= self.rules.alive_share * self.usual.expected(first, last)

    def _settle(self, code: str, last: int) -> Settled:
        upto = last - LATE
        each = [self.exposure(code, bucket) for bucket in range(last - LONG + 1, upto)]
        settled = self._settled[code, last] = Settled(sum(each[LATE - SHORT + 1 :]), sum(each))
        self._settled_to = max(self._settled_to, upto - 1)
        return settled

    def _unsettle(self) -> None:
        self._settled.clear()
        self._exposures.clear()
        self._settled_to = -1

    def _mean(self, code: str) -> float:
        """Usual exposure of one bucket; one headline where nothing is known."""
        found = self._means.get(code)
        if found is None:
            region, buckets = self.regions.get(code), sum(self.usual.buckets)
            volume = sum(region.outside) + self.rules.own_share * sum(region.own) if region else 0.0
            found = self._means[code] = volume / buckets if volume and buckets else 1.0
        return found

    def _unreported(self, code: str) -> float:
        """Exposure that no minute row has told yet, from the lane's own rows: after an outage much comes at once."""
        if not self.pending:
            return 0.0
        ratio = self._ratios.get(code)
        if ratio is None:
            lane = sum(sum(self.regions[other].own) for other in self.codes if other in self.regions)
            outside = sum(self.regions[code].outside) if code in self.regions else 0.0
            ratio = self._ratios[code] = outside / lane if lane else 0.0
        return self.pending * ratio
