"""How two sets of rules read one headline differently. Pure: two readings in, what changed out."""

from collections.abc import Iterable
from typing import NamedTuple

from agents.classify.reader import Reading


class ThemeChange(NamedTuple):
    """A theme that is read otherwise: `counted`, `absent`, or why it does not count."""

    theme: str
    old: str
    new: str


class Change(NamedTuple):
    """What differs; empty where nothing does."""

    places_added: tuple[str, ...]
    places_removed: tuple[str, ...]
    themes: tuple[ThemeChange, ...]
    organisations_added: tuple[str, ...]
    organisations_removed: tuple[str, ...]
    family: tuple[str | None, str | None] | None
    """The publisher's family before and after; `None` where it is the same."""

    def __bool__(self) -> bool:
        return any(self)


def change(old: Reading, new: Reading, families: tuple[str | None, str | None]) -> Change:
    """What `new` says otherwise than `old`; the order of places is no difference."""
    before, after = _themes(old), _themes(new)
    codes = {place.code for place in old.places}, {place.code for place in new.places}
    bodies = set(old.organisations), set(new.organisations)
    return Change(
        _sorted(codes[1] - codes[0]),
        _sorted(codes[0] - codes[1]),
        tuple(
            ThemeChange(theme, before.get(theme, "absent"), after.get(theme, "absent"))
            for theme in sorted(before.keys() | after.keys())
            if before.get(theme) != after.get(theme)
        ),
        _sorted(bodies[1] - bodies[0]),
        _sorted(bodies[0] - bodies[1]),
        families if families[0] != families[1] else None,
    )


def _themes(reading: Reading) -> dict[str, str]:
    return {theme.theme: theme.reason or "counted" for theme in reading.themes}


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values))
