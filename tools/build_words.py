"""Builds agents/rules/deduplicate_words.yaml: common English words, one of each stem.

Needs the word lists of SCOWL (Debian's package `scowl`; not a dependency of the project), whose licence is in NOTICE:
`python tools/build_words.py > agents/rules/deduplicate_words.yaml`. Levels 10 and 20, the most frequent words, in
American and British spelling: what the wire needs besides stands in deduplicate.yaml.
"""

import re
import sys
import textwrap
from pathlib import Path

import Stemmer

VERSION = "2020.12.07"
LISTS = [f"{spelling}-words.{level}" for spelling in ("english", "american", "british") for level in (10, 20)]
NAMES = frozenset(
    word
    for line in Path(__file__).with_name("names_that_are_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
HEAD = f"""\
# Common English words, one of each stem, the shortest. Made by tools/build_words.py; do not edit: words of your own go
# to deduplicate.yaml. From SCOWL {VERSION} (http://wordlist.aspell.net), american, british and english levels 10 and
# 20, less tools/names_that_are_words.txt. Copyright 2000-2018 by Kevin Atkinson; its notices are in NOTICE.
dictionary: >"""


def main(directory: str = "/usr/share/dict/scowl") -> None:
    """Write the file to standard output."""
    stem = Stemmer.Stemmer("english").stemWord
    names = {stem(name) for name in NAMES}
    listed = {word for name in LISTS for word in (Path(directory) / name).read_text(encoding="latin-1").split()}
    shortest: dict[str, str] = {}
    for word in sorted(listed, key=lambda word: (len(word), word)):
        if re.fullmatch("[a-z]{2,}", word) and stem(word) not in names:
            shortest.setdefault(stem(word), word)
    print(HEAD)
    words = " ".join(sorted(shortest.values()))
    print(textwrap.fill(words, 120, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
