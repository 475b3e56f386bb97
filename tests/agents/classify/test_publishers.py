"""Who stands behind a headline."""

import pytest

from agents.classify.publishers import Publishers
from agents.classify.reader import RULES


@pytest.fixture(scope="module")
def publishers() -> Publishers:
    return Publishers.load(RULES)


@pytest.mark.parametrize(
    ("publisher", "url", "suffix", "family"),
    [
        ("Reuters World", None, None, "Reuters"),
        ("Reuters US", None, None, "Reuters"),
        ("reuters.com", None, None, "Reuters"),
        (None, "https://in.reuters.com/x", None, "Reuters"),
        (None, None, "Reuters", "Reuters"),
        ("Some Portal", "https://portal.example/x", "Reuters", "Reuters"),
        ("The New York Times", None, None, "New York Times"),
        ("BBC World", "https://www.bbc.co.uk/news/1", None, "BBC"),
        ("ABC News", None, None, "Disney"),
        ("ABC News (AU)", None, None, "ABC Australia"),
        ("Guardian Nigeria", None, None, "Guardian Nigeria"),
        ("The Guardian", None, None, "Guardian"),
        ("Daily Foo", None, None, "dailyfoo"),
        (None, "https://www.dailyfoo.co.uk/a", None, "dailyfoo"),
        ("dailyfoo.com", None, None, "dailyfoo"),
        ("Daily Foo", "https://news.google.com/x", None, "dailyfoo"),
        (None, "https://alice.substack.com/p/x", None, "alice"),
        (None, "https://news.google.com/x", None, None),
        (None, None, None, None),
        ("", "", "", None),
        ("!!!", None, None, None),
        (None, "not a url", None, None),
    ],
)
def test_family(
    publishers: Publishers, publisher: str | None, url: str | None, suffix: str | None, family: str | None
) -> None:
    assert publishers.family(publisher, url, suffix) == family


def test_known_names(publishers: Publishers) -> None:
    assert "Reuters" in publishers
    assert "BBC News" in publishers
    assert "a village in Kivu" not in publishers
    assert 5 not in publishers
