"""Why a headline is read as it is: what every stage decides about it, and what decided.

Nothing is decided here. The rows are those that `Classifier` makes, the verdict is the `Deduplicator`'s, the series are
those of detection; what is added is how they came about. Pure, and total: a record that cannot be taken is explained
with its code.
"""

from collections.abc import Callable, Iterable, Sequence

from agents.classify.intake import Intake
from agents.classify.language import NOT_ENGLISH
from agents.classify.meant import Control, Item, Refusal
from agents.classify.reader import Judged, Look
from agents.classify.step import Classifier, day_of
from agents.classify.tokens import Tokens
from agents.deduplicate.similarity import Reader as WordReader
from agents.detect.evidence import item_of
from agents.nearest import Asked
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
    PublisherClaim,
    RejectedPlace,
    Span,
    Token,
    Unexplained,
    VetoedPattern,
)
from schemas.row import HeadlineRow, Verdict

_GAPS = ("none", "soft", "break")
_CASES = ("sentence", "title", "upper", "lower")
_FOREIGN = "it is not English: the patterns are, so no theme is claimed"


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
        item = self._intake.read(value)
        rows = self._classifier.decide(item, Inbound(0, arrival, value), arrival)
        if isinstance(rows, Refusal):
            return Unexplained(code=rows.code, detail=rows.detail)
        if isinstance(rows, Control):
            return Unexplained(code="control", detail="a control record; it says nothing about the world")
        row = rows[0][1]
        if not isinstance(row, HeadlineRow) or not isinstance(item, Item):
            return Unexplained(code=row.kind, detail="no headline; it goes to every lane as it is")
        return Asked(item, rows, self._words.read(row))

    def compare(
        self,
        asked: Sequence[Asked],
        values: Iterable[bytes],
        refused: Callable[[int, Refusal, bytes], None] = lambda *_: None,
    ) -> int:
        """Measure the headlines of a file against all of `asked`; gives how many there were. Bounded memory.

        `refused` is told each record that cannot be taken, with its index among `values`.
        """
        count = 0
        for index, value in enumerate(values):
            arrival = asked[0].row.headline.arrival
            rows = self._classifier.read(Inbound(0, arrival, value), arrival)
            if isinstance(rows, Refusal):
                refused(index, rows, value)
            row = rows[0][1] if isinstance(rows, list) else None
            if not isinstance(row, HeadlineRow):
                continue
            count += 1
            reading = self._words.read(row)
            for each in asked:
                each.measure(count, row, reading)
        return count

    def explain(self, asked: Asked, against: str | None = None, compared: int = 0) -> Explanation:
        """All there is to say, with the headlines that `compare` found in `against`."""
        headline = asked.row.headline
        at = day_of(headline.event_time)
        look = self._reader.look(headline.title, at)
        verdict = asked.verdict(self._rulebook.deduplicate)
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
            vetoed=self._vetoed(asked.row, look),
            themes_note=_FOREIGN if NOT_ENGLISH in headline.flags else None,
            publisher=self._publisher(asked),
            duplicates=Duplicates(
                against=against,
                compared=compared,
                threshold=self._rulebook.deduplicate.threshold,
                verdict=verdict.kind if against is not None else None,
                of=verdict.of,
                reason=verdict.reason if against is not None else None,
                nearest=asked.nearest(),
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

    def _vetoed(self, row: HeadlineRow, look: Look) -> tuple[VetoedPattern, ...]:
        """Patterns that nearly held, of themes that do not count; none where themes were not looked for."""
        if NOT_ENGLISH in row.headline.flags:
            return ()
        counted = {theme.theme for theme in row.themes if theme.counted}
        return tuple(
            VetoedPattern(
                theme=vetoed.match.pattern.theme,
                pattern=vetoed.match.pattern.name,
                parts=tuple(_span(look.tokens, part.first, part.last) for part in vetoed.match.parts),
                words=tuple(_span(look.tokens, word.first, word.last) for word in vetoed.words),
            )
            for vetoed in look.vetoed
            if vetoed.match.pattern.theme not in counted
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

    def _series(self, asked: Asked, verdict: Verdict) -> tuple[ExplainedSeries, ...]:
        found: dict[str, ExplainedSeries] = {}
        for lane, row in asked.rows:
            judged = row.model_copy(update={"verdict": verdict})
            item = item_of(judged, self._rulebook.lanes.subregions(lane), self._reader.directions)
            for key in item.series() if item is not None else ():
                found[key.name] = ExplainedSeries(series=key.name, level=key.level, lane=lane)
        return tuple(found.values())


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
