"""What detection costs: a counted row, a series at a bucket's close, and a row of counts.

A lane of three hundred series over a made-up wire; seconds of the processor, not of the clock. The incomplete beta
function is measured beside it: it takes a microsecond on an idle core of today, so it tells what the others would take.
"""

import random
import time

from agents.detect.count_rows import read_row
from agents.detect.counts import CountRun
from agents.detect.rules import load_rules
from agents.detect.step import Detector
from agents.detect.tail import betainc
from agents.rulebook import Rulebook
from benchmarks.report import Figure
from schemas.base import DAY, HOUR, MINUTE, QUARTER
from schemas.count import SeriesCount, VolumeCount
from schemas.headline import Evidence, Headline, Place, Theme
from schemas.row import HeadlineRow, MinuteRow, Source, Verdict

START = 1_767_571_200_000
DAYS, WARM = 12, 9
COUNTRIES = {f"C{number}": ("030", "035", "143")[number % 3] for number in range(30)}
THEMES = {f"theme-{number}": "escalatory" for number in range(10)}
PER_HOUR = 150
SOURCE = Source(topic="headlines.raw", partition=0, offset=0)
TOLD = (Evidence(words="words", start=0, end=5, rule="name"),)


def measure() -> list[Figure]:
    """Three figures, and the yardstick."""
    detector = Detector(0, frozenset(COUNTRIES.values()), load_rules(), THEMES, "rules")
    rows = quarters = closed = 0
    in_rows = in_closes = 0.0
    counts: list[SeriesCount | VolumeCount] = []
    for hour in range(START, START + DAYS * DAY, HOUR):
        warm = hour >= START + WARM * DAY
        for at in range(hour, hour + HOUR, QUARTER):
            told = _quarter(at)
            began = time.process_time()
            detector.step(told)
            in_rows += (time.process_time() - began) * warm
            rows += len(told) * warm
            volume = tuple((at, code, 60) for code in ("021", "030", "035", "143", "154"))
            began = time.process_time()
            decided = detector.step([MinuteRow(at=at + QUARTER, volume=volume)])
            in_closes += (time.process_time() - began) * warm
            closed += sum(isinstance(count, SeriesCount) for count in decided.counts) * warm
            quarters += warm
            counts += decided.counts
    series = detector.series
    beta = _yardstick()
    return [
        Figure("the incomplete beta function", f"{beta:.1f} µs", "—", "the yardstick; 1 µs on an idle core"),
        Figure(
            "a counted row, in all its series",
            f"{1e6 * in_rows / rows:.0f} µs",
            "under 20 µs",
            f"{rows:,} headlines, {series} series, four of them each",
        ),
        Figure(
            "a series at a bucket's close",
            f"{1e6 * in_closes / quarters / series:.1f} µs; {1e6 * in_closes / closed:.0f} µs a series with headlines",
            "under 10 µs",
            f"{quarters:,} quarters: closed, counted, learnt from",
        ),
        _over_counts(counts),
    ]


def _over_counts(counts: list[SeriesCount | VolumeCount]) -> Figure:
    rulebook = Rulebook.load()
    known = sorted(code for code, region in rulebook.reader.subregions.items() if region == "030")
    plain = [
        count.model_copy(update={"place": known[int(count.place[1:]) % len(known)], "headlines": ()}).encode()
        for count in counts
        if isinstance(count, SeriesCount) and count.place.startswith("C") and count.place <= f"C{len(known)}"
    ]
    volume = [count.encode() for count in counts if isinstance(count, VolumeCount)]
    values = sorted({_bucket_series(value): value for value in plain + volume}.values(), key=_bucket_series)
    run = CountRun(rulebook)
    began = time.process_time()
    for value in values:
        run.take(read_row(value))
    run.end()
    spent = time.process_time() - began
    return Figure(
        "a row of counts, all told", f"{1e6 * spent / len(values):.0f} µs", "—", f"{len(values):,} rows of JSON"
    )


def _bucket_series(value: bytes) -> tuple[str, str, str]:
    row = read_row(value)
    return row.bucket, getattr(row, "place", ""), getattr(row, "theme", "")


def _quarter(at: int) -> list[HeadlineRow]:
    draw = random.Random(at)
    times = sorted(at + draw.randrange(QUARTER) for _ in range(PER_HOUR // 4))
    return [_headline(arrival, f"{arrival}-{number}", draw) for number, arrival in enumerate(times)]


def _headline(at: int, name: str, draw: random.Random) -> HeadlineRow:
    country = f"C{min(int(draw.expovariate(0.15)), 29)}"
    theme = f"theme-{draw.randrange(10)}"
    return HeadlineRow(
        lane=0,
        primary=True,
        headline=Headline(
            id=name,
            title=name,
            text_key=name,
            url=None,
            publisher=f"P{draw.randrange(30)}",
            family=f"P{draw.randrange(30)}",
            arrival=at,
            event_time=at - draw.randrange(20) * MINUTE,
            timing="published",
            stale=False,
        ),
        places=(Place(code=country, subregion=COUNTRIES[country], evidence=TOLD),),
        themes=(Theme(theme=theme, counted=True, reason=None, evidence=TOLD),),
        rules="bench",
        digest="0" * 16,
        source=SOURCE,
        verdict=Verdict(kind="unique", reason="no-candidate"),
    )


def _yardstick(times: int = 20_000) -> float:
    function = betainc()
    began = time.process_time()
    for number in range(times):
        float(function(6.0, 3.0 + number % 7, 0.4))
    return 1e6 * (time.process_time() - began) / times
