"""The memory of a lane over counts: what is other where headlines are known by number alone."""

from collections.abc import Mapping

from agents.detect.evidence import Counted, Evidence, SeriesKey
from agents.detect.memory import Memory
from agents.detect.rate import Rate
from agents.detect.series import Series


class CountMemory(Memory):
    """An item may be several headlines of one series."""

    def untold(self, key: SeriesKey, first: int, last: int) -> list[Evidence] | None:
        """As on a live lane; of several headlines as many are told as the narrower alerts' series have."""
        found = super().untold(key, first, last)
        if found is None:
            return None
        left: list[Evidence] = []
        for item in found:
            if not isinstance(item, Counted) or not (told := self.told_of(key, item)):
                left.append(item)
            elif told < item.number:
                left.append(item._replace(number=item.number - told))
        return left

    def told_of(self, key: SeriesKey, item: Evidence) -> int:
        """How many of several headlines are evidence of an open alert that is narrower than `key`."""
        if item.named:
            return 0
        narrower = [name for name, one in self.open.items() if one.within(key)]
        return min(item.number, sum([self.window(name).counts.get(item.bucket, 0) for name in narrower]))

    def grow(self, item: Counted, key: SeriesKey, number: int) -> Counted:
        """Let an item of the series have so many of its headlines; its publishers come with them, one by one."""
        held = self.items[item.id]
        tellers = item.by[key] if number == item.number else item.by[key][:number]
        grown = item._replace(number=number, by={key: tellers}, order=held.order)
        self.items[item.id] = grown
        self.tally(key.name, item.bucket, number - held.number)
        return grown

    def around(self, bucket: int, counts: Mapping[SeriesKey, int]) -> None:
        """What wide series that are never told would have: to learn from, not to judge."""
        for key, number in counts.items():
            if key.name not in self.series:
                self.put_series(Series(key, Rate(bucket)))
            self.tally(key.name, bucket, number)
