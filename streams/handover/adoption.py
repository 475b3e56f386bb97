"""What subscribers have to be told when another generation begins to publish: a pure comparison of two states.

For each series, of what was published last and what the new generation had as of T:

    open      open      one alert: it keeps the id that subscribers know, and revisions go on counting from there; if
                        it is further along or more severe now, that is the next revision
    open      not open  a last revision resolves it, with the reason
    not open  open      its latest revision is published as it is
"""

from collections.abc import Mapping

from agents.detect.lifecycle import RANK
from schemas.alert import Alert, Status
from schemas.base import DAY, iso, moment
from schemas.handover import Adoption, Renamed

OPEN: tuple[Status, ...] = ("opened", "escalated", "sustained")
RECENT = 2 * DAY
"""An alert's id holds the event bucket of the row that opened it, and no row counts that is older than a day."""


def adoption(published: Mapping[str, Alert], own: Mapping[str, Alert], at: int, rules: str) -> Adoption:
    """What is adopted at T = `at` (ms), given the latest revision of each series on either side.

    `rules`: the new generation's version, for the revisions that are written here.
    """
    alerts: list[Alert] = []
    renamed: list[Renamed] = []
    for series in sorted({*published, *own}):
        former, now = published.get(series), own.get(series)
        was, is_ = former is not None and former.status in OPEN, now is not None and now.status in OPEN
        if former is not None and now is not None and is_ and (was or former.id == now.id):
            told = was and not _beyond(now, former)
            plus = former.revision + (not told) - now.revision
            if not told:
                alerts.append(now.model_copy(update={"id": former.id, "revision": now.revision + plus}))
            if (former.id, plus) != (now.id, 0):
                renamed.append(Renamed(id=now.id, published=former.id, plus=plus))
            continue
        if now is not None and is_:
            alerts.append(now)
            continue
        plus = 0 if former is None else former.revision
        if former is not None and was:
            alerts.append(_resolved(former, at, rules))
            plus += 1
        if former is not None and (now is None or now.id != former.id) and at - moment(former.onset) < RECENT:
            # should the new generation come to the same id by itself, its revisions go on from what was published
            renamed.append(Renamed(id=former.id, published=former.id, plus=plus))
    return Adoption(alerts=tuple(alerts), renamed=tuple(renamed))


def _beyond(now: Alert, former: Alert) -> bool:
    """Whether an open alert is further along, or more severe, than subscribers know."""
    return OPEN.index(now.status) > OPEN.index(former.status) or RANK[now.severity] > RANK[former.severity]


def _resolved(alert: Alert, at: int, rules: str) -> Alert:
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "status": "resolved",
            "at": iso(at),
            "rules": rules,
            "reason": "Another generation publishes from here on, and does not hold this alert open "
            f"(rules {rules}, before {alert.rules}).",
        }
    )
