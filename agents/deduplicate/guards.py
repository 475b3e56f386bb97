"""What must not differ for two alike texts to be one text edited.

A repeat is not counted, so it must bring nothing that its original did not: no country, theme or number of its own.
These three are one-sided: the earlier text may say more. (So they hold along a chain of edits too: what the third
brings, the first had.) The others ask whether both texts have something that the other lacks, or turn round what
the other says.
"""

from agents.deduplicate.similarity import Reading

SAME_NAME = 4
"""Letters that two forms of a name have to begin with: `Egypt`, `Egyptian`."""


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
    if new.negated != old.negated:
        return "negation"
    if _opposite(new.sides, old.sides):
        return "opposite"
    if _other_names(new, old):
        return "name"
    if _turned(new.order, old.order):
        return "order"
    return None


def contradictions(a: Reading, b: Reading) -> tuple[str, ...]:
    """The guards by which each of two texts has what the other lacks, or turns it round; the same for (b, a)."""
    against = [
        ("country", _apart(a.places, b.places)),
        ("number", _apart(a.numbers, b.numbers)),
        ("date", _apart(a.dates, b.dates)),
        ("negation", a.negated != b.negated),
        ("opposite", _opposite(a.sides, b.sides)),
        ("name", _other_names(a, b)),
        ("order", _turned(a.order, b.order)),
    ]
    return tuple([guard for guard, holds in against if holds])


def _apart(a: frozenset[str], b: frozenset[str]) -> bool:
    return not (a <= b or b <= a)


def _opposite(new: frozenset[int], old: frozenset[int]) -> bool:
    return any(side ^ 1 in old and side not in old and side ^ 1 not in new for side in new)


def _other_names(new: Reading, old: Reading) -> bool:
    mine = new.names - old.tokens
    if not mine:
        return False
    theirs = old.names - new.tokens
    return bool(theirs) and not _forms_in(mine, theirs) and not _forms_in(theirs, mine)


def _forms_in(names: frozenset[str], others: frozenset[str]) -> bool:
    """Whether each of `names` has a form among the others. Loops, as this is asked for every text of a template."""
    for name in names:
        for other in others:
            long = len(name) >= SAME_NAME <= len(other)
            if long and (name.startswith(other) or other.startswith(name)):
                break
        else:
            return False
    return True


def _turned(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Who does it to whom: the countries that both name stand in another order."""
    if len(new) < 2 or new == old:
        return False
    return [code for code in new if code in old] != [code for code in old if code in new]
