"""What language a headline is in, as far as its producer or its script says."""

import orjson
import pytest

from agents.classify.intake import Intake
from agents.classify.language import is_english, language_of, other_script
from agents.classify.meant import Item
from agents.classify.reader import Reader

BASE = {"title": "Сирены в Киеве", "source": "x", "url": "https://x.example/a"}


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("eng", "en"),
        ("English", "en"),
        ("fr-fr", "fr-FR"),
        ("French", "fr"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        (" de ", "de"),
        ("iw", "he"),
        ("en-US-x-private", "en-US"),
        ("", None),
        ("xx", None),
        ("und", None),
        ("english please", None),
        ("e", None),
        ("en\x00", None),
        ("a-" * 50, None),
    ],
)
def test_tags(given: str, language: str | None) -> None:
    assert language_of(given) == language


@pytest.mark.parametrize(("tag", "english"), [("en", True), ("en-GB", True), ("enm", False), ("fr", False)])
def test_english(tag: str, english: bool) -> None:
    assert is_english(tag) == english


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Troops leave Kyiv", False),
        ("Erdoğan and Łukasz in Đà Nẵng", False),
        ("Путин прибыл в Пекин", True),
        ("Пу", True),
        ("习近平 visits Kyiv today", False),
        ("习近平访问基辅", True),
        ("💥 5,000 €", False),
        ("", False),
    ],
)
def test_scripts(title: str, other: bool) -> None:
    assert other_script(title) == other


def read(reader: Reader, **fields: object) -> Item:
    item = Intake(reader.families).read(orjson.dumps({**BASE, **fields}))
    assert isinstance(item, Item)
    return item


@pytest.mark.parametrize(
    ("fields", "language", "flags"),
    [
        ({}, None, ("language_not_english",)),
        ({"language": "en"}, "en", ()),
        ({"language": "ru"}, "ru", ("language_not_english",)),
        ({"title": "Sirens in Kyiv"}, None, ()),
        ({"title": "Sirens in Kyiv", "language": None}, None, ()),
        ({"title": "Sirènes à Kyiv", "language": "fr"}, "fr", ("language_not_english",)),
        ({"title": "Sirens in Kyiv", "language": "klingon"}, None, ("language_unknown",)),
        ({"title": "Sirens in Kyiv", "language": ["en"]}, None, ("language_unknown",)),
    ],
)
def test_in_a_headline(reader: Reader, fields: dict[str, object], language: str | None, flags: tuple[str, ...]) -> None:
    item = read(reader, **fields)
    assert (item.language, item.flags) == (language, flags)
    kept = fields.get("language") if "language_unknown" in flags else None
    assert item.extra.get("language") == kept


def test_the_id_does_not_depend_on_the_language(reader: Reader) -> None:
    assert read(reader).id == read(reader, language="ru").id == read(reader, language=["?"]).id


def test_no_theme_is_claimed_for_another_language(reader: Reader) -> None:
    title = "Russia fires missiles at Kyiv"
    assert reader.read(title, 0).themes
    assert reader.read_places(title, 0) == (reader.read(title, 0).places, (), ())
