"""Names of publishers in one spelling, by which they are looked up and compared."""

from functools import lru_cache

from agents.classify.lookalikes import LOOKALIKES
from agents.classify.tokens import fold

_LONG = 8


def one_spelling(label: str) -> str:
    """A label of a domain as names are spelt: "the-daily-foo" is "dailyfoo"."""
    text = label.replace("-", "").replace("_", "")
    return text[3:] if text.startswith("the") and len(text) >= _LONG else text


@lru_cache(4096)
def normal(name: str) -> str:
    """Folded, without "the" and punctuation: "The New York Times" and "New York Times" are one."""
    folded = fold(name).replace("&", " and ")
    if not folded.isascii() and any("a" <= letter <= "z" for letter in folded):
        folded = folded.translate(LOOKALIKES)
    words = "".join(letter if letter.isalnum() else " " for letter in folded if letter not in "'’.").split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words)


class Own:
    """The names that a record gives its own publisher: one may stand at the end of its title, known or not."""

    def __init__(self, *names: str | None) -> None:
        self._names = {key for name in names if name and (key := normal(name))}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and normal(name) in self._names
