"""What subscribers have to be told when another generation begins to publish: a pure comparison of two states.

For each series, of what was published last and what the new generation had as of T:

    open      open      one alert: it keeps the id that subscribers know, and revisions go on counting from there; if
                        it is further along or more severe now, that is the next revision
    open      not open  a last revision resolves it, with the reason
    not open  open      its latest revision is published as it is

An id that was published, and that the new generation holds open or may come to by itself, never gets a revision twice:
its revisions go on from the highest that was published.
"""

from collections.abc import Mapping

from agents.detect.lifecycle import RANK
from schemas.alert import Alert, Status
from schemas.base import iso
from schemas.handover import Adoption, Numbered, Renamed

OPEN: tuple[Status, ...] = ("opened", "escalated", "sustained")


def adoption(
    published: Mapping[str, Alert], highest: Mapping[str, int], own: Mapping[str, Alert], at: int, rules: str
) -> Adoption:
    """What is adopted at T = `at` (ms), given the latest revision of each series on either side.

    `highest`: of each alert published lately, and of each that is open in `own`, by id, its highest published revision.
    `rules`: the new generation's version, for the revisions that are written here.
    """
    alerts: list[Alert] = []
    renamed: list[Renamed] = []
    numbers = dict(highest)
    for series in sorted({*published, *own}):
        former, now = published.get(series), own.get(series)
        was = former if former is not None and former.status in OPEN else None
        is_ = now if now is not None and now.status in OPEN else None
        if former is not None and (former is was or (is_ is not None and is_.id == former.id)):
            numbers[former.id] = max(former.revision, numbers.get(former.id, 0))
        if was is not None and is_ is None:
            alerts.append(_resolved(was, at, rules))
            numbers[was.id] += 1
        elif is_ is not None:
            id = is_.id if was is None else was.id
            if was is None or _beyond(is_, was):
                revision = numbers[id] + 1 if id in numbers else is_.revision
                alerts.append(is_.model_copy(update={"id": id, "revision": revision}))
                numbers[id] = revision
            if id != is_.id:
                renamed.append(Renamed(id=is_.id, published=id))
    return Adoption(
        alerts=tuple(alerts),
        renamed=tuple(renamed),
        numbered=tuple(Numbered(id=id, revision=revision) for id, revision in sorted(numbers.items())),
    )


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
