"""Themes counted in headlines of sport, culture, business and weather, where there are none.

How the 500 were drawn, without the classifier: from wklnd the titles of the sources that `SOURCES` names (business,
technology, games, film) and those of any source with a word of `TOPICS`, in the order of their hashes; a person read
them in that order and left out what tells of politics, crime or security after all, until there were 500. They are
kept as hashes in `labels/no_themes.txt`. Every third of these is for the last look: its mistakes are not shown.
"""

import re
from datetime import datetime
from pathlib import Path

from agents.classify.reader import Reader
from tests.evaluate.labels import LABELS, kept, key, rows
from tests.evaluate.table import Measure, Row, share

NEEDS = ("wklnd.jsonl.gz",)
FALSE = Measure("false themes: headlines of sport, culture, business and weather in which a theme counts", "<= .01")
MEASURES = (FALSE,)
MOST = 0.01
SOURCES = frozenset(
    [
        "9to5Google",
        "9to5Mac",
        "Android Authority",
        "Android Central",
        "Android Police",
        "Anime News Network",
        "AppleInsider",
        "Ars Technica",
        "Barron's",
        "Bloomberg",
        "Bloomberg.com",
        "Business Insider",
        "CBS Sports",
        "CNBC",
        "CNET",
        "CoinDesk",
        "Cointelegraph",
        "ComicBook.com",
        "Deadline",
        "Engadget",
        "Eurogamer",
        "Financial Times",
        "Forbes",
        "Fortune",
        "Fox Business",
        "GSMArena.com",
        "Game Developer",
        "GameSpot",
        "Gizmodo",
        "IGN",
        "InsideEVs",
        "Investing.com",
        "Investopedia",
        "Investor's Business Daily",
        "Kotaku",
        "MacRumors",
        "MarketWatch",
        "Mashable",
        "Motor1.com",
        "Nintendo Everything",
        "Nintendo Life",
        "Notebookcheck",
        "PCMag",
        "PhoneArena",
        "Pokemon.com",
        "Push Square",
        "Realtor.com",
        "Rock Paper Shotgun",
        "Rolling Stone",
        "SamMobile",
        "Seeking Alpha",
        "Space",
        "TechCrunch",
        "The Hollywood Reporter",
        "The Motley Fool",
        "The Verge",
        "TheStreet",
        "TipRanks",
        "Tom's Guide",
        "Variety",
        "Video Games Chronicle",
        "VideoCardz.com",
        "WIRED",
        "Wccftech",
        "Yahoo Finance",
        "Yahoo Sports",
        "ZDNET",
    ]
)
TOPICS = re.compile(
    r"\b(film|films|movie|movies|album|song|singer|actor|actress|box office|netflix|disney|emmys?|oscars?|grammys?"
    r"|taylor swift|celebrity|concert|comedian|comedy|theater|museum|fashion|wedding|nfl|nba|mlb|wnba|football|soccer"
    r"|baseball|basketball|tennis|golf|coach|quarterback|super bowl|world cup|olympics?|athlete|stocks?|shares|earnings"
    r"|market|markets|inflation|tariffs?|fed|retail\w*|profit|revenue|ipo|merger|ceo|bitcoin|crypto|economy|jobs report"
    r"|hurricane|storms?|rain|heat|snow|tornado\w*|forecast|flash flood|flooding|tropical|temperatures?|weather"
    r"|thunderstorms?|iphone|pixel|galaxy|game|games|gamers?|battlefield|xbox|playstation|nintendo)\b",
    re.IGNORECASE,
)


def measure(data: Path) -> list[Row]:
    """The share of the 500 in which any theme counts, in two parts."""
    wanted = set((LABELS / "no_themes.txt").read_text(encoding="ascii").split())
    reader = Reader.load()
    seen: set[str] = set()
    wrong: set[str] = set()
    for row in rows(data / NEEDS[0]):
        hashed = key(row["title"])
        if hashed not in wanted or hashed in seen:
            continue
        seen.add(hashed)
        if row["source"] not in SOURCES and not TOPICS.search(row["title"]):
            raise LookupError(f"{hashed} is of neither such a source nor such a topic: it was not drawn")
        at = int(datetime.fromisoformat(row["published_at"]).timestamp()) * 1000
        if counted := [theme.theme for theme in reader.read(row["title"], at).themes if theme.counted]:
            wrong.add(hashed)
            if not kept(hashed):
                print(f"  {', '.join(counted)}: {row['title']}")
    if lacking := wanted - seen:
        raise LookupError(f"{len(lacking)} of {len(wanted)} titles are not in the archive")
    last = {hashed for hashed in wanted if kept(hashed)}
    return [_row(wanted - last, wrong, "open part"), _row(last, wrong, "kept for the last look")]


def _row(part: set[str], wrong: set[str], called: str) -> Row:
    count = len(part & wrong)
    return FALSE.row(
        on=f"wklnd, {len(part)} such headlines, {called}",
        reached=share(count, len(part)),
        holds=count <= MOST * len(part),
    )
