r"""How a line of the material becomes a headline.

    [this|that]          one of them
    {toll}               a fact of the story; small whole numbers are spelt where the outlet's style asks for it
    {toll:body|bodies}   a fact with the noun that agrees with it
    {sector.cap}         with a capital
    {other.adj}          of the partner country
    {day+2}  {mon}  {year-}   the weekday two days on, a month to come, a year gone by

Facts are drawn once for a story, so that every line of it tells the same: `3..20` a whole number, `0.2..1.4/0.1` in
steps, `toll+2..9` a number that lies above another fact, a list for one of its entries.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

Fact = int | str
Facts = Mapping[str, Fact]

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(?:(?P<base>[a-z]\w*)\+)?(?P<low>[\d.]+?)\.\.(?P<high>[\d.]+)(?:/(?P<step>[\d.]+))?")
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def draw(spec: str | list[str], facts: Facts, random: Random) -> Fact:
    """One fact by its specification."""
    if isinstance(spec, list):
        return random.choice(spec)
    match = _RANGE.fullmatch(spec)
    if match is None:
        return spec
    step = Decimal(match["step"] or 1)
    low, high = Decimal(match["low"]), Decimal(match["high"])
    value = low + step * random.randrange(int((high - low) / step) + 1)
    if match["base"]:
        value += Decimal(str(facts[match["base"]]))
    if step == step.to_integral_value():
        return int(value)
    return f"{value:.1f}" if step == Decimal("0.1") else f"{value.normalize():f}"


def phrase(text: str, facts: Facts, at: int, random: Random, *, spelt: bool) -> str:
    """The headline that `text` comes to when said at `at` (ms)."""
    while (chosen := _CHOICE.sub(lambda match: random.choice(match[1].split("|")), text)) != text:
        text = chosen
    said = _SLOT.sub(lambda match: _fill(match, text, facts, at, spelt), text)
    said = re.sub(r"\s+", " ", said).strip()
    said = said.replace("US's ", "US ").replace("s's ", "s' ")
    said = re.sub(r"\b([Aa]) (?=[aeio]|A[rfnuz]|E[csgt]|I[rtns])", r"\1n ", said)
    return said[0].upper() + said[1:]


def _fill(match: re.Match[str], text: str, facts: Facts, at: int, spelt: bool) -> str:
    slot = match[1]
    if slot.startswith("day+"):
        return _when(at, int(slot[4:])).strftime("%A")
    if slot == "mon":
        return _when(at, 110).strftime("%B")
    if slot == "year-":
        return str(_when(at, 0).year - 3 - len(str(facts["country"])) % 9)
    name, _, nouns = slot.partition(":")
    capital = name.endswith(".cap")
    value = facts[name.removesuffix(".cap")]
    said = value if isinstance(value, str) else _number(value, match, text, spelt)
    if nouns:
        one, many = nouns.split("|")
        said = f"{said} {one if value == 1 else many}"
    return said[0].upper() + said[1:] if capital else said


def _number(value: int, match: re.Match[str], text: str, spelt: bool) -> str:
    before, after = text[: match.start()][-1:], text[match.end() :]
    # A figure that leans on a sign, a unit or another figure stays a figure.
    figure = before in tuple("-$0123456789") or re.match(
        r"[%,.\d:°C-]|\s(?:km|cm|kg|C|percent|million|billion)\b", after
    )
    if 0 <= value < len(_SMALL) and not figure and (spelt or not before):
        return _SMALL[value]
    return f"{value:,}" if not after[:1].isdigit() else str(value)


def _when(at: int, days: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC) + timedelta(days=days)
