"""A title as tokens: words folded for look-up, with the spans of the title that they came from.

One pass, linear in the title whatever it holds. Words lose their case, their accents, the dots of abbreviations
("U.S." is `us`) and a final 's; numbers keep their separators. Punctuation is no token: it is remembered as the gap
before the token that follows.
"""

import re
import unicodedata
from enum import IntEnum
from typing import NamedTuple

# Possessive quantifiers keep the scan linear: nothing that was matched is tried again in another way.
_SCAN = re.compile(
    r"""
    ( [^\W\d_][^\W_]*+                                # words, M23 ...
        (?: ['’][^\W_]++                              # ... can't, Kim's ...
          | (?<![^\W_]{2})(?:\.[^\W\d_](?!\w))++\.?+   # ... U.S.  N.Y.
        )?+
    | \d++(?:[.,]\d++)*+                              # 5,000  3.5  2011
    | [,:;|?!()\[\]"“”«»—–…/=] | \.(?=\s) | (?<=\s)-(?=\s)
    )
    """,
    re.VERBOSE,
)
_MARKS = frozenset(',:;|?!()[]"“”«»—–…/=.-')
_SOFT = frozenset(',"“”«»()[]/=')
_ABBREVIATED = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "sen",
        "gov",
        "gen",
        "rep",
        "pres",
        "lt",
        "col",
        "capt",
        "sgt",
        "maj",
        "adm",
        "mt",
        "vs",
        "jr",
        "sr",
    ]
)
_QUESTION = "?"


class Case(IntEnum):
    """How a title is written, and so what a capital letter in it is worth."""

    SENTENCE = 0
    """Capitals mark names."""
    TITLE = 1
    """Most Words Have Capitals: they mark little."""
    UPPER = 2
    LOWER = 3


class Gap(IntEnum):
    """What stands between a token and the one before it."""

    NONE = 0
    """A space, a hyphen or nothing."""
    SOFT = 1
    """A comma, a quotation mark, a bracket."""
    BREAK = 2
    """A colon, semicolon, dash or full stop: another clause begins."""


class Tokens(NamedTuple):
    """`words`, `starts`, `ends` and `gaps` go side by side."""

    title: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    gaps: list[int]
    case: Case
    questions: tuple[int, ...]
    """For each question mark, the number of tokens before it."""

    def capital(self, index: int) -> bool:
        """Whether the token begins with a capital (a digit will do)."""
        letter = self.title[self.starts[index]]
        return letter.isupper() or letter.isdigit()

    def upper(self, index: int) -> bool:
        """Whether all of the token is in capitals."""
        return self.title[self.starts[index] : self.ends[index]].isupper()


def fold(word: str) -> str:
    """Lower case without accents: the form in which rules and titles meet."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    # what is decomposed may have capitals again (ℌ is H), and these their accents
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lowered).lower())
    folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return folded.replace("ı", "i").replace("ł", "l").replace("ø", "o").replace("đ", "d").replace("’", "'")


def tokenise(title: str) -> Tokens:
    """The tokens of `title`. Never raises."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    questions: list[int] = []
    gap = end = 0
    # ASCII keeps its length in lower case, so that the spans are the title's; what else there is is folded word by word
    plain = title.isascii()
    parts = iter(_SCAN.split(title.lower() if plain else title))
    for between, text in zip(parts, parts, strict=False):
        start = end + len(between)
        end = start + len(text)
        if text in _MARKS:
            if text in _SOFT:
                gap = gap or 1
            elif text == ".":
                if words and len(words[-1]) > 1 and words[-1] not in _ABBREVIATED:
                    gap = 2
            else:
                gap = 2
                if text == _QUESTION:
                    questions.append(len(words))
            continue
        word = text if plain else fold(text)
        starts.append(start)
        if word[-2:] == "'s" and len(word) > 2:
            word = word[:-2]
            ends.append(end - 2)
        else:
            if word[1:2] == ".":
                word = word.replace(".", "")
            ends.append(end)
        words.append(word)
        gaps.append(gap)
        gap = 0
    return Tokens(title, words, starts, ends, gaps, _case(title), tuple(questions))


def phrase(text: str) -> tuple[str, ...]:
    """The words of a rule's phrase, folded as those of a title are."""
    return tuple(tokenise(text).words)


def _case(title: str) -> Case:
    # judged by words of four letters and more, which title case does not spare
    if title.isupper():
        return Case.UPPER
    if title.islower():
        return Case.LOWER
    capitals = small = 0
    for part in title.split():
        if len(part) > 3:
            letter = part[0]
            if letter >= "a":
                small += 1
            elif "A" <= letter <= "Z":
                capitals += 1
    if capitals == 0:
        return Case.SENTENCE if any(letter.isupper() for letter in title) else Case.LOWER
    if small == 0:
        # all capitals but for a name or a short word or two, or a title in title case
        upper = sum(1 for part in title.split() if len(part) > 3 and part.isupper())
        return Case.UPPER if upper * 2 > capitals else Case.TITLE
    return Case.TITLE if capitals >= 3 * small else Case.SENTENCE
