"""A stand-in for the demo's run: the views that a run would show, with alerts made by hand."""

from schemas.alert import Alert, AlertHeadline, Baseline, Status
from schemas.base import iso
from streams.demo.display import LaneView, View

NOON = 1_795_176_000_000
PLACES = {"KP": "North Korea", "RU": "Russia"}
TITLES = (
    "North Korea deploys 8,000 troops to Russia's Kursk, Washington tells UN",
    "First North Korean troops reach Russia's Kursk region, Ukraine says",
    "Thousands of North Korean soldiers sent to Kursk region, US official says",
    "Pentagon confirms at least 3,000 North Korean soldiers in Russia",
    "Video appears to show North Korean troops collecting Russian uniforms",
)
LANES = (
    ("Northern America", "Caribbean", "Central America", "South America", "Australia and New Zealand", "Melanesia"),
    ("Northern Europe", "Western Europe", "Eastern Europe", "Southern Europe"),
    ("Western Asia", "Northern Africa", "Western Africa", "Eastern Africa"),
    ("Eastern Asia", "Southern Asia", "South-eastern Asia", "Central Asia"),
)


def alert(
    status: Status = "opened", revision: int = 1, theme: str = "troop-deployment", titles: tuple[str, ...] = TITLES
) -> Alert:
    """A revision about North Korea."""
    at = iso(NOON + revision * 3_600_000)
    evidence = tuple(
        AlertHeadline(
            id=f"{nth:024x}", title=title, publisher="Meridian Wire", url=None, event_time=at, words=("troops",)
        )
        for nth, title in enumerate(titles)
    )
    return Alert(
        id=f"KP/{theme}@{iso(NOON)}", revision=revision, status=status, series=f"KP/{theme}", place="KP",
        level="country", subregion="030", theme=theme, severity="critical", onset=iso(NOON), at=at, horizon="24h",
        observed=14, expected=0.21, interval=(0, 1), p=3.1e-12, alpha=1.0e-7, exposure=104.0,
        publishers=("Meridian Wire", "The Harbour Courier"), publisher_count=6, evidence=evidence, evidence_count=14,
        baseline=Baseline(since=iso(0), days=60.1, samples=2.4, rate=0.002, dispersion=0.1),
        reason="14 unique headlines from 6 publishers in 24 h where 0.2 were expected (p = 3.1e-12).", rules="r1",
    )  # fmt: skip


def lanes(clock: int | None, learning: str | None = None, waiting: int = 0) -> tuple[LaneView, ...]:
    """The four lanes, all at one point."""
    return tuple(LaneView(number, clock, waiting, learning, names) for number, names in enumerate(LANES))


def run() -> list[View]:
    """A run from start to end."""
    opened, escalated = alert(), alert("escalated", 2)
    pact = alert("opened", 1, "defence-pact", ("Treaty obliges Russia, North Korea to come to each other's aid",))
    resolved = alert("resolved", 3)
    counts = {"unique": 5_100, "exact": 1_120, "near": 260, "redelivered": 190}
    return [
        View("starting Kafka"),
        View(
            "importing history", 1_200, 6_200, 3_456.7, lanes(NOON, "2.1 of 7 days", 31), {"unique": 900}, 0, (), NOON
        ),
        View("playing the last days", 210, 460, 40, lanes(NOON), counts, 2, (pact, opened, escalated), NOON),
        View("live", 460, 460, 0.4, lanes(NOON), counts, 2, (pact, opened, escalated, resolved), NOON),
    ]
