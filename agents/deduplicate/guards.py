"""What must not differ for two alike texts to be one text edited.

A repeat is not counted, so it must bring nothing that its original did not: no country, theme or number of its own.
These three are one-sided: the earlier text may say more. (So they hold along a chain of edits too: what the third
brings, the first had.) The others ask whether both texts have something that the other lacks, or turn round what
the other says.

Sets do not see all of it: where a headline names Sudan twice and the other Sudan and Turkey, or a name stands in a
word that another sentence would use as a word ("Cook"), only the place tells. So where two texts are the same but for
one stretch, that stretch is looked at by itself: see `_exchanged`.
"""

from agents.deduplicate.similarity import Reading

SAME_NAME = 4
"""Letters that two forms of a name have to begin with: `Egypt`, `Egyptian`."""
_ENDINGS = frozenset(("s", "n", "an", "ian", "ean", "i", "ish", "ese", "ic", "is"))
"""What may follow in the longer form: `Roberts` is no form of `Robertson`."""
_STRETCH = 3
"""Tokens: more than that is another sentence, not another name."""


def bars(new: Reading, old: Reading) -> bool:
    """Whether one of the one-sided guards forbids to take `new` for an edit of `old`: what is cheapest to ask."""
    return not (new.numbers <= old.numbers and new.places <= old.places and new.themes <= old.themes)


def veto(new: Reading, old: Reading) -> str | None:
    """The guard that forbids to take `new` for an edit of `old`, by name; `None` when none does."""
    if not new.places <= old.places:
        return "country"
    if not new.themes <= old.themes:
        return "theme"
    if not new.numbers <= old.numbers:
        return "number"
    if _apart(new.dates, old.dates):
        return "date"
    if new.negations != old.negations:
        return "negation"
    if _opposite(new, old):
        return "opposite"
    if _other_names(new, old):
        return "name"
    if _turned(new.order, old.order):
        return "order"
    return _exchanged(new, old)


def contradictions(a: Reading, b: Reading) -> tuple[str, ...]:
    """The guards by which each of two texts has what the other lacks, or turns it round; the same for (b, a)."""
    exchanged = _exchanged(a, b)
    against = [
        ("country", _apart(a.places, b.places) or exchanged == "country"),
        ("number", _apart(a.numbers, b.numbers)),
        ("date", _apart(a.dates, b.dates)),
        ("negation", a.negations != b.negations),
        ("opposite", _opposite(a, b) or exchanged == "opposite"),
        ("name", _other_names(a, b) or exchanged == "name"),
        ("order", _turned(a.order, b.order) or exchanged == "order"),
    ]
    return tuple([guard for guard, holds in against if holds])


def _apart(a: frozenset[str], b: frozenset[str]) -> bool:
    return not (a <= b or b <= a)


def _opposite(new: Reading, old: Reading) -> bool:
    """What only one of them says is the opposite of what only the other says."""
    opposites = new.facts.opposites
    mine = (new.tokens - old.tokens) | (new.particles - old.particles)
    if not mine:
        return False
    theirs = (old.tokens - new.tokens) | (old.particles - new.particles)
    return any(token in opposites and not opposites[token].isdisjoint(theirs) for token in mine)


def _other_names(new: Reading, old: Reading) -> bool:
    mine = _unshared(new, old)
    if not mine:
        return False
    theirs = _unshared(old, new)
    return bool(theirs) and not _forms_in(mine, theirs) and not _forms_in(theirs, mine)


def _unshared(one: Reading, other: Reading) -> set[str]:
    """Names and named countries that `other` has not, nor means by other words."""
    return {
        *(one.names - other.tokens),
        *(token for token in one.tokens - other.tokens if token[0] == "@" and token[1:] not in other.places),
    }


def _forms_in(names: set[str], others: set[str]) -> bool:
    """Whether each of `names` has a form among the others. Loops, as this is asked for every text of a template."""
    for name in names:
        for other in others:
            if _forms(name, other):
                break
        else:
            return False
    return True


def _forms(name: str, other: str) -> bool:
    """`Egypt` and `Egyptian`; `Zelensky` and `Zelenskyy`."""
    if len(name) > len(other):
        name, other = other, name
    if name == other:
        return True
    if len(name) < SAME_NAME or name[:SAME_NAME] != other[:SAME_NAME]:
        return False
    if other.startswith(name) and other[len(name) :] in _ENDINGS:
        return True
    # stems end y and i; both letters are how one of another script is written
    return name[-1] in "iy" and other[-1] in "iy" and name.rstrip("iy") == other.rstrip("iy")


def _turned(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Who does it to whom: the countries that both name stand in another order."""
    if len(new) < 2 or new == old:
        return False
    return [code for code in new if code in old] != [code for code in old if code in new]


def _exchanged(new: Reading, old: Reading) -> str | None:
    """Two texts that are the same but for one stretch, and what in it was exchanged, if that makes other news of it."""
    mine, theirs = _difference(new.sequence, old.sequence)
    if not mine or not theirs:
        return None
    if len(mine) == len(theirs) and new.tokens == old.tokens:
        moved = [one for one, other in zip(mine, theirs, strict=True) if one != other]
        return "order" if all(token[0] in "@#" or token in new.names for token in moved) else None
    if len(mine) > _STRETCH or len(theirs) > _STRETCH:
        return None
    if any(not new.facts.opposites.get(token, frozenset()).isdisjoint(theirs) for token in mine):
        return "opposite"
    countries, others = _countries(mine), _countries(theirs)
    if _apart(countries, others):
        return "country"
    persons, persons_there = _persons(new, mine, theirs), _persons(old, theirs, mine)
    if countries != others:
        # Moscow for Russia says the same; another name for a country does not.
        named = countries or others
        of = old if countries else new
        there = persons_there if countries else persons
        return "country" if any("@" + of.homes.get(token, "") not in named for token in there) else None
    if persons and persons_there:
        return None if _forms_in(persons, persons_there) or _forms_in(persons_there, persons) else "name"
    return None


def _difference(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both without what they begin and end with alike."""
    longest = min(len(a), len(b))
    first = 0
    while first < longest and a[first] == b[first]:
        first += 1
    last = 0
    while last < longest - first and a[-1 - last] == b[-1 - last]:
        last += 1
    return a[first : len(a) - last], b[first : len(b) - last]


def _countries(tokens: tuple[str, ...]) -> frozenset[str]:
    return frozenset([token for token in tokens if token[0] == "@"])


def _persons(of: Reading, tokens: tuple[str, ...], others: tuple[str, ...]) -> set[str]:
    """Tokens that may be names, and stand with a capital."""
    words = of.facts.name_words
    return {
        token
        for token in tokens
        if token not in others and token in of.capitals and (token in of.names or token in words or token in of.dates)
    }
