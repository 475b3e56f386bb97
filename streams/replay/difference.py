"""Two sets of alerts compared, revision by revision: pure, and the same for replays, files and a hand-over.

A revision is named by (id, revision). Of each name that both sides have, every field has to be equal, in the order in
which it stands in the record: the first that is not is told, with both values. The rules' version is a field like any
other within one version; where the sides were made under different ones it differs by design, and is told once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from agents.classify.times import read_moment

Key = tuple[str, int]
"""Alert id and revision."""
Document = Mapping[str, Any]
"""A revision as JSON has it."""
RULES = "rules"


class Doubled(NamedTuple):
    """A revision that a side has more than once: a subscriber of it was told twice."""

    key: Key
    first: int
    """How often the first side has it."""
    second: int


class Changed(NamedTuple):
    """A revision that both sides have, and that differs."""

    key: Key
    field: str
    """Where first: `observed`, `evidence[2].title`."""
    first: Any
    second: Any


@dataclass(frozen=True)
class Comparison:
    """What two sides have in common and what not, each in order of time and name."""

    identical: int
    missing: tuple[Document, ...]
    """In the first side only."""
    extra: tuple[Document, ...]
    """In the second only."""
    changed: tuple[Changed, ...]
    doubled: tuple[Doubled, ...]
    """Whatever else is said of them."""
    rules: tuple[tuple[str, ...], tuple[str, ...]]
    """The rules' versions of either side."""
    shifted: Mapping[str, str]
    """Of an alert that only one side has: the other side's alert of the same series that overlaps it in time."""

    @property
    def same(self) -> bool:
        """Whether nothing differs, the rules' version aside."""
        return not (self.missing or self.extra or self.changed or self.doubled)


def compare(
    first: Mapping[Key, Document], second: Mapping[Key, Document], repeats: Iterable[Doubled] = ()
) -> Comparison:
    """Compare two sides. `repeats`: what either of them has more than once; it counts where a side has it here."""
    rules = _rules(first), _rules(second)
    apart = {RULES} if rules[0] != rules[1] else set()
    changed, identical = [], 0
    for key in sorted(first.keys() & second.keys(), key=lambda key: _order(first[key])):
        differing = _first_difference(first[key], second[key], apart)
        if differing is None:
            identical += 1
        else:
            changed.append(Changed(key, *differing))
    missing, extra = _only(first, second), _only(second, first)
    doubled = tuple(sorted(again for again in repeats if again.key in first or again.key in second))
    shifted = _shifted(missing, extra, first, second)
    return Comparison(identical, missing, extra, tuple(changed), doubled, rules, shifted)


def within(documents: Mapping[Key, Document], since: int | None, until: int | None) -> dict[Key, Document]:
    """Those revisions that stand at `since` or later and before `until`, ms; `None` bounds nothing."""
    return {
        key: document
        for key, document in documents.items()
        if (since is None or moment_of(document) >= since) and (until is None or moment_of(document) < until)
    }


def moment_of(document: Document, field: str = "at") -> int:
    """A time of a revision, ms. As text they do not sort: `12:00:00.5Z` would come before `12:00:00Z`."""
    return read_moment(document[field]).at


def _rules(documents: Mapping[Key, Document]) -> tuple[str, ...]:
    return tuple(sorted({str(document.get(RULES)) for document in documents.values()}))


def _order(document: Document) -> tuple[int, str, int]:
    return moment_of(document), str(document["id"]), int(document["revision"])


def _only(these: Mapping[Key, Document], those: Mapping[Key, Document]) -> tuple[Document, ...]:
    return tuple(sorted((document for key, document in these.items() if key not in those), key=_order))


def _first_difference(one: Any, other: Any, apart: Iterable[str] = ()) -> tuple[str, Any, Any] | None:
    """Where two values first differ, and how; `apart` are fields that are not looked at."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in dict.fromkeys([*one, *other]):
            if name in apart:
                continue
            if name not in one or name not in other:
                return name, one.get(name), other.get(name)
            if (found := _first_difference(one[name], other[name])) is not None:
                return _path(name, found[0]), found[1], found[2]
        return None
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        for index, (ours, theirs) in enumerate(zip(one, other, strict=False)):
            if (found := _first_difference(ours, theirs)) is not None:
                return _path(f"[{index}]", found[0]), found[1], found[2]
        if len(one) == len(other):
            return None
        shorter = min(len(one), len(other))
        return f"[{shorter}]", one[shorter : shorter + 1] or None, other[shorter : shorter + 1] or None
    # True == 1 in Python, and 1 == 1.0: not in a record
    return None if type(one) is type(other) and one == other else ("", one, other)


def _path(name: str, rest: str) -> str:
    return name + (f".{rest}" if rest and not rest.startswith("[") else rest)


def _shifted(
    missing: Iterable[Document],
    extra: Iterable[Document],
    first: Mapping[Key, Document],
    second: Mapping[Key, Document],
) -> dict[str, str]:
    """Alerts of which one side has no revision at all, paired by series and time."""
    ours = _spans(missing, {id for id, _ in second})
    theirs = _spans(extra, {id for id, _ in first})
    pairs: dict[str, str] = {}
    for series in ours.keys() & theirs.keys():
        for id, begins, ends in ours[series]:
            for other, other_begins, other_ends in theirs[series]:
                if begins <= other_ends and other_begins <= ends:
                    pairs.setdefault(id, other)
                    pairs.setdefault(other, id)
    return pairs


def _spans(documents: Iterable[Document], known: set[str]) -> dict[str, list[tuple[str, int, int]]]:
    """By series, each alert that the other side does not know: id, onset, time of its last revision."""
    spans: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for document in documents:
        id = str(document["id"])
        if id not in known:
            at, onset = moment_of(document), moment_of(document, "onset")
            begins, ends = spans[str(document["series"])].get(id, (onset, at))
            spans[str(document["series"])][id] = min(begins, onset), max(ends, at)
    return {series: list(_flat(alerts)) for series, alerts in spans.items()}


def _flat(alerts: Mapping[str, tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    for id, (begins, ends) in alerts.items():
        yield id, begins, ends
