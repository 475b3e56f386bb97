"""A title as tokens: words folded for look-up, with the spans of the title that they came from.

One pass, linear in the title whatever it holds. Words lose their case, their accents, the dots of abbreviations
("U.S." is `us`) and a final 's; numbers keep their separators. Punctuation is no token: it is remembered as the gap
before the token that follows.
"""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from agents.classify.lookalikes import latin

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
_STRETCHES_KEPT = 16_384
"""Between two blanks and no plain word: `Kim's`, `US-led`, `5,000`. """
_STRETCH_KEPT = 32
"""Characters; a longer one is not kept, so that memory stays small."""


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
    questions: tuple[int, ...]
    """For each question mark, the number of tokens before it."""

    @property
    def case(self) -> Case:
        """How the title is written; found when asked for, as most are never asked."""
        return _case(self.title)

    def capital(self, index: int) -> bool:
        """Whether the token begins with a capital (a digit will do)."""
        letter = self.title[self.starts[index]]
        return letter.isupper() or letter.isdigit()

    def upper(self, index: int) -> bool:
        """Whether all of the token is in capitals."""
        return self.title[self.starts[index] : self.ends[index]].isupper()


def fold(word: str) -> str:
    """Lower case without accents, in letters of one script where these are mixed up: how rules and titles meet."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    # what is decomposed may have capitals again (ℌ is H), and these their accents
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lowered).lower())
    folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return latin(folded).replace("ı", "i").replace("ł", "l").replace("ø", "o").replace("đ", "d").replace("’", "'")


def tokenise(title: str) -> Tokens:
    """The tokens of `title`. Never raises."""
    # ASCII keeps its length in lower case, so that the spans are the title's; what else there is is folded word by word
    if title.isascii() and title.isprintable() and title[:1] != "-":
        return _tokenise_plain(title)
    return _tokenise_any(title)


def _tokenise_plain(title: str) -> Tokens:
    """The same as `_tokenise_any`, blank by blank, which no token spans: most of what stands between is one word."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    questions: list[int] = []
    gap = at = 0
    for stretch in title.lower().split(" "):
        if stretch.isalpha():
            words.append(stretch)
            starts.append(at)
            at += len(stretch)
            ends.append(at)
            at += 1
            gaps.append(gap)
            gap = 0
            continue
        for word, first, last in _kept(stretch) if len(stretch) <= _STRETCH_KEPT else _parts_of(stretch):
            if word not in _MARKS:
                words.append(word)
                starts.append(at + first)
                ends.append(at + last)
                gaps.append(gap)
                gap = 0
            elif word in _SOFT:
                gap = gap or 1
            elif word != ".":
                gap = 2
                if word == _QUESTION:
                    questions.append(len(words))
            elif words and len(words[-1]) > 1 and words[-1] not in _ABBREVIATED:
                gap = 2
        at += len(stretch) + 1
    return Tokens(title, words, starts, ends, gaps, tuple(questions))


def _parts_of(stretch: str) -> tuple[tuple[str, int, int], ...]:
    """The words and marks of what stands between two blanks, with their spans."""
    parts = []
    for found in _SCAN.finditer(f" {stretch} "):
        text, first = found[0], found.start() - 1
        if text in _MARKS:
            parts.append((text, first, first + 1))
        else:
            word, cut = _bare(text)
            parts.append((word, first, found.end() - 1 - cut))
    return tuple(parts)


_kept = lru_cache(_STRETCHES_KEPT)(_parts_of)


def _bare(text: str) -> tuple[str, int]:
    """A folded word without a final 's or the dots of an abbreviation, and by how much its span is shorter."""
    if text[-2:] == "'s" and len(text) > 2:
        return text[:-2], 2
    return (text.replace(".", "") if text[1:2] == "." else text), 0


def _tokenise_any(title: str) -> Tokens:
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    questions: list[int] = []
    gap = end = 0
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
        word, cut = _bare(text if plain else fold(text))
        words.append(word)
        starts.append(start)
        ends.append(end - cut)
        gaps.append(gap)
        gap = 0
    return Tokens(title, words, starts, ends, gaps, tuple(questions))


def phrase(text: str) -> tuple[str, ...]:
    """The words of a rule's phrase, folded as those of a title are."""
    words = text.split(" ")
    # nearly all rules are of such words, and a worker that starts reads sixty thousand of them
    if text.isascii() and all(map(str.isalpha, words)):
        return tuple(text.lower().split(" "))
    return tuple(tokenise(text).words)


@lru_cache(1)  # whoever asks asks again for each name in the title
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
