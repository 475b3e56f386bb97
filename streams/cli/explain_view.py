"""An explanation laid out for a terminal. Whatever the headline holds, it is shown and not obeyed."""

from collections.abc import Iterable, Mapping

from rich.table import Table
from rich.text import Text

from schemas.explanation import (
    Duplicates,
    ExplainedPattern,
    ExplainedPublisher,
    ExplainedTheme,
    Explanation,
    Span,
    Unexplained,
    VetoedPattern,
)
from schemas.headline import Evidence
from streams.cli.output import console
from streams.visible import visible

_WHERE = {"credit": "the title's credit", "source": "the source", "suffix": "the title's end", "host": "the host"}
_GAPS = {"none": " ", "soft": " , ", "break": " | "}
_NO_LISTS = ("past-year", "question")
_CURES = {"figurative": "; unless that list is `strong`, `certain: true` on a pattern outweighs it"}
_LEVEL = {"country": "", "subregion": " (subregion)"}


def show(explained: Explanation | Unexplained, names: Mapping[str, str]) -> None:
    """Print one explanation, and a blank line."""
    out = console()
    if isinstance(explained, Unexplained):
        out.print(Text(f"not a headline: {explained.code}: {visible(explained.detail)}\n", style="red"))
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True, justify="right")
    table.add_column(ratio=1)
    for name, lines in _sections(explained, names):
        table.add_row(name, Text("\n").join(lines) if lines else Text("none", style="dim"))
    out.print(Text(visible(explained.title), style="bold"))
    out.print(table)
    out.print()


def _sections(told: Explanation, names: Mapping[str, str]) -> Iterable[tuple[str, list[Text]]]:
    yield "read as of", [Text(_read_as(told))]
    yield "tokens", [Text(f"{_tokens(told)}   ({told.case} case)")]
    yield (
        "places",
        [
            _line(
                f"{place.code} {names.get(place.code, '')}".strip(),
                ", ".join(f"{_quoted(proof)} {proof.rule}" for proof in place.evidence),
            )
            for place in told.places
        ],
    )
    if told.rejected_places:
        yield "no places", [_line(_quoted(item), item.why) for item in told.rejected_places]
    if told.organisations:
        yield "organisations", [Text(visible(", ".join(told.organisations)))]
    themes = [line for theme in told.themes for line in _theme(theme)]
    yield "themes", [Text(f"not looked for: {told.themes_note}")] if told.themes_note else themes
    if told.vetoed:
        yield "nearly", list(map(_vetoed, told.vetoed))
    yield "publisher", list(_publisher(told.publisher))
    yield "repeats", list(_duplicates(told.duplicates))
    series = [Text(f"{series.series}{_LEVEL[series.level]}, lane {series.lane}") for series in told.series]
    yield "counts in", series or [Text(f"no series: {told.uncounted}")]


def _read_as(told: Explanation) -> str:
    parts = [told.event_time, f"id {told.id}", f"lanes {', '.join(map(str, told.lanes))}"]
    if told.language:
        parts.append(f"language {told.language}")
    if told.url:
        parts.append(visible(told.url))
    return ", ".join([*parts, *told.flags])


def _tokens(told: Explanation) -> str:
    return "".join(_GAPS[token.gap] + token.word for token in told.tokens).strip() or "none"


def _theme(theme: ExplainedTheme) -> Iterable[Text]:
    style = "bold" if theme.counted else "yellow"
    standing = "counted" if theme.counted else f"not counted: {theme.reason}"
    yield _line(theme.theme, f"{standing}; {theme.direction}; {theme.code}", style)
    for pattern in theme.patterns:
        yield Text(f"  {_pattern(pattern)}")


def _pattern(pattern: ExplainedPattern) -> str:
    told = f"{pattern.pattern}: {' + '.join(map(_quoted, pattern.parts))}, characters {pattern.start}-{pattern.end}"
    if pattern.counted:
        return told
    words = f" by {', '.join(map(_quoted, pattern.cue_words))}" if pattern.cue_words else ""
    listed = "" if pattern.cue in _NO_LISTS else "the list "
    where = "" if pattern.cue in _NO_LISTS else " of modality.yaml"
    cure = "" if pattern.cue in _NO_LISTS else _CURES.get(pattern.reason or "", "")
    return f"{told}; {pattern.reason}{words} ({listed}{pattern.cue}{where}{cure})"


def _vetoed(vetoed: VetoedPattern) -> Text:
    parts = " + ".join(map(_quoted, vetoed.parts))
    words = ", ".join(map(_quoted, vetoed.words))
    return _line(f"{vetoed.theme}: {vetoed.pattern}", f"{parts}, but forbidden by {words} (`without`)")


def _publisher(publisher: ExplainedPublisher) -> Iterable[Text]:
    if publisher.family is None:
        yield Text("unnamed: all unnamed headlines count as one publisher")
    else:
        wire = ", a wire agency" if publisher.wire else ""
        by = f", by {_WHERE[publisher.by]}" if publisher.by else ""
        yield _line(visible(publisher.family), f"{by[2:]}{wire}", "bold")
    for claim in publisher.claims:
        family = "an aggregator, no voice of its own" if claim.family is None else visible(claim.family)
        yield Text(f"  {_WHERE[claim.where]} {visible(repr(claim.given))}: {family} ({claim.standing})")
    if publisher.disagrees:
        yield Text("  these disagree", style="yellow")


def _duplicates(found: Duplicates) -> Iterable[Text]:
    if found.against is None:
        yield Text("not looked for: no file was given (--against FILE)", style="dim")
        return
    of = f" of {found.of}" if found.of else ""
    yield Text(f"{found.verdict}{of} ({found.reason}), among {found.compared:,} headlines of {visible(found.against)}")
    for near in found.nearest:
        decided = "alike enough" if near.similarity >= found.threshold else f"below {found.threshold:g}"
        if near.guard is not None:
            decided += f", and forbidden by the guard {near.guard}"
        publisher = f"  {visible(near.publisher)}" if near.publisher else ""
        yield _line(f"  {near.similarity:.2f} {visible(near.title)}{publisher}", decided)


def _line(head: str, rest: str, style: str = "") -> Text:
    line = Text(head, style=style)
    line.append(f"  {rest}", style="dim")
    return line


def _quoted(span: "Span | Evidence") -> str:
    return f"“{visible(span.words)}”"
