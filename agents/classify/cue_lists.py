"""Where the lists of modality.yaml stand, and what lets a title count that one of them holds back. For people."""

from pathlib import Path

from agents.classify.themes import MODALITY
from agents.faults import line_of, read_lines


class CueLists:
    """The lists of a rules directory, as they are written. Read only when a person asks."""

    def __init__(self, directory: Path) -> None:
        """Raises RulesError."""
        self._document, self._root = read_lines(directory / MODALITY)

    def place(self, reason: str, name: str) -> str | None:
        """File and line of a list; `None` for what is none: `past-year`, `question`."""
        index = self._index(reason, name)
        return None if index is None else f"{MODALITY}:{line_of(self._root, (reason, index, 'name'))}"

    def cure(self, reason: str, name: str, theme: str) -> str | None:
        """How to write that the list does not speak of a pattern of `theme`; `None` where no list decided."""
        index = self._index(reason, name)
        if index is None:
            return None
        unless = f"add {theme} to `unless` of that list"
        if reason != "figurative":
            return unless
        if self._document[reason][index].get("strong"):
            return f"{unless} (it is `strong`: `certain: true` on the pattern does not outweigh it)"
        return f"mark the pattern `certain: true`, or {unless}"

    def _index(self, reason: str, name: str) -> int | None:
        return next((at for at, rule in enumerate(self._document.get(reason, ())) if rule.get("name") == name), None)
