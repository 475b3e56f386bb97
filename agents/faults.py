"""Faults in rule files: found at start, each with its file, line and cure.

`read` gives a YAML document as a pydantic model; every way in which the file can be wrong (missing, not YAML, unknown
or missing setting, wrong type, out of range) becomes a `Fault`, and all faults of a file are told at once.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from agents.fault_words import place, told

Model = TypeVar("Model", bound=BaseModel)


class Fault(NamedTuple):
    """One thing that is wrong in a rule file. `line` counts from 1; 0 where the fault has no line."""

    file: str
    line: int
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} ({self.cure})"


class RulesError(Exception):
    """The rules cannot be used. `faults` is never empty."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def directory(path: Path) -> Path:
    """`path`, where it is a directory; raises RulesError with one fault, and not one for each of its files."""
    if not path.is_dir():
        raise RulesError([Fault(str(path), 0, "no such directory", "point the setting at a full rules directory")])
    return path


def read(path: Path, model: type[Model], overrides: Mapping[str, Any] | None = None) -> Model:
    """The document at `path` as `model`; top-level keys in `overrides` replace the file's.

    Raises RulesError with every fault of the file.
    """
    document, root = _compose(path)
    if not isinstance(document, dict):
        raise RulesError([Fault(path.name, 1, "not a mapping", "start with `key: value` lines")])
    try:
        return model.model_validate({**document, **(overrides or {})})
    except ValidationError as error:
        faults = [(line_of(root, fault["loc"]), *told(model, document, fault)) for fault in error.errors()]
        raise RulesError([Fault(path.name, *fault) for fault in faults]) from error


def read_lines(path: Path) -> tuple[Any, yaml.Node]:
    """The document at `path` as plain values, and its node tree for `line_of`. Raises RulesError."""
    return _compose(path)


def line_of(root: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of the deepest node on the way to `location` that the file has."""
    node = root
    line = root.start_mark.line + 1
    for part in location:
        following = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, following = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            following = node.value[part]
            line = following.start_mark.line + 1
        if following is None:
            break
        node = following
    return line


def _compose(path: Path) -> tuple[Any, yaml.Node]:
    try:
        text = path.read_text(encoding="utf-8")
        if aliases := list(_aliases(path.name, text)):
            raise RulesError(aliases)
        loader = yaml.CSafeLoader(text)
        try:
            root = loader.get_single_node()
            document = None if root is None else loader.construct_document(root)
        finally:
            loader.dispose()
    except OSError as error:
        raise RulesError(
            [
                Fault(
                    path.name,
                    0,
                    f"cannot be read: {error.strerror}",
                    "restore it, or point the setting at a full rules directory",
                )
            ]
        ) from error
    except UnicodeDecodeError as error:
        raise RulesError([Fault(path.name, 0, "not UTF-8", "save it as UTF-8")]) from error
    except yaml.YAMLError as error:
        raise RulesError([_unread(path.name, text, error)]) from error
    if root is None:
        raise RulesError([Fault(path.name, 1, "empty", "restore it from the package")])
    if repeated := list(_repeated(path.name, root)):
        raise RulesError(repeated)
    return document, root


def _aliases(name: str, text: str) -> Iterator[Fault]:
    """Aliases: they can make a document hold itself, or grow a thousandfold with each line."""
    if "*" not in text:
        return
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            cure = "write out what it stands for"
            line = event.start_mark.line + 1 if event.start_mark else 0
            yield Fault(name, line, f"*{event.anchor}: rules have no aliases", cure)


def _unread(name: str, text: str, error: yaml.YAMLError) -> Fault:
    """What a parser says, as a fault."""
    if isinstance(error, yaml.reader.ReaderError):
        # the parser in C counts the bytes before the character
        line = text.encode()[: error.position].count(b"\n") + 1
        return Fault(name, line, "not YAML: a control character", "remove it there, or write it as an escape in quotes")
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    if mark is not None and _tab(text, mark.line, mark.column):
        return Fault(name, line, "not YAML: a tab stands where spaces must", "indent with spaces, never with tabs")
    what = f"not YAML: {' '.join(str(getattr(error, 'problem', error)).split())}"
    if isinstance(error, yaml.constructor.ConstructorError) and "tag" in what:
        return Fault(name, line, what, "leave the tag out: plain values are all that rules have")
    return Fault(name, line, what, "check indentation, colons and quotes there")


def _tab(text: str, line: int, column: int) -> bool:
    """Whether a parser was stopped by a tab: at that place, or in front of it."""
    lines = text.splitlines()
    given = lines[line] if line < len(lines) else ""
    return given[column : column + 1] == "\t" or "\t" in given[: len(given) - len(given.lstrip())]


def repeats(path: Path) -> list[Fault]:
    """Words that stand twice in one list of a file: no harm, but nobody means it. Raises RulesError."""
    document, root = _compose(path)
    found: list[Fault] = []
    todo: list[tuple[tuple[int | str, ...], yaml.Node]] = [((), root)]
    while todo:
        location, node = todo.pop()
        if isinstance(node, yaml.MappingNode):
            todo += [((*location, key.value), value) for key, value in reversed(node.value)]
        elif isinstance(node, yaml.SequenceNode):
            todo += [((*location, index), item) for index, item in reversed(list(enumerate(node.value)))]
            seen: set[str] = set()
            for item in node.value:
                if isinstance(item, yaml.ScalarNode):
                    if item.value in seen:
                        what = f"{place(document, location)}: {item.value!r} stands twice in the list"
                        found.append(Fault(path.name, item.start_mark.line + 1, what, "keep one"))
                    seen.add(item.value)
    return found


def _repeated(name: str, root: yaml.Node) -> Iterator[Fault]:
    """Keys that stand twice in one mapping: YAML takes the last without a word."""
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.SequenceNode):
            todo += [item for item in node.value if not isinstance(item, yaml.ScalarNode)]
        elif isinstance(node, yaml.MappingNode):
            first: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if isinstance(key, yaml.ScalarNode) and first.setdefault(key.value, line) != line:
                    cure = f"keep one; the first is in line {first[key.value]}"
                    yield Fault(name, line, f"{key.value} stands twice", cure)
                if not isinstance(value, yaml.ScalarNode):
                    todo.append(value)
