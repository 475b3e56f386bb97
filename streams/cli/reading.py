"""One record as the classify stage reads it, laid out for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from agents.classify.intake import Intake
from agents.classify.language import NOT_ENGLISH
from agents.classify.meant import Control, Handover, Refusal, Withdrawal
from agents.classify.reader import Reader
from agents.classify.step import day_of
from schemas.base import iso
from schemas.headline import Evidence, Theme
from streams.cli import output

Line = dict[str, Any]


class Judge:
    """Reads records one by one, without a topic."""

    def __init__(self, reader: Reader, now: int, at: int | None) -> None:
        """`at`: arrival of all records; without it each arrives when it was published, or `now`."""
        self._reader = reader
        self._intake = Intake(reader.families)
        self._now = now
        self._at = at

    def judge(self, value: bytes) -> Line | Refusal:
        """What there is to say about a record. Never raises for what it holds."""
        meant = self._intake.read(value)
        if isinstance(meant, Refusal):
            return meant
        if isinstance(meant, Withdrawal):
            return {"title": None, "withdraws": meant.withdraws}
        if isinstance(meant, Control):
            return {"title": None, "control": "tick", "end": meant.end}
        if isinstance(meant, Handover):
            return {"title": None, "control": "handover", "to": meant.to}
        dated = meant.moment is not None and meant.moment.kind in ("time", "day")
        arrival = self._at if self._at is not None else meant.moment.at if meant.moment and dated else self._now
        headline = meant.arrived(arrival)
        read = self._reader.read_places if NOT_ENGLISH in headline.flags else self._reader.read
        at = day_of(headline.event_time)
        reading = read(headline.title, at)
        return {
            "title": headline.title,
            "places": [place.code for place in reading.places],
            "subregions": list(dict.fromkeys(place.subregion for place in reading.places)),
            "themes": [theme.theme for theme in reading.themes if theme.counted],
            "uncounted": self._uncounted(headline.title, at, reading.themes),
            "organisations": list(reading.organisations),
            "evidence": {
                "places": {place.code: _proof(place.evidence) for place in reading.places},
                "themes": {theme.theme: _proof(theme.evidence) for theme in reading.themes},
            },
            "id": headline.id,
            "publisher": headline.publisher,
            "family": headline.family,
            "url": headline.url,
            "language": headline.language,
            "event_time": iso(headline.event_time),
            "timing": headline.timing,
            "flags": list(headline.flags),
        }

    def _uncounted(self, title: str, at: int, themes: Iterable[Theme]) -> list[Line]:
        """Each theme that does not count: why, by which cue, and by what words of it."""
        without = [theme for theme in themes if not theme.counted]
        if not without:
            return []
        look = self._reader.look(title, at)
        told = []
        for theme in without:
            deciding = next(
                judged
                for judged in look.judged
                if judged.match.pattern.theme == theme.theme and judged.why and judged.why[0] == theme.reason
            )
            words = [look.words(found.first, found.last) for found in deciding.cues]
            cue = deciding.why[1] if deciding.why else None
            told.append({"theme": theme.theme, "reason": theme.reason, "cue": cue, "cue_words": words})
        return told


def show(lines: Iterable[Line], numbered: bool) -> None:
    """A table: a row for each record, with the number of its line where it is one of a file."""
    columns = ("Headline", "Places", "Themes", "Because")
    if numbered:
        output.table(("Line", *columns), ((str(line["line"]), *_row(line)) for line in lines))
    else:
        output.table(columns, map(_row, lines))


def _row(line: Line) -> tuple[str, str, str, str]:
    if "rejected" in line:
        return "-", "", "-", f"rejected: {line['rejected']}: {line['detail']}"
    if line["title"] is None:
        return "-", "", "-", f"withdraws {line['withdraws']}" if "withdraws" in line else "a control record"
    uncounted = [f"({_standing(theme)})" for theme in line["uncounted"]]
    evidence: Mapping[str, Mapping[str, list[Line]]] = line["evidence"]
    because = [
        f"{name}: {', '.join(proof['words'] for proof in proofs)} ({', '.join(sorted({p['rule'] for p in proofs}))})"
        for kind in ("places", "themes")
        for name, proofs in evidence[kind].items()
    ]
    return line["title"], " ".join(line["places"]), "\n".join([*line["themes"], *uncounted]), "\n".join(because)


def _standing(theme: Line) -> str:
    """A theme that does not count, in brackets of the table."""
    by = f" by {', '.join(theme['cue_words'])}" if theme["cue_words"] else ""
    return f"{theme['theme']}: {theme['reason']}{by}"


def _proof(evidence: Iterable[Evidence]) -> list[Line]:
    return [proof.model_dump() for proof in evidence]
