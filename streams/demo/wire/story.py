"""From frames to stories: who, where, with which facts, told when and in which words."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from schemas.base import DAY, HOUR
from streams.demo.wire.grammar import Fact, draw
from streams.demo.wire.material import Country, Frame, Material
from streams.demo.wire.rhythm import season, settle


class Beat(NamedTuple):
    """A moment of a story, and the wordings that outlets can choose from."""

    at: int
    section: str
    country: Country
    facts: dict[str, Fact]
    texts: tuple[str, ...]
    weight: float
    """How eagerly it is told; the least is one outlet."""


def stories(material: Material, start: int, end: int, random: Random) -> Iterator[Beat]:
    """The ordinary news from `start` to `end`, story by story."""
    quiet: dict[str, list[tuple[int, float]]] = {}
    for frame in material.frames:
        yield from _frame(frame, material, start, end, quiet, random)
    share = min(1.0, (end - start) / (66 * DAY))
    for code, text in random.sample(material.oneoffs, int(share * len(material.oneoffs))):
        country = material.countries[code]
        at = settle(random.randrange(start, end), country.tz, "society", random)
        if at is not None:
            yield Beat(at, "society", country, {}, (text,), 0.1)


def _frame(
    frame: Frame, material: Material, start: int, end: int, quiet: dict[str, list[tuple[int, float]]], random: Random
) -> Iterator[Beat]:
    homes = _matching(frame.where, material)
    last: dict[str, int] = {}
    share = frame.n * (end - start) / (64 * DAY)
    count = int(share) + (random.random() < share % 1)
    for index in range(count):
        # One story in each stretch of the time: chance without clumps.
        rough = start + int((index + random.random()) * (end - start) / count)
        free = [
            country
            for country in homes
            if rough - last.get(country.code, -(10**15)) > frame.again * DAY
            and (not frame.season or season(rough, "south" in country.tags) & set(frame.season.split()))
            and all(abs(rough - at) > max(frame.calm, calm) * HOUR for at, calm in quiet.get(country.code, ()))
        ]
        if not free:
            continue
        country = random.choices(free, [country.w for country in free])[0]
        at = settle(rough, country.tz, frame.section, random)
        if at is None:
            continue
        last[country.code] = rough
        if frame.calm:
            quiet.setdefault(country.code, []).append((rough, frame.calm))
        facts = _facts(frame, country, material, random)
        # The background of bad news is thin: few tell the same of it, so that no ordinary day looks like a crisis.
        weight = 0.06 + 0.02 * country.w if frame.section == "security" else 0.55 + 0.09 * country.w
        for number, (after, texts) in enumerate(frame.beats):
            if number and random.random() > 0.8:
                continue
            later = at + int(after * HOUR * random.uniform(0.85, 1.15))
            yield Beat(later, frame.section, country, facts, texts, weight * (0.7 if number else 1))


def _facts(frame: Frame, country: Country, material: Material, random: Random) -> dict[str, Fact]:
    firm, rival = random.sample(material.firms, 2)
    facts: dict[str, Fact] = {**_about(country, "", random), "firm": firm, "firm2": rival}
    facts["storm"] = f"{_storm_kind(country)} {random.choice(material.storms)}"
    mined = [good for good in country.goods if good in material.minerals] or ["zinc"]
    facts["crop"] = random.choice([good for good in country.goods if good in material.crops] or ["maize"])
    facts["mineral"] = random.choice(mined).removesuffix("s")
    if frame.partner:
        tags = frame.partner.removeprefix("near")
        partners = [other for other in _matching(tags, material) if other is not country]
        if tags != frame.partner:
            partners = [other for other in partners if other.code in country.near] or partners
        facts |= _about(random.choice(partners), "other.", random)
        facts["other"] = facts.pop("other.country")
    for name, spec in frame.facts.items():
        facts[name] = draw(spec, facts, random)
    return facts


def _about(country: Country, prefix: str, random: Random) -> dict[str, Fact]:
    cities = [*country.cities, country.capital]
    city = random.choice(country.cities)
    names = random.sample(country.names, min(2, len(country.names)))
    own = {
        "country": country.name,
        "adj": country.adj,
        "people": country.people,
        "capital": country.capital,
        "city": city,
        "city2": random.choice([other for other in cities if other != city]),
        "money": country.money,
        "bank": country.bank,
        "house": country.house,
        "head": country.head,
        "good": random.choice(country.goods),
        "name": names[0],
        "name2": names[-1],
    }
    return {prefix + slot: fact for slot, fact in own.items()}


def _storm_kind(country: Country) -> str:
    if country.tz <= -4:
        return "Hurricane" if country.tz > -8 else "Storm"
    return "Typhoon" if country.code in ("JP", "TW", "PH", "VN", "CN", "HK", "KR", "KP") else "Cyclone"


def _matching(where: str, material: Material) -> list[Country]:
    """The countries that `where` allows: codes for any of these, `tag` for having it, `-tag` or `-CODE` for not."""
    words = where.split()
    codes = {word for word in words if word.isupper() and word[0] != "-"}
    needed = {word for word in words if word.islower() and word[0] != "-"}
    barred = {word[1:] for word in words if word[0] == "-"}
    return [
        country
        for country in material.countries.values()
        if (country.code in codes or (not codes and "closed" not in country.tags))
        and needed <= country.tags
        and not barred & (country.tags | {country.code})
    ]
