"""Closed buckets of `counts`: what detectors are backtested on, without reading headlines again.

A file for `tocsin detect` may hold the same with the required fields alone. What is optional tells more of what the
live detector knew when it judged: which headlines series have in common, in which order they came, how late.
"""

from pydantic import Field

from schemas.base import Versioned


class SeriesCount(Versioned):
    """A closed bucket of one series with at least one unique headline."""

    bucket: str
    place: str
    theme: str
    unique: int
    publishers: tuple[str, ...]
    """Hashes of the publisher families, sorted; the empty string stands for all that were unnamed."""
    headlines: tuple[tuple[str, int, int], ...] = ()
    """Of each headline the beginning of its id, its arrival in ms after the start of the bucket, and which of
    `publishers` told it; in order of arrival. Beyond what a series may keep headlines are known by number alone."""


class VolumeCount(Versioned):
    """The accepted volume of a closed bucket, by subregion (M49), `001` for headlines without a place."""

    bucket: str
    volume: dict[str, int]
    late: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    """How much of it arrived one, two, three and four buckets later, by subregion, where any did."""
    lane: int | None = None
    """Each lane tells the whole volume, for its own series."""
    first_of_day: bool = False
    """Whether the lane saw its first headline of a day arrive in this bucket: then it is told without volume, too."""
