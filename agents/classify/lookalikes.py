"""Letters of other scripts that look like Latin ones, in words that mix the two: "Ruѕѕia" with a Cyrillic ѕ is Russia.

A word of one script is left alone, whatever its letters look like: Cyrillic "сор" is no English cop.
"""

import re

MIXED = "mixed_script"
"""The flag of a title with such a word."""
LOOKALIKES = str.maketrans("авекмнорстухіјѕԁɡοαεικνρτυχ", "abekmhopctyxijsdgoaeikvptux")
"""Lower-case Cyrillic and Greek letters -> the Latin ones that they look like."""
_LETTERS = frozenset(map(chr, LOOKALIKES))
_WORD = re.compile(r"[^\W\d_]+")


def latin(word: str) -> str:
    """A lower-case word in Latin letters, if it mixes these with others that look like them; else the word."""
    if _LETTERS.isdisjoint(word) or not any("a" <= letter <= "z" for letter in word):
        return word
    translated = word.translate(LOOKALIKES)
    return translated if translated.isascii() else word


def mixed(title: str) -> bool:
    """Whether a word of `title` is read in Latin letters though it mixes them with others."""
    if title.isascii():
        return False
    lowered = title.lower()
    if _LETTERS.isdisjoint(lowered):
        return False
    return any(latin(word) != word for word in _WORD.findall(lowered))
