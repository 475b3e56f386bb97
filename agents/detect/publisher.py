"""Which revisions of a lane are published, under which name: what is left to decide when generations take turns.

    raw       ──────── switch ── switch ──────┊──── adoption ──────
    former    publishes . . . . . . . . . . . ┊ is silent
    new       is silent . . . . . . . . . . . ┊ holds ─┤ publishes: what is adopted, what was held, all that follows
                                              T

Control records in every raw partition name the new generation; T is the arrival they name, or later: one past the
latest of them. Rows reach a lane in the order of the log, so the former generation publishes what is judged before T
and the new one what is judged at T or later, each to the last row, whenever each of them gets there. What the new one
judges between T and the adoption it holds: only then is it known what was open before. The adoption (a later control
record) says what subscribers are told first, and which of the new generation's alerts are known to them already, under
which id and revision.

Under a crash: all of it is state, written with the outputs of the same chunk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from schemas.alert import Alert
from schemas.base import Record
from schemas.handover import Numbered, Renamed
from schemas.row import HandoverRow

KEY = b"publish"
HELD = b"publish/"
"""Key of a revision that is held: with its number, eight digits."""

Mode = Literal["silent", "publishes", "holds"]
MODES: tuple[Mode, ...] = get_args(Mode)
"""A mode's place is its value in the metric `tocsin_publishing`."""
HANDED_OVER = len(MODES)
"""The metric's value for a lane that is silent because another generation took over."""
OVER = ("resolved", "retracted")
KNOWN = 20
"""So many past handovers are remembered."""


class Switch(Record):
    """A handover that is not complete yet."""

    handover: str
    former: str
    to: str
    since: int
    """T as far as it is known: the arrival that is named, or one past the latest control record so far."""
    told: tuple[int, ...]
    """Raw partitions whose control record has come."""


class PublisherState(Record):
    """What a lane keeps."""

    mode: Mode
    switch: Switch | None = None
    handover: str = ""
    """The last that took effect here."""
    former: str = ""
    """The generation that published before it."""
    past: tuple[str, ...] = ()
    """Handovers before it: a record of theirs that comes late is none of a new one."""
    since: int = 0
    """Its T, ms."""
    held: int = 0
    """Revisions that are held."""
    renamed: tuple[Renamed, ...] = ()
    numbered: tuple[Numbered, ...] = ()


@dataclass(frozen=True)
class Published:
    """What a row came to: revisions for subscribers, in order, and changed entries of the state."""

    alerts: list[Alert] = field(default_factory=list)
    state: dict[bytes, bytes | None] = field(default_factory=dict)


class Publisher:
    """One lane's share of a generation's publishing."""

    def __init__(self, generation: str, partitions: int, subregions: frozenset[str], publishes: bool) -> None:
        """`generation` is its name in control records; `partitions` are those of raw; `publishes`: from its start."""
        self._generation = generation
        self._partitions = partitions
        self._subregions = subregions
        self._begin = PublisherState(mode="publishes" if publishes else "silent")
        self.state = self._begin
        self._held: list[Alert] = []

    def restore(self, entries: Mapping[bytes, bytes]) -> None:
        """Go on where these entries were written; other keys are not ours."""
        stored = entries.get(KEY)
        self.state = self._begin if stored is None else PublisherState.decode(stored)
        held = sorted((key, value) for key, value in entries.items() if key.startswith(HELD))
        self._held = [Alert.decode(value) for _, value in held]

    def take(self, time: int, alerts: Iterable[Alert] = (), control: HandoverRow | None = None) -> Published:
        """Decide about what a row at `time` (log time, ms) came to, and about the row itself if it is a control record.

        Called for every row, in released order.
        """
        before = self.state
        out = Published()
        self._reach(time, out)
        if control is not None:
            self._control(control, out)
        for alert in alerts:
            self._publish(alert, out)
        if self.state is not before:
            out.state[KEY] = self.state.encode()
        return out

    @property
    def gauge(self) -> int:
        """How the lane stands, for the metric."""
        handed_over = self.state.mode == "silent" and self.state.handover != ""
        return HANDED_OVER if handed_over else MODES.index(self.state.mode)

    def _reach(self, time: int, out: Published) -> None:
        switch = self.state.switch
        if switch is None or len(switch.told) < self._partitions or time < switch.since:
            return
        goes_on = switch.to == self._generation and self.state.mode == "publishes"
        mode: Mode = "publishes" if goes_on else "holds" if switch.to == self._generation else "silent"
        if not goes_on:
            self._let_go(out)  # before this T it is part of what is adopted, here or elsewhere
        self.state = self.state.model_copy(
            update={
                "mode": mode,
                "switch": None,
                "handover": switch.handover,
                "former": switch.former,
                "past": (*self.state.past, self.state.handover)[-KNOWN:],
                "since": switch.since,
                "renamed": self.state.renamed if goes_on else (),
                "numbered": self.state.numbered if goes_on else (),
            }
        )

    def _control(self, row: HandoverRow, out: Published) -> None:
        if row.adoption is not None:
            if self.state.mode == "holds" and row.handover == self.state.handover:
                self._adopt(row, out)
            return
        if row.handover == self.state.handover or row.handover in self.state.past:
            return  # told again after it took effect
        switch = self.state.switch
        if switch is None or switch.handover != row.handover:
            switch = Switch(handover=row.handover, former=row.former, to=row.to, since=row.since, told=())
        if row.source.partition not in switch.told:
            switch = switch.model_copy(
                update={
                    "since": max(switch.since, row.arrival + 1),
                    "told": tuple(sorted((*switch.told, row.source.partition))),
                }
            )
        self.state = self.state.model_copy(update={"switch": switch})

    def _adopt(self, row: HandoverRow, out: Published) -> None:
        assert row.adoption is not None
        out.alerts.extend(alert for alert in row.adoption.alerts if alert.subregion in self._subregions)
        held = self._let_go(out)
        adopted = {"renamed": row.adoption.renamed, "numbered": row.adoption.numbered}
        self.state = self.state.model_copy(update={"mode": "publishes", **adopted})
        for alert in held:
            self._publish(alert, out)

    def _let_go(self, out: Published) -> list[Alert]:
        held, self._held = self._held, []
        if held:
            out.state.update({_key(number): None for number in range(len(held))})
            self.state = self.state.model_copy(update={"held": 0})
        return held

    def _publish(self, alert: Alert, out: Published) -> None:
        if self.state.mode == "holds":
            out.state[_key(self.state.held)] = alert.encode()
            self._held.append(alert)
            self.state = self.state.model_copy(update={"held": self.state.held + 1})
        elif self.state.mode == "publishes":
            out.alerts.append(self._named(alert))

    def _named(self, alert: Alert) -> Alert:
        """As subscribers know it."""
        renamed, numbered = self.state.renamed, self.state.numbered
        id = next((name.published for name in renamed if name.id == alert.id), alert.id)
        revision = next((last.revision + 1 for last in numbered if last.id == id), alert.revision)
        if id != alert.id and alert.status in OVER:
            renamed = tuple(name for name in renamed if name.id != alert.id)
        if any(last.id == id for last in numbered):
            numbered = tuple(Numbered(id=id, revision=revision) if last.id == id else last for last in numbered)
        if renamed is not self.state.renamed or numbered is not self.state.numbered:
            self.state = self.state.model_copy(update={"renamed": renamed, "numbered": numbered})
        if (id, revision) == (alert.id, alert.revision):
            return alert
        return alert.model_copy(update={"id": id, "revision": revision})


def _key(number: int) -> bytes:
    return HELD + b"%08d" % number
