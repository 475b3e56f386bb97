"""The outlets at work: who reports a beat, in whose style, who reprints it, what is edited and what is sent twice."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from schemas.base import MINUTE
from streams.demo.wire.grammar import Fact, phrase
from streams.demo.wire.material import Publisher

_AMERICAN = (
    ("defence", "defense"), ("labour", "labor"), ("harbour", "harbor"), ("neighbour", "neighbor"),
    ("honour", "honor"), ("rumour", "rumor"), ("centre", "center"), ("theatre", "theater"), ("metre", "meter"),
    ("licence", "license"), ("lorry", "truck"), ("tyre", "tire"), ("rouble", "ruble"), ("jeweller", "jeweler"),
    ("aluminium", "aluminum"), ("organiser", "organizer"), ("apologise", "apologize"), ("mobilis", "mobiliz"),
    ("football", "soccer"), ("colour", "color"), ("programme", "program"), ("fertiliser", "fertilizer"),
)  # fmt: skip
_EDITS = (
    ("after", "following"), ("biggest", "largest"), ("probe", "investigation"), ("halts", "suspends"),
    ("row", "dispute"), ("vows", "pledges"), ("begins", "starts"), ("seek", "look for"), ("near", "outside"),
    ("soldiers", "troops"), ("quits", "resigns"), ("hurt", "injured"), ("big", "large"), ("sends", "dispatches"),
    ("due in", "expected in"),
    ("blames", "faults"), ("weighs", "considers"), ("hails", "welcomes"), ("villagers", "residents"), ("says", "said"),
    ("officials", "authorities"), ("find", "discover"), ("cuts", "lowers"), ("climbs", "rises"), ("about", "around"),
)  # fmt: skip
_SMALL_WORDS = frozenset(
    ("a", "an", "the", "and", "but", "or", "nor", "for", "of", "on", "in", "at", "to", "by", "as", "from", "with",
     "over", "near", "off", "into", "than", "vs", "cm", "km", "kg")
)  # fmt: skip


class Item(NamedTuple):
    """What the wire carries. `published_at` is in ms."""

    published_at: int
    title: str
    source: str
    url: str


class Copy(NamedTuple):
    """Something an outlet has said, before it has an address."""

    at: int
    title: str
    publisher: Publisher


def report(
    at: int,
    section: str,
    country: str,
    facts: dict[str, Fact],
    texts: Iterable[str],
    weight: float,
    publishers: Iterable[Publisher],
    used: set[str],
    random: Random,
) -> Iterator[Copy]:
    """A beat as the outlets tell it, each in other words. `used` holds what was ever said, and grows."""
    wordings = list(texts)
    random.shuffle(wordings)
    teller = heard_by(publishers, section, country, random)
    eager = 1 + sum(random.random() < weight * share for share in (0.62, 0.38, 0.22))
    for outlet, wording in zip(teller[:eager], wordings, strict=False):
        title = styled(phrase(wording, facts, at, random, spelt=outlet.small == "words"), outlet)
        if title.casefold() in used:
            continue
        used.add(title.casefold())
        yield Copy(at, title, outlet)
        at += random.randrange(3 * MINUTE, 70 * MINUTE)


def heard_by(publishers: Iterable[Publisher], section: str, country: str, random: Random) -> list[Publisher]:
    """The outlets that would report on `country` under `section`, in any order."""
    heard = [
        outlet
        for outlet in publishers
        if outlet.covers(section) and (country in outlet.home.split() or random.random() < outlet.reach)
    ]
    random.shuffle(heard)
    return heard


def spread(first: Copy, section: str, country: str, publishers: Iterable[Publisher], random: Random) -> Iterator[Copy]:
    """Reprints, edited repeats: what follows from one outlet's words."""
    chance = 0.55 if first.publisher.agency else 0.12
    at = first.at
    for outlet in heard_by(publishers, section, country, random):
        if outlet.agency or outlet is first.publisher:
            continue
        if random.random() > chance:
            break
        at += random.randrange(2 * MINUTE, 35 * MINUTE)
        yield Copy(at, first.title, outlet)
        chance *= 0.65
    if random.random() < (0.13 if first.publisher.agency else 0.05):
        edited = _edited(first, random)
        if edited != first.title:
            yield Copy(first.at + random.randrange(12 * MINUTE, 150 * MINUTE), edited, first.publisher)


def delivered(copy: Copy, random: Random) -> Iterator[Item]:
    """The item that comes over the wire; now and then it comes again, as feeds do."""
    name, title = copy.publisher.name, copy.title
    if random.random() < copy.publisher.suffix:
        title = f"{title} {random.choice('-||')} {name}"
    url = _address(copy, random)
    yield Item(copy.at, title, name, url)
    if random.random() < 0.03:
        again = random.choice((url, f"{url}?utm_source=feed&utm_medium=rss", url.replace("//www.", "//m.")))
        yield Item(copy.at + random.randrange(4 * MINUTE, 400 * MINUTE), title, name, again)


def styled(title: str, outlet: Publisher) -> str:
    """`title` in the house style of `outlet`."""
    if outlet.spelling == "american":
        for british, american in _AMERICAN:
            title = title.replace(british, american).replace(british.capitalize(), american.capitalize())
    if outlet.case == "title":
        words = title.split(" ")
        title = " ".join(word if index and word in _SMALL_WORDS else _capital(word) for index, word in enumerate(words))
    return title


def _capital(word: str) -> str:
    start = 1 if word[:1] in ("'", '"') else 0
    return word[:start] + word[start : start + 1].upper() + word[start + 1 :]


def _edited(first: Copy, random: Random) -> str:
    title = first.title
    if first.publisher.agency and random.random() < 0.55:
        return f"UPDATE {random.choice((1, 1, 1, 2))}-{title}"
    for word, better in random.sample(_EDITS, len(_EDITS)):
        edited = re.sub(rf"(?<=\w ){word}(?= \w)", better, title, count=1, flags=re.IGNORECASE)
        if edited != title:
            return styled(edited, first.publisher)
    return title


def _address(copy: Copy, random: Random) -> str:
    day = datetime.fromtimestamp(copy.at / 1000, UTC).strftime("%Y/%m/%d")
    plain = unicodedata.normalize("NFKD", copy.title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain)[:9])
    return f"https://{copy.publisher.host}/{copy.publisher.section}/{day}/{slug}-{random.randrange(10**6):06d}"
