"""Closed buckets of `counts`: what detectors are backtested on, without reading headlines again."""

from schemas.base import Versioned


class SeriesCount(Versioned):
    """A closed bucket of one series with at least one unique headline."""

    bucket: str
    place: str
    theme: str
    unique: int
    publishers: tuple[str, ...]
    """Hashes of the publisher families, sorted; the empty string stands for all that were unnamed."""


class VolumeCount(Versioned):
    """The accepted volume of a closed bucket, by subregion (M49), `001` for headlines without a place."""

    bucket: str
    volume: dict[str, int]
