"""Lines with two headlines each, read as the classify stage would and compared as the deduplicate stage would."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson
from rich.text import Text

from agents.classify.documents import parse
from agents.classify.meant import Refusal
from agents.classify.step import Classifier
from agents.classify.times import given_moment, read_moment
from agents.deduplicate.compare import TOO_SHORT, Compared, Comparer
from agents.rulebook import Rulebook
from agents.stage import Inbound
from schemas.row import HeadlineRow
from streams.cli import output

Line = dict[str, Any]
COLUMNS = ("a", "b")
"""Of a table of pairs."""
_FORM = '{"a": "one headline", "b": "another"}'
_FROM_PAIR = (("published_at", "at"), ("publisher", "publisher"))
"""Fields of a headline that the line may have for both."""
_STYLES = {"redelivered": "bold green", "exact": "bold green", "near": "green", "unique": ""}


class Faulty(NamedTuple):
    """A line that holds no pair, and what is wrong with it."""

    code: str
    detail: str

    def told(self, number: int) -> Line:
        """As a line of output, in the place of a verdict."""
        return {"line": number, "a": None, "b": None, "rejected": self.code, "detail": self.detail}


class Pairs:
    """Compares the two headlines of a line."""

    def __init__(self, rulebook: Rulebook, now: int) -> None:
        """`now`: when headlines without a time came, ms."""
        self._classifier = Classifier("compare", 0, rulebook.reader, rulebook.lanes, rulebook.version, None, False)
        self._comparer = Comparer(rulebook.deduplicate)
        self._now = now

    def compare(self, number: int, value: bytes) -> Line | Faulty:
        """What there is to say about the pair in line `number`. Never raises for what the line holds."""
        pair = parse(value)
        if isinstance(pair, Refusal):
            return Faulty(*pair)
        if (fault := _unread_time(pair.get("at"))) is not None:
            return fault
        rows: list[HeadlineRow] = []
        for side in ("a", "b"):
            row = self._row(pair, side)
            if isinstance(row, Faulty):
                return row
            rows.append(row)
        return _told(number, pair, rows, self._comparer.compare(*rows))

    def _row(self, pair: Line, side: str) -> HeadlineRow | Faulty:
        given = pair.get(side)
        if given is None:
            return Faulty("title_missing", f"no `{side}`; write the line as {_FORM}")
        record = dict(given) if isinstance(given, dict) else {"title": given}
        for field, name in _FROM_PAIR:
            if record.get(field) is None and pair.get(name) is not None:
                record[field] = pair[name]
        moment = given_moment(record)
        arrival = moment.at if moment is not None and moment.kind in ("time", "day") else self._now
        read = self._classifier.read(Inbound(0, arrival, orjson.dumps(record)), arrival)
        if isinstance(read, Refusal):
            return Faulty(read.code, f"`{side}`: {read.detail}")
        row = read[0][1] if isinstance(read, list) else None
        if not isinstance(row, HeadlineRow):
            return Faulty("title_missing", f"`{side}`: no headline; write the line as {_FORM}")
        return row


def _unread_time(at: object) -> Faulty | None:
    """What is wrong with the `at` of a line: it decides which came first, so none is passed over."""
    if at is None or at == "":
        return None
    if isinstance(at, str | int | float) and not isinstance(at, bool):
        kind = read_moment(at).kind
        if kind in ("time", "day"):
            return None
        if kind == "out_of_range":
            return Faulty("date_out_of_range", f"`at`: {str(at)[:40]} is not in 1970 to 2100")
    return Faulty("date_unreadable", f"`at`: {str(at)[:40]} is no time; write 2026-11-20T14:00Z or 2026-11-20")


def _told(number: int, pair: Line, rows: list[HeadlineRow], compared: Compared) -> Line:
    said = compared._asdict()
    places = {side: [place.code for place in row.places] for side, row in zip("ab", rows, strict=True)}
    return {"line": number, "a": pair["a"], "b": pair["b"], **said, "places": places}


def show(lines: Iterable[Line], threshold: float) -> None:
    """A table: a row for each pair."""
    output.table(("Line", "Headlines", "Verdict", "Score", "Because"), (_row(line, threshold) for line in lines))


def _row(line: Line, threshold: float) -> tuple[Text | str, ...]:
    if "rejected" in line:
        return str(line["line"]), "-", f"rejected: {line['rejected']}", "", line["detail"]
    titles = "\n".join(f"{side} {_title(line[side])}" for side in "ab")
    verdict = Text(line["verdict"], style=_STYLES[line["verdict"]])
    return str(line["line"]), titles, verdict, f"{line['score']:.2f}", _because(line, threshold)


def _title(given: Any) -> str:
    return str(given["title"] if isinstance(given, dict) else given).replace("\n", " ")


def _because(line: Line, threshold: float) -> str:
    parts = [f"{line['reason']}: likeness {line['likeness']:.2f}, near from {threshold:.2f}"]
    if line["verdict"] in ("redelivered", "exact"):
        return str(line["reason"])
    if line["reason"] == TOO_SHORT:
        parts = [f"{TOO_SHORT}: texts of so few words are compared by their exact text only"]
    if line["of"] is not None:
        parts.append(f"{'b' if line['of'] == 'a' else 'a'} brings nothing that {line['of']} has not")
    elif line["guard"] is not None and not line["reason"].startswith("veto"):
        parts.append(f"and a guard: {line['guard']}")
    parts.extend(f"only {side}: {' '.join(only)}" for side in "ab" if (only := line[f"only_{side}"]))
    if not line["meet"]:
        parts.append("the stream does not compare them: no country in common, or 48 h apart")
    return "\n".join(parts)


def summary(verdicts: Counter[str], faulty: int) -> str:
    """One sentence on a run."""
    pairs = sum(verdicts.values())
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(verdicts.items()))
    told = f"{pairs:,} pair{'s' if pairs != 1 else ''} compared" + (f": {kinds}" if kinds else "")
    return told + (f"; {faulty:,} line{'s' if faulty != 1 else ''} could not be read" if faulty else "")
