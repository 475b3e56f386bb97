"""What must not differ for two alike texts to be one text edited.

A repeat is not counted, so it must bring nothing that its original did not: no country, theme or number of its own.
These three are one-sided: the earlier text may say more. (So they hold along a chain of edits too: what the third
brings, the first had.) The others ask whether both texts have something that the other lacks, or turn round what
the other says.
"""

from agents.deduplicate.similarity import Reading

SAME_NAME = 4
"""Letters that two forms of a name have to begin with: `Egypt`, `Egyptian`."""


def veto(new: Reading, old: Reading) -> str | None:
    """The guard that forbids to take `new` for an edit of `old`, by name; `None` when none does."""
    if not new.places <= old.places:
        return "country"
    if not new.themes <= old.themes:
        return "theme"
    if not new.numbers <= old.numbers:
        return "number"
    if new.dates and old.dates and not (new.dates <= old.dates or old.dates <= new.dates):
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


def _opposite(new: frozenset[int], old: frozenset[int]) -> bool:
    return any(side ^ 1 in old and side not in old and side ^ 1 not in new for side in new)


def _other_names(new: Reading, old: Reading) -> bool:
    mine = new.names - old.tokens
    theirs = old.names - new.tokens
    if not mine or not theirs:
        return False
    return not all(_form_in(name, theirs) for name in mine) and not all(_form_in(name, mine) for name in theirs)


def _form_in(name: str, others: frozenset[str]) -> bool:
    return any(
        min(len(name), len(other)) >= SAME_NAME and (name.startswith(other) or other.startswith(name))
        for other in others
    )


def _turned(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Who does it to whom: the countries that both name stand in another order."""
    if len(new) < 2 or new == old:
        return False
    return [code for code in new if code in old] != [code for code in old if code in new]
