"""Why a headline is read as it is: each part of the answer is what the stages themselves decide."""

import shutil
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.classify.reader import RULES
from agents.explain import Explainer
from agents.nearest import HELD, JUDGED
from agents.rulebook import Rulebook
from schemas.base import DAY
from schemas.explanation import Explanation, Unexplained
from tests.agents.classify.conftest import ms

AT = ms("2026-03-01")
RULEBOOK = Rulebook.load()


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(RULEBOOK)


def explained(explainer: Explainer, against: tuple[str, ...] = (), **fields: object) -> Explanation:
    asked = explainer.ask(orjson.dumps(fields), AT)
    assert not isinstance(asked, Unexplained)
    count = explainer.compare([asked], [orjson.dumps({"title": title, "source": "x"}) for title in against])
    return explainer.explain(asked, "a file" if against else None, count)


def test_a_pattern_its_span_and_the_series(explainer: Explainer) -> None:
    told = explained(explainer, title="North Korea deploys troops near the border - Reuters")
    assert told.title == "North Korea deploys troops near the border"
    (theme,) = [theme for theme in told.themes if theme.theme == "troop-deployment"]
    assert theme.counted
    pattern = theme.patterns[0]
    assert told.title[pattern.start : pattern.end] == "deploys troops"
    assert [part.words for part in pattern.parts][:2] == ["deploys", "troops"]
    assert [series.series for series in told.series] == [
        "KP/troop-deployment",
        "KP/any",
        "030/troop-deployment",
        "030/any",
    ]
    assert told.uncounted is None
    assert (told.publisher.family, told.publisher.by, told.publisher.wire) == ("Reuters", "suffix", True)
    assert [token.word for token in told.tokens][:3] == ["north", "korea", "deploys"]


def test_the_cue_that_decided(explainer: Explainer) -> None:
    told = explained(explainer, title="North Korea denies it deployed troops to the border")
    (theme,) = told.themes
    assert (theme.counted, theme.reason) == (False, "denied")
    assert {word.words for pattern in theme.patterns for word in pattern.cue_words} == {"denies"}
    assert told.series == ()
    assert told.uncounted == "none of its themes counts: troop-deployment is denied"


def test_patterns_that_only_a_word_of_without_keeps_from_holding(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "themes.yaml"
    pattern = "{name: seize-zoo, action: [seize], object: [zoo], without: [=keeper, =lion]}"
    text = path.read_text(encoding="utf-8")
    at = text.index("    patterns:\n", text.index("\n  coup:\n")) + len("    patterns:\n")
    path.write_text(f"{text[:at]}      - {pattern}\n{text[at:]}", encoding="utf-8")
    explainer = Explainer(Rulebook.load(tmp_path))
    told = explained(explainer, title="Soldiers seize zoo in Niger, keeper flees")
    (near,) = [near for near in told.vetoed if near.pattern == "seize-zoo"]
    assert near.theme == "coup"
    assert [part.words for part in near.parts] == ["seize", "zoo"]
    assert [(word.words, told.title[word.start : word.end]) for word in near.words] == [("keeper", "keeper")]
    holds = explained(explainer, title="Soldiers seize zoo in Niger, visitors flee")
    assert "coup" in [theme.theme for theme in holds.themes if theme.counted]
    apart = explained(explainer, title="Soldiers seize lion in Niger")
    assert "seize-zoo" not in [near.pattern for near in (*holds.vetoed, *apart.vetoed)]
    foreign = explained(explainer, title="Soldiers seize zoo in Niger, keeper flees", language="fr")
    assert foreign.vetoed == ()


def test_letters_of_another_script_that_look_alike_lose_no_country(explainer: Explainer) -> None:
    told = explained(explainer, title="Ruѕѕia sends trοops to Belarus")
    assert [place.code for place in told.places] == ["RU", "BY"]
    assert told.flags == ("mixed_script",)
    assert [theme.theme for theme in told.themes if theme.counted] == ["troop-deployment"]


def test_rejected_places_say_why(explainer: Explainer) -> None:
    told = explained(explainer, title="Michael Jordan visits Manchester United")
    assert {(item.words, item.why) for item in told.rejected_places} >= {
        ("Michael Jordan", "known to be no place"),
        ("Manchester United", "known to be no place"),
    }
    assert told.uncounted == "it names no country"


@pytest.mark.parametrize(
    ("other", "verdict", "guard"),
    [
        ("EU agrees 12th sanctions package against Russia", "exact", None),
        ("EU agrees 13th sanctions package against Russia", "unique", "number"),
        ("EU agrees 12th sanctions package against Belarus", "unique", "country"),
    ],
)
def test_repeats_and_the_guard_that_decided(explainer: Explainer, other: str, verdict: str, guard: str | None) -> None:
    told = explained(explainer, (other, "Rain in Lima"), title="EU agrees 12th sanctions package against Russia")
    assert (told.duplicates.verdict, told.duplicates.compared) == (verdict, 2)
    assert told.duplicates.nearest[0].title == other
    assert told.duplicates.nearest[0].guard == guard
    assert bool(told.series) == (verdict == "unique")


def test_the_likest_stay_however_many_come_and_no_more_are_held(explainer: Explainer) -> None:
    title = "Iran fires missiles at Iraq near Basra"
    asked = explainer.ask(orjson.dumps({"title": title}), AT)
    assert not isinstance(asked, Unexplained)
    alike = [f"Iran storm {number}" for number in range(HELD)]
    edited = "Iran fires missiles at Iraq close to Basra"
    values = [orjson.dumps({"title": line, "source": "x"}) for line in (edited, *alike, title.upper(), *alike)]
    assert explainer.compare([asked], values) == 2 * HELD + 2
    assert JUDGED <= len(asked) < HELD
    told = explainer.explain(asked, "a file").duplicates
    assert [near.title for near in told.nearest] == [title.upper(), edited, alike[0]]
    assert told.verdict == "exact"


def test_no_file_no_verdict(explainer: Explainer) -> None:
    told = explained(explainer, title="EU agrees 12th sanctions package against Russia").duplicates
    assert (told.against, told.verdict, told.reason, told.nearest) == (None, None, None, ())


def test_stale_headlines_count_nowhere(explainer: Explainer) -> None:
    asked = explainer.ask(
        orjson.dumps({"title": "North Korea deploys troops", "published_at": "2026-03-01"}), AT + 9 * DAY
    )
    assert not isinstance(asked, Unexplained)
    assert "stale" in (explainer.explain(asked).uncounted or "")


def test_another_language_keeps_its_places_and_no_theme(explainer: Explainer) -> None:
    told = explained(explainer, title="La Russie tire des missiles sur Kyiv", language="fr-FR")
    assert [place.code for place in told.places] == ["UA"]
    assert told.language == "fr-FR"
    assert "language_not_english" in told.flags
    assert told.themes == ()
    assert told.themes_note == told.uncounted
    assert told.series == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"rubbish", "not_json"),
        (b'{"title": 5}', "title_wrong_type"),
        (b'{"withdraws": "x"}', "withdrawal"),
        (b'{"tocsin": "tick"}', "control"),
    ],
)
def test_what_is_no_headline_says_so(explainer: Explainer, value: bytes, code: str) -> None:
    told = explainer.ask(value, AT)
    assert isinstance(told, Unexplained)
    assert told.code == code


@settings(max_examples=200)
@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_is_explained(title: str, publisher: str) -> None:
    explainer = Explainer(RULEBOOK)
    value = orjson.dumps(
        {"title": title.encode("utf-8", "replace").decode(), "source": "".join(publisher.split("\ud800"))}
    )
    asked = explainer.ask(value, AT)
    if not isinstance(asked, Unexplained):
        told = explainer.explain(asked)
        assert Explanation.decode(told.encode()) == told
        for span in (*told.tokens, *told.rejected_places):
            assert told.title[span.start : span.end]
