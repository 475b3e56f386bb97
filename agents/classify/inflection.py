"""The forms of an English word, so that an analyst writes `deploy` and means deploys, deployed and deploying.

Generated once, at load. A form too many does no harm (it is met in no title); irregular ones stand in the rules.
"""

from collections.abc import Mapping, Sequence

_VOWELS = frozenset("aeiou")


def forms(word: str, irregular: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The word and its inflected forms, as verb and as noun."""
    if len(word) < 3 or not word.isalpha():
        return (word,)
    listed = irregular.get(word)
    if listed is not None:
        return (word, *listed)
    return (word, _s(word), _with(word, "ed"), _with(word, "ing"), *_doubled(word))


def phrase_forms(words: Sequence[str], irregular: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The forms of a phrase: its first word inflected ("shot down") or its last ("air strikes")."""
    if len(words) == 1:
        return tuple((form,) for form in forms(words[0], irregular))
    found = {tuple(words): None}
    for form in forms(words[0], irregular):
        found[(form, *words[1:])] = None
    for form in forms(words[-1], irregular):
        found[(*words[:-1], form)] = None
    return tuple(found)


def _s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _with(word: str, ending: str) -> str:
    if word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        return word[:-1] + ending
    if word.endswith("e") and ending == "ed":
        return word + "d"
    if word.endswith("y") and word[-2] not in _VOWELS and ending == "ed":
        return word[:-1] + "ied"
    return word + ending


def _doubled(word: str) -> tuple[str, ...]:
    """ "stab" has "stabbed": after one vowel, a final consonant may double."""
    if word[-1] in _VOWELS or word[-1] in "wxy" or word[-2] not in _VOWELS or word[-3] in _VOWELS:
        return ()
    return word + word[-1] + "ed", word + word[-1] + "ing"
