"""Made-up news for the tests of commands: ten quiet days, and on the last one North Korea moves troops."""

import json
import random
from collections.abc import Iterator

START = 1_763_000_000_000 // 86_400_000 * 86_400_000  # 2025-11-13T00:00:00Z
HOUR = 3_600_000
QUIET = [
    "{place} opens {ordinal} museum of {thing} in its capital",
    "Farmers in {place} await rain after a poor harvest of {thing}",
    "{place} and its neighbours sign an accord on trade in {thing}",
    "Prices of {thing} fall for the {ordinal} month in {place}",
    "A festival of {thing} draws crowds to {place}",
]
BURST = [
    "North Korea deploys thousands of troops to its border, South says",
    "Pyongyang sends soldiers towards the frontier in overnight move",
    "North Korean army moves troops and tanks south, satellite images show",
    "Seoul: North Korea is deploying additional brigades near Kaesong",
    "Thousands of North Korean troops deployed along demilitarised zone",
    "North Korea sends more troops to the border amid loudspeaker row",
    "Kim Jong Un orders deployment of troops to front-line units in North Korea",
    "Analysts count 10,000 North Korean soldiers deployed near the border",
    "North Korea deploys artillery brigades and troops, Japan warns",
    "New deployment of North Korean troops seen west of Panmunjom",
]
PLACES = ["Brazil", "Kenya", "Poland", "Japan", "North Korea", "France", "India", "Egypt", "Peru", "Norway", "Vietnam"]
THINGS = ["coffee", "wool", "pottery", "honey", "timber", "lace", "rice", "silver", "film", "ceramics", "tea", "salt"]
ORDINALS = ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]


def rows(seed: int = 1) -> Iterator[dict[str, object]]:
    """Rows in order of time."""
    chance = random.Random(seed)
    for hour in range(10 * 24):
        for _ in range(6):
            title = chance.choice(QUIET).format(
                place=chance.choice(PLACES), thing=chance.choice(THINGS), ordinal=chance.choice(ORDINALS)
            )
            yield row(title, hour * HOUR + chance.randrange(HOUR), chance.randrange(30))
    for number, title in enumerate(BURST):
        yield row(title, 10 * 24 * HOUR + number * 600_000, number)


def row(title: str, at: int, paper: int) -> dict[str, object]:
    return {"title": title, "published_at": START + at, "source": f"Paper {paper}"}


def lines() -> bytes:
    """As JSON Lines, with two bad ones."""
    good = [json.dumps(row) for row in rows()]
    return "\n".join([*good[:100], "not json", *good[100:], '{"title": ""}', ""]).encode()
