"""Builds agents/rules/deduplicate_opposites.yaml: pairs of words that mean the opposite of one another.

Needs WordNet 3.0 and the word lists of SCOWL (Debian's packages `wordnet-base` and `scowl`; no dependencies of the
project), whose licences are in NOTICE: `python tools/build_opposites.py > agents/rules/deduplicate_opposites.yaml`.
Antonyms of all parts of speech, both of them frequent words (SCOWL levels 10 to 35); a verb with its irregular forms.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

LISTS = [f"{spelling}-words.{level}" for spelling in ("english", "american", "british") for level in (10, 20, 35)]
PARTS = ("verb", "adj", "noun", "adv")
ANTONYM = "!"
HEAD = """\
# Words that mean the opposite of one another, a pair a line, with irregular forms. Made by tools/build_opposites.py; do
# not edit: pairs of your own go to deduplicate.yaml. From WordNet 3.0 (https://wordnet.princeton.edu): antonyms, both
# frequent words. Copyright 2006 by Princeton University; its licence is in NOTICE.
pairs: |"""


def main(wordnet: str = "/usr/share/wordnet", scowl: str = "/usr/share/dict/scowl") -> None:
    """Write the file to standard output."""
    frequent = {word for name in LISTS for word in (Path(scowl) / name).read_text(encoding="latin-1").split()}
    irregular = _irregular(Path(wordnet) / "verb.exc")
    lines: set[str] = set()
    for part in PARTS:
        for pair in _antonyms(Path(wordnet) / f"data.{part}"):
            if frequent.issuperset(pair):
                forms = [" ".join([word, *(irregular.get(word, []) if part == "verb" else [])]) for word in pair]
                lines.add(" / ".join(forms))
    print(HEAD)
    for line in sorted(lines):
        print(f"  {line}")


def _antonyms(path: Path) -> Iterator[tuple[str, str]]:
    """Each pair once, in alphabetical order."""
    synsets: dict[str, tuple[list[str], list[list[str]]]] = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        if line.startswith("  "):
            continue
        fields = line.split("|")[0].split()
        count = int(fields[3], 16)
        words = [re.sub(r"\(.*\)", "", word).lower() for word in fields[4 : 4 + 2 * count : 2]]
        rest = fields[5 + 2 * count :]
        pointers = [rest[at : at + 4] for at in range(0, 4 * int(fields[4 + 2 * count]), 4)]
        synsets[fields[0]] = words, [pointer for pointer in pointers if pointer[0] == ANTONYM]
    for words, pointers in synsets.values():
        for _, to, _, which in pointers:
            one, other = words[int(which[:2], 16) - 1], synsets[to][0][int(which[2:], 16) - 1]
            if one < other and one.isalpha() and other.isalpha():
                yield one, other


def _irregular(path: Path) -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        form, *bases = line.split()
        for base in bases:
            if form.isalpha() and not form.endswith(("ing", "ed", "ies")):
                forms.setdefault(base, []).append(form)
    return forms


if __name__ == "__main__":
    main(*sys.argv[1:])
