"""One form for titles and URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.classify.canonical import _canonical_by_letter, canonical_title, canonical_url, clean_title, split_publisher


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Troops\tenter \n town ", "Troops enter town"),
        ("Iran &amp; Iraq &quot;agree&quot;", 'Iran & Iraq "agree"'),
        ("Iran &amp;amp; Iraq", "Iran & Iraq"),
        ("“Kim’s” – plan", '"Kim\'s" - plan'),
        ("Kim’s ‘plan’ and `list`", "Kim's 'plan' and 'list'"),
        ("Kim’s café", "Kim's café"),
        ("Talks fail—again", "Talks fail - again"),
        ("Ｋｙｉｖ ﬁre", "Kyiv fire"),
    ],
)
def test_clean_title(raw: str, clean: str) -> None:
    assert clean_title(raw) == (clean, ())


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x00", "\ufeff", "\x1b", "\ud800", "\u2066", "\xad"])
def test_what_prints_nothing_is_taken_out_and_flagged(hidden: str) -> None:
    assert clean_title(f"Mis{hidden}sile") == ("Missile", ("control_characters",))


def test_a_reference_of_thousands_of_digits_is_left_as_it_is() -> None:
    endless = "&#" + "9" * 4_301 + ";"
    assert clean_title(f"Calm &amp; {endless}") == (f"Calm &amp; {endless}", ())


@given(st.text())
def test_cleaning_is_total_and_idempotent_in_its_characters(raw: str) -> None:
    clean, _ = clean_title(raw)
    assert clean.isprintable()
    assert clean == " ".join(clean.split())


@pytest.mark.parametrize(
    ("title", "split"),
    [
        ("Troops enter Goma - Reuters", ("Troops enter Goma", "Reuters")),
        ("Troops enter Goma | BBC News", ("Troops enter Goma", "BBC News")),
        ("Troops enter Goma - example.co.uk", ("Troops enter Goma", "example.co.uk")),
        ("Troops enter Goma - but leave again", ("Troops enter Goma - but leave again", None)),
        ("Goma - Kivu - Reuters", ("Goma - Kivu", "Reuters")),
        ("Reuters", ("Reuters", None)),
        (" - Reuters", (" - Reuters", None)),
    ],
)
def test_split_publisher(title: str, split: tuple[str, str | None]) -> None:
    assert split_publisher(title, {"Reuters", "BBC News"}) == split


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("U.S. troops leave", "US troops leave!"),
        ("5,000 soldiers", "5000 Soldiers"),
        ("Kim’s “plan”", "Kim's plan"),
        ("Troops  –  leave", "troops leave"),
        ("Don't go", "Dont go"),
    ],
)
def test_canonical_title_is_one(one: str, other: str) -> None:
    assert canonical_title(one) == canonical_title(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("12 dead", "13 dead"), ("3.5 percent", "35 percent"), ("Нападение", "Отход"), ("कि", "क")],
)
def test_canonical_title_keeps_apart(one: str, other: str) -> None:
    assert canonical_title(one) != canonical_title(other)


def test_a_title_of_signs_has_a_key() -> None:
    assert canonical_title("!!!")


@given(st.text(max_size=200))
def test_canonical_title_is_idempotent(title: str) -> None:
    assert canonical_title(canonical_title(title)) == canonical_title(title)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://www.example.com/a/?utm_source=x&b=2&a=1#top", "https://example.com/a?a=1&b=2"),
        ("https://m.example.com:443/a", "https://example.com/a"),
        ("https://amp.example.com/a/amp/", "https://example.com/a"),
        ("https://example.com/a.amp", "https://example.com/a"),
        ("https://www.google.com/amp/s/www.example.com/a", "https://example.com/a"),
        ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a?usqp=mq331", "https://example.com/a"),
        ("HTTPS://Example.COM", "https://example.com"),
        ("https://user:secret@example.com:8080/x", "https://example.com:8080/x"),
        ("https://example.com/%7Ea%2f", "https://example.com/~a%2F"),
        ("https://en.m.example.org/wiki/X", "https://en.example.org/wiki/X"),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.com",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "https://x:99999/",
        "//example.com",
        "https://localhost/",
    ],
)
def test_no_address(url: str) -> None:
    assert canonical_url(url) is None


@given(st.text(max_size=300) | st.text(max_size=200).map("https://example.com/".__add__))
def test_canonical_url_never_raises_and_is_idempotent(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is None or canonical_url(canonical) == canonical


@given(st.text(alphabet=st.sampled_from("aBcUS.,' -$%15 \t!\x1c\x00"), max_size=20))
def test_ascii_titles_have_the_key_that_any_title_would_have(title: str) -> None:
    assert canonical_title(title) == _canonical_by_letter(title.casefold())


@given(
    st.sampled_from(["www.a.com", "m.b.org", "en.m.wikipedia.org", "a", "a..b", "x.cdn.ampproject.org", "google.com"]),
    st.lists(st.sampled_from(["/", "a", "/amp", "/amp/", "c/s/", "x.org", "?", "utm_a=1", "&", "id=3", "#f", ":80"])),
)
def test_plain_addresses_have_the_form_that_any_address_would_have(host: str, rest: list[str]) -> None:
    """An upper-case scheme goes the long way round."""
    address = "://" + host + "".join(rest)
    assert canonical_url("http" + address) == canonical_url("HTTP" + address)
