"""Themes found in the gold sentences of PLOVER, the ontology that succeeds CAMEO, whose event is one of our themes.

Which theme an event is follows from its event type, mode and context alone, by the table below: no sentence is picked.
Left out are the types whose events are no security theme of ours (CONSULT, SUPPORT, CONCEDE ... on trade or law), those
that tell what is *not* done (REJECT, DEMAND: a theme there does not count), and modes that mix several matters (COERCE
by destroying, confiscating or detaining; SANCTION by diplomats; peaceful protests and strikes). A sentence is found
when one of the themes of its row counts. Several may be right, as an event does not tell a shelling from an air strike:
so this measures whether an event is seen, not whether it is told from its neighbours.
"""

from collections.abc import Iterator
from pathlib import Path

from agents.classify.reader import Reader
from tests.evaluate.labels import rows
from tests.evaluate.table import Measure, Row, share

NEEDS = ("plover.jsonl.gz",)
RECALL = Measure("themes: recall on PLOVER sentences", ">= .70", rivals="keyword lists .21")
MEASURES = (RECALL,)
TO_REACH = 0.70
AT = 0
"""The sentences are of 1980 to 2005 and have no dates: read at a time for which none of their years is past."""

ANY = None
WEAPONS = {"nuclear", "cbrn"}
FIGHTING = {"armed-clash", "shelling", "air-strike", "invasion"}
SETTLED = {"ceasefire", "troop-withdrawal", "peacekeeping", "blockade"}
FITS: tuple[tuple[str, str | None, str | None, set[str]], ...] = (
    # event, mode, a context that must be among the sentence's, themes
    ("ASSAULT", "suicide-attack", ANY, {"terror-attack"}),
    ("ASSAULT", "explosives", ANY, {"terror-attack"}),
    ("ASSAULT", "assassinate", ANY, {"assassination"}),
    ("ASSAULT", "primitive", ANY, {"armed-clash", "terror-attack"}),
    ("FIGHT", "heavy-weapons", ANY, FIGHTING),
    ("FIGHT", "firearms", ANY, {"armed-clash", "unrest"}),
    ("FIGHT", "explosives", ANY, {"terror-attack"}),
    ("FIGHT", "assassinate", ANY, {"assassination", "air-strike"}),
    ("FIGHT", "", ANY, FIGHTING),
    ("COERCE", "curfew", ANY, {"martial-law"}),
    ("COERCE", "martial-law", ANY, {"martial-law"}),
    ("COERCE", "firearms", ANY, {"unrest"}),
    ("COERCE", ANY, "cyber", {"cyber-attack"}),
    ("PROTEST", "riot", ANY, {"unrest"}),
    ("PROTEST", "riot-spon", ANY, {"unrest"}),
    ("MOBILIZE", "troops", "military", {"troop-deployment", "mobilisation"}),
    ("SANCTION", "", "economic", {"sanctions"}),
    ("SANCTION", "", "terrorism", {"sanctions"}),
    ("SANCTION", "", "cbrn", WEAPONS),
    ("RETREAT", "", "military", SETTLED),
    ("AID", "", "military", {"arms-transfer", "peacekeeping", "troop-deployment"}),
    ("COOPERATE", "", "military", {"military-exercise", "defence-pact"}),
    (
        "AGREE",
        "",
        "military",
        SETTLED | {"military-exercise", "arms-transfer", "defence-pact", "sanctions", "troop-deployment"},
    ),
    ("AGREE", "", "cbrn", WEAPONS),
    ("CONSULT", ANY, "military", SETTLED | WEAPONS),
    ("INVESTIGATE", "", "cbrn", WEAPONS),
    ("THREATEN", "violence", ANY, {"ultimatum"}),
    ("THREATEN", "", "military", {"ultimatum"}),
    ("THREATEN", "restrict", "military", {"ultimatum", "blockade"}),
    ("THREATEN", "curfew", ANY, {"martial-law", "ultimatum"}),
    ("THREATEN", "martial-law", ANY, {"martial-law", "ultimatum"}),
    ("THREATEN", ANY, "cbrn", WEAPONS | {"ultimatum"}),
)


def measure(data: Path) -> list[Row]:
    """Recall on the sentences that fit a theme."""
    reader = Reader.load()
    fitting = list(sentences(data))
    found = sum(1 for text, themes in fitting if themes & counted(reader, text))
    return [
        RECALL.row(
            on=f"plover, {len(fitting)} sentences whose event is one of the thirty themes",
            reached=share(found, len(fitting)),
            holds=found >= TO_REACH * len(fitting),
            note="event, mode and context decide which sentences fit and by which themes (`tests/evaluate/plover.py`); "
            "of several that fit one has to count. They are read as of 1970, so that none of their years is past.",
        )
    ]


def sentences(data: Path) -> Iterator[tuple[str, set[str]]]:
    """Each sentence whose event fits, with the themes that would be right; a text told twice counts once."""
    fitting: dict[str, set[str]] = {}
    for row in rows(data / NEEDS[0]):
        contexts = {context.strip() for context in (row["context"] or "").split(",")}
        for event, mode, context, themes in FITS:
            if row["event"] == event and mode in (ANY, row["mode"] or "") and (context is ANY or context in contexts):
                fitting.setdefault(row["text"], set()).update(themes)
    yield from fitting.items()


def counted(reader: Reader, text: str) -> set[str]:
    """The themes that count."""
    return {theme.theme for theme in reader.read(text, AT).themes if theme.counted}
