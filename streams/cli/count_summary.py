"""What a run over counts came to, in a few lines for standard error."""

import difflib
from collections.abc import Iterable, Iterator

from schemas.base import HOUR, iso
from streams.cli.counting import Counted

MANY = 4
"""Buckets from which on it is no chance that none starts within an hour."""


def days(counted: Counted) -> float:
    """Days that the rows span."""
    run = counted.run
    return 0.0 if run.first is None or run.last is None else (run.last - run.first + run.width) / (24 * HOUR)


def summary(counted: Counted) -> Iterator[tuple[str, str]]:
    """What a run came to, as name and words."""
    run = counted.run
    rate = counted.rows / counted.seconds if counted.seconds else 0.0
    yield "read", f"{counted.rows:,} rows in {counted.seconds:.1f} s ({rate:,.0f}/s)"
    if run.first is not None and run.last is not None:
        yield "buckets", f"{iso(run.first)} to {iso(run.last + run.width)}, {days(counted):.1f} days"
    yield "series", f"{run.series():,}"
    openings = sum(alert.revision == 1 for alert in counted.alerts)
    yield "alerts", f"{openings:,} in {len(counted.alerts):,} revisions"
    if learning := run.learning():
        lanes = ", ".join(f"lane {lane} {seen}" for lane, seen in learning.items())
        yield "learning", f"{lanes}: no alert can open there yet"
    if unknown := sorted(run.unknown_themes):
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        told = ", ".join(f"{theme}{_meant(theme, run.themes)}" for theme in unknown[:5])
        yield "themes", f"unknown to the rules, so series of their own and no part of any: {told}{more}"
    if (doubt := hint(counted)) is not None:
        yield "hint", doubt


def hint(counted: Counted) -> str | None:
    """That counts by the hour were read as quarters, where it looks like that: they then count in the wrong buckets."""
    if counted.run.width >= HOUR or counted.buckets < MANY or counted.on_the_hour < counted.buckets:
        return None
    return f"all {counted.buckets:,} buckets start at a full hour: if they are hours, give --bucket 1h"


def _meant(theme: str, themes: Iterable[str]) -> str:
    """The theme that is spelt most alike, if one is nearly the same."""
    alike = difflib.get_close_matches(theme, themes, n=1, cutoff=0.8)
    return f" (is {alike[0]} meant?)" if alike else ""
