"""What one generation takes over from another when it begins to publish.

`adoption` in a handover's last control record: decided once, by the command that hands over, and in the log from then
on, so that what was published can be worked out again from the log alone.
"""

from schemas.alert import Alert
from schemas.base import Record


class Renamed(Record):
    """An alert that subscribers know by another id than the generation that publishes it now."""

    id: str
    """As the generation calls it."""
    published: str
    """As it is published."""


class Numbered(Record):
    """How far an id's revisions have been published: the next one is one more, whatever the generation's own number."""

    id: str
    """As published."""
    revision: int


class Adoption(Record):
    """What a generation publishes first, and under which ids and numbers it goes on."""

    alerts: tuple[Alert, ...] = ()
    """Revisions that bring subscribers from the former state to this generation's."""
    renamed: tuple[Renamed, ...] = ()
    numbered: tuple[Numbered, ...] = ()
    """Of the published ids that may come again, once `alerts` are told."""
