"""The verdict on a headline: is it new, or what does it repeat?

Levels, tried in this order and never confused: the same item again (`redelivered`, by id); the same text elsewhere
(`exact`, by text key); the same text edited (`near`, by likeness, unless a guard forbids it). Another text about the
same event is `unique`: two voices for one event are evidence, not repetition.

A verdict follows from the lane's released rows of the last 48 h of arrival alone: not from chunks, restarts or the
index's inner order. As a near repeat has all its countries within its original's, both stand in the same lanes, and a
headline about two lanes gets the same verdict in each.

Costs, for a headline of 12 words: about 25 microseconds where the text is new, 3 for one sent again; see `candidates`
for how that follows the window, and for the bound on what is compared (the setting `latest`).
"""

from functools import lru_cache, partial

from pydantic import ValidationError

from agents.deduplicate.candidates import Index, Near
from agents.deduplicate.guards import bars, veto
from agents.deduplicate.memory import UNREAD, Memory, Text, signature_of
from agents.deduplicate.recall import recalled
from agents.deduplicate.rules import DeduplicateRules
from agents.deduplicate.similarity import Reader, Reading
from schemas.row import HeadlineRow, Verdict, VerdictKind, decode_row

_NEW = Verdict(kind="unique", reason="no-candidate")
_set = object.__setattr__


class Deduplicator:
    """Judges the headlines of one lane, given in released order."""

    def __init__(self, rules: DeduplicateRules) -> None:
        self._reader = Reader(rules)
        self._memory = Memory()
        self._index: Index[Text] = Index(rules.threshold, rules.min_tokens, rules.latest)

    def recall(self, value: bytes) -> None:
        """Take own output back into memory, as when it was judged; what is no judged headline is left out.

        Its words are not read before a text of one of its countries is judged. Only before anything was judged.
        """
        own = recalled(value)
        if own is None:
            return
        self._expire(own.arrival)
        before = self._memory.texts.get(own.text_key)
        if before is not None:
            self._index.discard(before)
        text = self._memory.put(own, own.original, UNREAD)
        self._index.postpone(text, own.places, partial(self._read, value))

    def _read(self, value: bytes) -> Reading | None:
        try:
            row = decode_row(value)
        except ValidationError:  # nobody's row, and so nothing that a headline may repeat by its words
            return None
        return self._reader.read(row) if row.kind == "headline" else None

    def judge(self, row: HeadlineRow) -> HeadlineRow:
        """`row` with its verdict; it is in memory from now on. If this raises, as if there had been no such row."""
        headline = row.headline
        self._expire(headline.arrival)
        reading: Reading | None = None
        seen = self._memory.ids.get(headline.id)
        text = self._memory.texts.get(headline.text_key)
        if seen is not None:
            verdict = _repeat("redelivered", seen.original, "same-id")
        elif text is not None:
            verdict = _repeat("exact", text.original, "same-text")
        else:
            reading = self._reader.read(row)
            verdict = _weigh(reading, self._index.near(reading))
        judged = _with(row, verdict)
        self._take(row, verdict.of or headline.id, reading)
        return judged

    def __len__(self) -> int:
        """Distinct texts in memory."""
        return len(self._memory.texts)

    @property
    def compared(self) -> int:
        """Pairs of texts compared so far: bounded for each headline, see `candidates`."""
        return self._index.compared

    def _expire(self, arrival: int) -> None:
        for text in self._memory.expire(arrival):
            self._index.expire(text)

    def _take(self, row: HeadlineRow, original: str, reading: Reading | None) -> None:
        signature = signature_of(row)
        changed = self._memory.unread(row.headline.text_key, signature)
        if changed and reading is None:
            reading = self._reader.read(row)  # before anything is changed
        text = self._memory.put(row.headline, original, signature)
        if changed and reading is not None:
            self._index.discard(text)
            self._index.add(text, reading)
        else:
            self._index.refresh(text)


@lru_cache(maxsize=1000)
def _repeat(kind: VerdictKind, of: str, reason: str) -> Verdict:
    """What is sent again is often sent many times."""
    return Verdict(kind=kind, of=of, reason=reason)


def _with(row: HeadlineRow, verdict: Verdict) -> HeadlineRow:
    """As `row.model_copy(update={"verdict": verdict})`, at half the cost: once for every row that passes."""
    judged = HeadlineRow.__new__(HeadlineRow)
    fields = row.__pydantic_fields_set__
    _set(judged, "__dict__", {**row.__dict__, "verdict": verdict})
    _set(judged, "__pydantic_fields_set__", fields if "verdict" in fields else {*fields, "verdict"})
    _set(judged, "__pydantic_extra__", None)
    _set(judged, "__pydantic_private__", None)
    return judged


def _weigh(reading: Reading, near: list[Near[Text]]) -> Verdict:
    """The closest text that no guard forbids; failing that, why the closest was forbidden."""
    if not near:
        return _NEW
    closest = min(near, key=_rank)
    reason = veto(reading, closest[2])
    if reason is not None:
        # Of a template most texts have another number: not worth sorting.
        for found in sorted([found for found in near if not bars(reading, found[2])], key=_rank):
            if veto(reading, found[2]) is None:
                closest, reason = found, None
                break
    similarity = round(closest[0], 4)
    if reason is None:
        return Verdict(kind="near", of=closest[1].original, similarity=similarity, reason="similar-text")
    return Verdict(kind="unique", similarity=similarity, reason=f"veto:{reason}")


def _rank(found: Near[Text]) -> tuple[float, int, str]:
    similarity, text, _ = found
    return -similarity, text.arrival, text.id
