"""Why a headline is read as it is: what every stage decides about it, and what decided.

Nothing is decided here. The rows are those that `Classifier` makes, the verdict is the `Deduplicator`'s, the series are
those of detection; what is added is how they came about. Pure, and total: a record that cannot be taken is explained
with its code.
"""

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import NamedTuple

from agents.classify.intake import Control, Intake, Item, Refusal
from agents.classify.language import NOT_ENGLISH
from agents.classify.reader import Judged, Look
from agents.classify.step import Classifier, LaneRow, day_of
from agents.classify.tokens import Tokens
from agents.deduplicate.guards import veto
from agents.deduplicate.similarity import Reader as WordReader
from agents.deduplicate.similarity import Reading, alike
from agents.deduplicate.step import Deduplicator
from agents.detect.evidence import item_of
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.base import iso
from schemas.explanation import (
    Duplicates,
    ExplainedPattern,
    ExplainedPlace,
    ExplainedPublisher,
    ExplainedSeries,
    ExplainedTheme,
    Explanation,
    NearHeadline,
    PublisherClaim,
    RejectedPlace,
    Span,
    Token,
    Unexplained,
)
from schemas.row import HeadlineRow, Verdict

NEAREST = 3
"""Likest headlines that are told."""
_JUDGED = 64
"""Likest headlines that the deduplicator is shown."""
_GAPS = ("none", "soft", "break")
_CASES = ("sentence", "title", "upper", "lower")
_FOREIGN = "it is not English: the patterns are, so no theme is claimed"
_UNIQUE = Verdict(kind="unique", reason="no-candidate")


class Like(NamedTuple):
    """A headline of the file, measured against the one that is explained. The likest is the greatest."""

    same: bool
    """One id or one text."""
    similarity: float
    order: int
    """Later ones are less."""
    row: HeadlineRow
    reading: Reading


class Asked:
    """A headline that is to be explained, and the likest of the file so far."""

    def __init__(self, item: Item, rows: list[LaneRow], reading: Reading) -> None:
        self.item = item
        self.rows = [(lane, row) for lane, row in rows if isinstance(row, HeadlineRow)]
        self.row = self.rows[0][1]
        self.reading = reading
        self.likest: list[Like] = []


class Explainer:
    """Explains by one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._reader = rulebook.reader
        self._intake = Intake(rulebook.reader.families)
        self._words = WordReader(rulebook.deduplicate)
        self._classifier = Classifier("explain", 0, rulebook.reader, rulebook.lanes, rulebook.version, None, False)

    def ask(self, value: bytes, arrival: int) -> Asked | Unexplained:
        """Take up a record that arrived at `arrival`, ms."""
        rows = self._classifier.read(Inbound(0, arrival, value), arrival)
        if isinstance(rows, Refusal):
            return Unexplained(code=rows.code, detail=rows.detail)
        if isinstance(rows, Control):
            return Unexplained(code="control", detail="a control record; it says nothing about the world")
        row = rows[0][1]
        item = self._intake.read(value)
        if not isinstance(row, HeadlineRow) or not isinstance(item, Item):
            return Unexplained(code=row.kind, detail="no headline; it goes to every lane as it is")
        return Asked(item, rows, self._words.read(row))

    def compare(self, asked: Sequence[Asked], values: Iterable[bytes]) -> int:
        """Measure the headlines of a file against all of `asked`; gives how many there were. Bounded memory."""
        count = 0
        for value in values:
            arrival = asked[0].row.headline.arrival
            rows = self._classifier.read(Inbound(0, arrival, value), arrival)
            row = rows[0][1] if isinstance(rows, list) else None
            if not isinstance(row, HeadlineRow):
                continue
            count += 1
            reading = self._words.read(row)
            for each in asked:
                _measure(each, count, row, reading)
        return count

    def explain(self, asked: Asked, against: str | None = None, compared: int = 0) -> Explanation:
        """All there is to say, with the headlines that `compare` found in `against`."""
        headline = asked.row.headline
        at = day_of(headline.event_time)
        look = self._reader.look(headline.title, at)
        likest = nlargest(_JUDGED, asked.likest)
        verdict = self._verdict(asked, likest)
        series = self._series(asked, verdict)
        lanes = tuple(lane for lane, _ in asked.rows)
        return Explanation(
            title=headline.title,
            id=headline.id,
            url=headline.url,
            language=headline.language,
            event_time=iso(headline.event_time),
            timing=headline.timing,
            flags=headline.flags,
            lanes=lanes,
            case=_CASES[look.tokens.case],
            tokens=_tokens(look.tokens),
            places=tuple(
                ExplainedPlace(
                    code=place.code,
                    subregion=place.subregion,
                    lane=self._rulebook.lanes.lane_of(place.subregion),
                    evidence=place.evidence,
                )
                for place in asked.row.places
            ),
            rejected_places=tuple(
                RejectedPlace(words=item.words, start=item.start, end=item.end, why=item.why)
                for item in self._reader.rejected(headline.title, at)
            ),
            organisations=asked.row.organisations,
            themes=self._themes(asked.row, look),
            themes_note=_FOREIGN if NOT_ENGLISH in headline.flags else None,
            publisher=self._publisher(asked),
            duplicates=Duplicates(
                against=against,
                compared=compared,
                threshold=self._rulebook.deduplicate.threshold,
                verdict=verdict.kind if against is not None else None,
                of=verdict.of,
                reason=verdict.reason if against is not None else None,
                nearest=tuple(_near(asked, like) for like in _distinct(likest)[:NEAREST]),
            ),
            series=series,
            uncounted=None if series else _uncounted(asked.row, verdict),
            rules=self._rulebook.version,
        )

    def _themes(self, row: HeadlineRow, look: Look) -> tuple[ExplainedTheme, ...]:
        return tuple(
            ExplainedTheme(
                theme=theme.theme,
                code=self._reader.codes[theme.theme],
                direction=self._reader.directions[theme.theme],
                counted=theme.counted,
                reason=theme.reason,
                patterns=tuple(
                    _pattern(look.tokens, judged) for judged in look.judged if judged.match.pattern.theme == theme.theme
                ),
            )
            for theme in row.themes
        )

    def _publisher(self, asked: Asked) -> ExplainedPublisher:
        found = asked.item.reconciled
        return ExplainedPublisher(
            publisher=asked.item.publisher,
            family=found.family,
            by=found.by,
            wire=self._reader.families.is_wire(found.family),
            disagrees=found.disagrees,
            claims=tuple(PublisherClaim(**claim._asdict()) for claim in found.claims),
        )

    def _verdict(self, asked: Asked, likest: Sequence[Like]) -> Verdict:
        deduplicator = Deduplicator(self._rulebook.deduplicate)
        for like in sorted(likest, key=lambda like: -like.order):
            deduplicator.judge(like.row)
        return deduplicator.judge(asked.row).verdict or _UNIQUE

    def _series(self, asked: Asked, verdict: Verdict) -> tuple[ExplainedSeries, ...]:
        found: dict[str, ExplainedSeries] = {}
        for lane, row in asked.rows:
            judged = row.model_copy(update={"verdict": verdict})
            item = item_of(judged, self._rulebook.lanes.subregions(lane), self._reader.directions)
            for key in item.series() if item is not None else ():
                found[key.name] = ExplainedSeries(series=key.name, level=key.level, lane=lane)
        return tuple(found.values())


def _measure(asked: Asked, number: int, row: HeadlineRow, reading: Reading) -> None:
    shared, union = alike(asked.reading.tokens, reading.tokens)
    mine, theirs = asked.row.headline, row.headline
    same = mine.id == theirs.id or mine.text_key == theirs.text_key
    if not shared and not same:
        return
    asked.likest.append(Like(same, shared / union if union else 1.0, -number, row, reading))
    if len(asked.likest) >= 4 * _JUDGED:
        asked.likest = nlargest(_JUDGED, asked.likest)


def _distinct(likest: Sequence[Like]) -> list[Like]:
    """One of each text, the likest first."""
    return list({like.row.headline.text_key: like for like in reversed(likest)}.values())[::-1]


def _near(asked: Asked, like: Like) -> NearHeadline:
    headline = like.row.headline
    return NearHeadline(
        id=headline.id,
        title=headline.title,
        publisher=headline.publisher,
        similarity=round(like.similarity, 4),
        shared=tuple(sorted(asked.reading.tokens & like.reading.tokens)),
        guard=None if like.same else veto(asked.reading, like.reading),
    )


def _tokens(tokens: Tokens) -> tuple[Token, ...]:
    parts = zip(tokens.words, tokens.starts, tokens.ends, tokens.gaps, strict=True)
    return tuple(Token(word=word, start=start, end=end, gap=_GAPS[gap]) for word, start, end, gap in parts)


def _pattern(tokens: Tokens, judged: Judged) -> ExplainedPattern:
    match = judged.match
    whole = _span(tokens, match.first, match.last)
    return ExplainedPattern(
        pattern=match.pattern.name,
        parts=tuple(_span(tokens, part.first, part.last) for part in match.parts),
        start=whole.start,
        end=whole.end,
        counted=judged.why is None,
        reason=judged.why[0] if judged.why else None,
        cue=judged.why[1] if judged.why else None,
        cue_words=tuple(_span(tokens, cue.first, cue.last) for cue in judged.cues),
    )


def _span(tokens: Tokens, first: int, last: int) -> Span:
    start, end = tokens.starts[first], tokens.ends[last - 1]
    return Span(words=tokens.title[start:end], start=start, end=end)


def _uncounted(row: HeadlineRow, verdict: Verdict) -> str:
    """Why a headline is in no series; the first reason that holds."""
    if verdict.kind != "unique":
        return f"it repeats another headline ({verdict.kind})"
    if row.headline.stale:
        return "it is stale: published more than 24 h before it arrived"
    if not row.places:
        return "it names no country"
    if NOT_ENGLISH in row.headline.flags:
        return _FOREIGN
    if not row.themes:
        return "it speaks of no security theme"
    reasons = ", ".join(f"{theme.theme} is {theme.reason}" for theme in row.themes)
    return f"none of its themes counts: {reasons}"
