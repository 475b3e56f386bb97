"""Whether an argument that is taken for a headline was meant as a file: a mistyped name must not be read as news."""

import os

from streams.errors import Refusal

_SUFFIXES = (".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".txt", ".gz", ".zip", ".zst", ".xz", ".parquet")


def looks_like_a_path(text: str) -> bool:
    """Whether `text` ends as files do, or is one word with a slash, or names a directory."""
    if text.rstrip().lower().endswith(_SUFFIXES):
        return True
    if not text or "\0" in text or any(letter.isspace() for letter in text):
        return False
    return "/" in text or os.sep in text or os.path.isdir(text)


def refuse_path(text: str, cure: str) -> None:
    """Raises Refusal with the cure where `text` looks like a path."""
    if looks_like_a_path(text):
        what = "a directory" if os.path.isdir(text) else "a file" if os.path.exists(text) else "no such file"
        raise Refusal(f"{text}: {what}, and not a headline by its look; {cure}")
