"""Who stands behind a headline: credits, names, hosts, and how they are reconciled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.classify.canonical import split_publisher
from agents.classify.publishers import Publishers
from agents.classify.reader import RULES

PUBLISHERS = Publishers.load(RULES)


@pytest.mark.parametrize(
    ("publisher", "url", "suffix", "family"),
    [
        ("Reuters World", None, None, "Reuters"),
        ("Reuters US", None, None, "Reuters"),
        ("REUTERS", None, None, "Reuters"),
        ("reuters.com", None, None, "Reuters"),
        ("www.reuters.com", None, None, "Reuters"),
        (None, "https://in.reuters.com/x", None, "Reuters"),
        (None, None, "Reuters", "Reuters"),
        ("Some Portal", "https://portal.example/x", "Reuters", "Reuters"),
        ("The New York Times", None, None, "New York Times"),
        ("BBC World", "https://www.bbc.co.uk/news/1", None, "BBC"),
        ("BBC News - Africa", None, None, "BBC"),
        ("BBC News | Middle East", None, None, "BBC"),
        ("CNN Politics", None, None, "Warner Bros. Discovery"),
        ("The Guardian US", None, None, "Guardian"),
        ("guardian.co.uk", None, None, "Guardian"),
        ("ABC News", None, None, "Disney"),
        ("ABC News (AU)", None, None, "ABC Australia"),
        ("Guardian Nigeria", None, None, "Guardian Nigeria"),
        ("The Guardian", None, None, "Guardian"),
        ("Department of Justice (.gov)", None, None, "US Government"),
        (None, "https://www.state.gov/x", None, "US Government"),
        (None, "https://www.gov.uk/x", None, "UK Government"),
    ],
)
def test_known(publisher: str | None, url: str | None, suffix: str | None, family: str) -> None:
    assert PUBLISHERS.family(publisher, url, suffix) == family


@pytest.mark.parametrize(
    ("source", "family"),
    [
        ("AFP", "AFP"),
        ("AFP/Le Monde", "AFP"),
        ("Le Monde avec AFP", "AFP"),
        ("The Hindu via PTI", "PTI"),
        ("Reuters / Guardian", "Reuters"),
        ("Guardian / Reuters", "Reuters"),
        ("By Reuters", "Reuters"),
        ("Source: AFP", "AFP"),
        ("Yahoo News (AFP)", "AFP"),
        ("Associated Press via Yahoo News", "AP"),
        ("Al Jazeera, AFP", "AFP"),
        ("Unheard Gazette via The Guardian", "Guardian"),
        ("AFP - Kestrel Post", "AFP"),
        ("The Globe and Mail", "Globe and Mail"),
        ("Radio Free Europe/Radio Liberty", "RFE/RL"),
        ("azcentral.com and The Arizona Republic", "Gannett"),
    ],
)
def test_what_a_source_credits(source: str, family: str) -> None:
    assert PUBLISHERS.family(source, None, None) == family


@pytest.mark.parametrize(
    ("title", "credit"),
    [
        ("Quake hits Tokyo (AFP)", "AFP"),
        ("PARIS (Reuters) - Protest turns violent", "Reuters"),
        ("AFP - Quake hits Tokyo", "AFP"),
        ("AFP: Quake hits Tokyo", "AFP"),
        ("Quake hits Tokyo, by Reuters", "Reuters"),
        ("Quake hits Tokyo - by Reuters", "Reuters"),
        ("Quake hits Tokyo via PTI", "PTI"),
        ("Quake hits Tokyo. Source: AFP", "AFP"),
        ("Quake hits Tokyo (with inputs from PTI)", "PTI"),
        ("Quake hits Tokyo (AFP, Reuters)", "AFP"),
        ("Quake hits Tokyo (AFP/Getty)", "AFP"),
        ("Quake hits Tokyo [Xinhua]", "Xinhua"),
        ("Quake hits Tokyo - IRNA", "IRNA"),
        ("Xinhua reporter expelled from Delhi", None),
        ("Photographer of AFP killed in Gaza", None),
        ("Lawmaker sued by AP", None),
        ("Dozens of parties (ap) join", None),
        ("PA: storm knocks out power", None),
        ("Vote in (PA) county", None),
        ("What Reuters got wrong: a history", None),
        ("Strike kills dozens - report", None),
        ("", None),
    ],
)
def test_credits_in_a_title(title: str, credit: str | None) -> None:
    assert PUBLISHERS.credit(title) == credit


@pytest.mark.parametrize(
    ("end", "family"),
    [
        ("France 24 with AFP", "AFP"),
        ("Le Monde avec AFP", "AFP"),
        ("BBC with inputs from PTI", "PTI"),
        ("an interview with AFP", None),
        ("Turkey with Reuters", None),
    ],
)
def test_a_wire_beside_a_paper_at_a_title_s_end(end: str, family: str | None) -> None:
    title, publisher = split_publisher(f"Storm closes strait - {end}", PUBLISHERS)
    assert (publisher is not None) == (family is not None)
    assert PUBLISHERS.family(None, None, publisher) == family
    assert title.endswith("strait") == (family is not None)


def test_one_report_of_five_papers_is_one_origin() -> None:
    headlines = [
        ("Daily Foo", "https://foo.example/a", None, "AFP"),
        ("AFP/Daily Bar", "https://bar.example/a", None, None),
        ("Daily Baz", "https://baz.example/a", "AFP", None),
        ("AFP", None, None, None),
        (None, "https://www.afp.com/a", None, None),
    ]
    assert {PUBLISHERS.family(*headline) for headline in headlines} == {"AFP"}


@pytest.mark.parametrize(
    ("publisher", "url", "suffix", "credit", "family", "by", "disagrees"),
    [
        # a wire beats the outlet, wherever it is named
        ("The Guardian", "https://www.theguardian.com/a", None, "AFP", "AFP", "credit", False),
        ("The Hindu via PTI", "https://www.thehindu.com/a", None, None, "PTI", "source", False),
        ("CNN", "https://edition.cnn.com/a", "Reuters", None, "Reuters", "suffix", False),
        # else they agree
        ("CNN", "https://edition.cnn.com/a", "CNN.com", None, "Warner Bros. Discovery", "source", False),
        # or the source wins, and that is told
        ("BBC", "https://edition.cnn.com/a", None, None, "BBC", "source", True),
        ("BBC", None, "CNN", None, "BBC", "source", True),
        (None, "https://edition.cnn.com/a", "BBC", None, "BBC", "suffix", True),
        ("BBC", "https://evil.example/a", None, None, "BBC", "source", True),
        ("Washington Post", "https://washingtonpost-live.example/a", None, None, "Washington Post", "source", False),
        # two wires cannot both have written it
        ("Reuters", None, None, "AFP", "AFP", "credit", True),
        # a host that is known beats a name that is not
        ("Daily Foo", "https://edition.cnn.com/a", None, None, "Warner Bros. Discovery", "host", False),
        # aggregators are no voice
        ("CNN", "https://news.google.com/a", None, None, "Warner Bros. Discovery", "source", False),
        ("Google News", "https://news.google.com/a", "CNN", None, "Warner Bros. Discovery", "suffix", False),
        ("Yahoo News Australia", "https://au.news.yahoo.com/a", None, None, None, None, False),
        (None, None, None, None, None, None, False),
    ],
)
def test_how_they_are_reconciled(
    publisher: str | None,
    url: str | None,
    suffix: str | None,
    credit: str | None,
    family: str | None,
    by: str | None,
    disagrees: bool,
) -> None:
    found = PUBLISHERS.reconcile(publisher, url, suffix, credit)
    assert (found.family, found.by, found.disagrees) == (family, by, disagrees)


@pytest.mark.parametrize(
    "same",
    [
        # name and host of one unknown outlet, its sections, its subdomains and mirrors
        [
            ("Daily Foo", None),
            ("The Daily Foo", None),
            ("DAILY FOO", None),
            ("Daily Foo World", None),
            ("Daily Foo - Politics", None),
            ("Daily Foo | Sport", None),
            ("dailyfoo.com", None),
            ("Dаily Fоо", None),
            (None, "https://www.dailyfoo.co.uk/a"),
            (None, "https://daily-foo.com/a"),
            (None, "https://thedailyfoo.com/a"),
            (None, "https://mirror.news.dailyfoo.com:8080/a"),
            (None, "https://dailyfoo.com./a"),
            ("Daily Foo", "https://news.google.com/x"),
            ("Anything At All", "https://a.dailyfoo.com/x"),
        ],
        [(None, "https://alice.substack.com/p/x"), (None, "https://www.alice.substack.com/p/y"), ("alice", None)],
        [(None, "https://news.google.com/x"), (None, None), ("", ""), ("!!!", None), (None, "not a url")],
    ],
)
def test_one_unknown_outlet_is_one_voice(same: list[tuple[str | None, str | None]]) -> None:
    assert len({PUBLISHERS.family(publisher, url, None) for publisher, url in same}) == 1


def test_two_unknown_outlets_are_two() -> None:
    assert PUBLISHERS.family("News from Kivu", None, None) != PUBLISHERS.family("News from Goma", None, None)
    hosts = ["https://foo.co.uk/a", "https://bar.co.uk/a", "https://a.substack.com/b", "https://c.substack.com/b"]
    assert len({PUBLISHERS.family(None, url, None) for url in hosts}) == 4


@given(st.lists(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), max_size=4))
def test_no_subdomain_makes_another_publisher(labels: list[str]) -> None:
    host = ".".join([*labels, "kestrelpost", "org"])
    assert PUBLISHERS.family(None, f"https://{host}/a", None) == "kestrelpost"


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_names(publisher: str, suffix: str, title: str) -> None:
    found = PUBLISHERS.reconcile(publisher, f"https://{suffix}/", suffix, PUBLISHERS.credit(title))
    assert found == PUBLISHERS.reconcile(publisher, f"https://{suffix}/", suffix, PUBLISHERS.credit(title))
    assert (found.family is None) == (found.by is None)


@pytest.mark.parametrize(
    ("title", "suffix"),
    [
        ("Quake hits Tokyo - Reuters", "Reuters"),
        ("Quake hits Tokyo - AFP/Le Monde", "AFP/Le Monde"),
        ("Quake hits Tokyo - The Hindu via PTI", "The Hindu via PTI"),
        ("Quake hits Tokyo - BBC News - Africa", "BBC News - Africa"),
        ("Trump - Putin summit begins", None),
        ("Russia masses troops at border - NATO", None),
        ("Strike kills dozens - Pentagon", None),
        ("Strike kills dozens - report", None),
        ("Strike kills dozens - Red Cross", None),
        ("Pope prays for peace - Vatican", None),
    ],
)
def test_what_is_a_publisher_at_a_titles_end(title: str, suffix: str | None) -> None:
    """Who is quoted there is no publisher: the name may be a place's, and is read with the title."""
    assert split_publisher(title, PUBLISHERS)[1] == suffix


def test_known_names() -> None:
    assert "Reuters" in PUBLISHERS
    assert "BBC News" in PUBLISHERS
    assert "a village in Kivu" not in PUBLISHERS
    assert 5 not in PUBLISHERS
