"""Headlines that the package's own rules understand: places in all lanes, themes that count."""

from collections.abc import Mapping, Sequence

PLACES: Sequence[str] = (
    "North Korea",
    "Kenya",
    "Ukraine",
    "Peru",
    "Iran",
    "India",
    "Japan",
    "Russia",
    "Somalia",
    "Germany",
)
THEMES: Mapping[str, Sequence[str]] = {
    "troop-deployment": (
        "{place} deploys {number} soldiers near {town}",
        "{number} troops sent by {place} to {town}",
        "{place} moves {number} troops towards {town}, officials say",
    ),
    "missile-launch": (
        "{place} fires {number} ballistic missiles over {town}",
        "{place} launches {number} missiles, {town} governor says",
    ),
    "air-strike": (
        "{place} air strikes hit {town}, killing {number}",
        "Warplanes of {place} bomb {town} in {number} air strikes",
    ),
    "unrest": ("{number} arrested as riots spread in {place}, {town} police say",),
    "ceasefire": ("{place} agrees to a ceasefire after {number} days, says {town} mediator",),
}
PAIRS: Sequence[str] = (
    "{place} and {other} deploy {number} soldiers near {town}",
    "{place} fires {number} missiles at {other}, {town} governor says",
)
"""Two places; where their subregions are in two lanes, so is the headline."""
CALM: Sequence[str] = (
    "{place} opens {number} libraries, {town} mayor says",
    "Harvest of {number} tonnes in {place}, {town} farmers say",
    "{number} visitors at the {town} film festival",
)
EDITS: Sequence[str] = ("Update: {title}", "{title}, sources say", "Breaking: {title}")
TOWNS: Sequence[str] = tuple(
    first + last
    for first in ("Alder", "Birch", "Cedar", "Elm", "Fern", "Gorse", "Hazel", "Iris", "Juniper", "Larch")
    for last in ("bridge", "field", "ford", "haven", "mouth", "ton", "wick", "worth")
)
PAPERS: Sequence[str] = tuple(f"{name} Courier" for name in ("Amber", "Bronze", "Copper", "Indigo", "Jade", "Onyx"))
