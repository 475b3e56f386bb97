"""A file of headlines under two sets of rules: what is read otherwise, and how much of it by place and theme."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from rich.text import Text

from agents.classify.difference import Change, change
from agents.classify.intake import Intake
from agents.classify.language import NOT_ENGLISH
from agents.classify.meant import Item, Refusal
from agents.classify.reader import Reader, Reading
from agents.classify.step import day_of
from streams.cli import output
from streams.cli.unread import Unread
from streams.sources import read
from streams.visible import json_line, visible

_KEPT = 20_000
_STEP = 200
"""Records between two moves of the bar."""


class Changed(NamedTuple):
    """A headline that is read otherwise."""

    line: int
    """Of the file, from 1."""
    title: str
    change: Change


@dataclass
class Found:
    """What a file came to."""

    headlines: int = 0
    unread: int = 0
    """Lines that hold no headline and are no record of another kind."""
    changes: list[Changed] = field(default_factory=list)
    places_added: Counter[str] = field(default_factory=Counter)
    places_removed: Counter[str] = field(default_factory=Counter)
    themes_gained: Counter[str] = field(default_factory=Counter)
    """Headlines in which the theme counts now and did not."""
    themes_lost: Counter[str] = field(default_factory=Counter)
    themes_other: Counter[str] = field(default_factory=Counter)
    """In which it counts in neither, for another reason or in one only."""
    families: int = 0

    def take(self, changed: Changed) -> None:
        """Add a change to the sums."""
        found = changed.change
        self.changes.append(changed)
        self.places_added.update(found.places_added)
        self.places_removed.update(found.places_removed)
        for theme, old, new in found.themes:
            sums = (
                self.themes_gained if new == "counted" else self.themes_lost if old == "counted" else self.themes_other
            )
            sums[theme] += 1
        self.families += found.family is not None


class _Side:
    """One set of rules. Feeds repeat themselves, so readings of late are kept."""

    def __init__(self, reader: Reader, now: int) -> None:
        self._intake = Intake(reader.families)
        self._read = lru_cache(_KEPT)(reader.read)
        self._read_places = lru_cache(_KEPT)(reader.read_places)
        self._now = now

    def read(self, value: bytes) -> tuple[Item, Reading] | Refusal | None:
        item = self._intake.read(value)
        if not isinstance(item, Item):
            return item if isinstance(item, Refusal) else None
        dated = item.moment is not None and item.moment.kind in ("time", "day")
        at = day_of(item.moment.at if item.moment is not None and dated else self._now)
        return item, (self._read_places if NOT_ENGLISH in item.flags else self._read)(item.title, at)


class Differ:
    """Reads every record twice."""

    def __init__(self, old: Reader, new: Reader, now: int) -> None:
        self._old, self._new = _Side(old, now), _Side(new, now)

    def over(self, file: str) -> Found:
        """What differs in a file. What is no headline is told, and passed over: rules do not decide about that.

        Raises InputError where no line holds one.
        """
        found = Found()
        unread = Unread(file)
        with read(file) as rows, output.progress(len(rows)) as advance:
            for index, value in enumerate(rows):
                old, new = self._old.read(value), self._new.read(value)
                if isinstance(new, Refusal):
                    unread.take(rows.numbers[index], new, value)
                elif old is not None and new is not None and not isinstance(old, Refusal):
                    found.headlines += 1
                    differs = change(old[1], new[1], (old[0].family, new[0].family))
                    if differs:
                        found.take(Changed(rows.numbers[index], new[0].title, differs))
                if index % _STEP == _STEP - 1:
                    advance(_STEP)
        found.unread = unread.count
        unread.close(found.headlines)
        unread.need(found.headlines)
        return found


def as_lines(found: Found) -> Iterator[bytes]:
    """JSON Lines: the changes in order of the file, then the sums."""
    for changed in found.changes:
        differs = changed.change
        yield (
            json_line(
                {
                    "kind": "change",
                    "line": changed.line,
                    "title": changed.title,
                    "places": {"added": differs.places_added, "removed": differs.places_removed},
                    "themes": [{"theme": theme, "old": old, "new": new} for theme, old, new in differs.themes],
                    "organisations": {"added": differs.organisations_added, "removed": differs.organisations_removed},
                    "family": None if differs.family is None else {"old": differs.family[0], "new": differs.family[1]},
                }
            )
            + b"\n"
        )
    yield (
        json_line(
            {
                "kind": "summary",
                "headlines": found.headlines,
                "unread": found.unread,
                "changed": len(found.changes),
                "places": _sums(added=found.places_added, removed=found.places_removed),
                "themes": _sums(gained=found.themes_gained, lost=found.themes_lost, other=found.themes_other),
                "families": found.families,
            }
        )
        + b"\n"
    )


def show(found: Found, limit: int | None) -> None:
    """For people: the changes, then the sums."""
    shown = found.changes if limit is None else found.changes[:limit]
    if shown:
        rows = [
            (str(changed.line), visible(changed.title), Text("\n".join(_told(changed.change)))) for changed in shown
        ]
        output.table(("Line", "Headline", "What changes"), rows)
    if len(shown) < len(found.changes):
        output.console().print(f"... and {len(found.changes) - len(shown):,} more; --all shows them")
    places = _sums(added=found.places_added, removed=found.places_removed)
    themes = _sums(gained=found.themes_gained, lost=found.themes_lost, other=found.themes_other)
    for name, sums in (("Place", places), ("Theme", themes)):
        if sums:
            columns = tuple(next(iter(sums.values())))
            output.table(
                (name, *columns), [(key, *(f"{row[column]:,}" for column in columns)) for key, row in sums.items()]
            )
    if found.families:
        output.console().print(f"{found.families:,} headlines of another publisher's family")
    output.console().print(f"{len(found.changes):,} of {found.headlines:,} headlines are read otherwise")


def _told(differs: Change) -> Iterator[str]:
    yield from (f"+ {code}" for code in differs.places_added)
    yield from (f"- {code}" for code in differs.places_removed)
    yield from (f"{theme}: {old} > {new}" for theme, old, new in differs.themes)
    yield from (f"+ {visible(name)}" for name in differs.organisations_added)
    yield from (f"- {visible(name)}" for name in differs.organisations_removed)
    if differs.family is not None:
        yield visible(f"publisher: {differs.family[0]} > {differs.family[1]}")


def _sums(**counts: Counter[str]) -> dict[str, dict[str, int]]:
    """Name -> how many of each kind, the most changed first."""
    names = {name for counter in counts.values() for name in counter}
    rows = {name: {kind: counter[name] for kind, counter in counts.items()} for name in names}
    return dict(sorted(rows.items(), key=lambda item: (-sum(item[1].values()), item[0])))
