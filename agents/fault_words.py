"""What a model of the rules refuses, in the words of a person who edits them: what is wrong, and the cure.

Places are told by names where things have one: `patterns.deploy-forces`, not `patterns.0`.
"""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

_CURES = (
    ("missing", "add it"),
    ("string_type", "put it in quotes: YAML reads NO, on and numbers as something else"),
    ("int", "write a whole number"),
    ("float", "write a number"),
    ("bool", "write true or false"),
    ("date", "write a date such as 2026-11-20"),
    ("tuple_type", "write a list: [one, two]"),
    ("list_type", "write a list: [one, two]"),
    ("dict_type", "write `key: value` lines below it"),
    ("model", "write `key: value` lines below it"),
    ("too_short", "give it at least one"),
    ("string_too_short", "give it at least one letter"),
    ("greater_than", "choose a value within that bound"),
    ("less_than", "choose a value within that bound"),
)
"""How the kind of an error begins -> the cure."""
_SCALARS = (str, int, float)


def told(model: type[BaseModel], document: Any, error: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong, its place first, and the cure, of one of pydantic's errors."""
    location: tuple[int | str, ...] = error["loc"]
    where = place(document, location)
    if error["type"] == "extra_forbidden":
        return f"{where}: no such setting", _other_key(model, location)
    return f"{where}: {_what(error)}", _cure(error)


def place(document: Any, location: tuple[int | str, ...]) -> str:
    """A place in a document for people: what has a name is called by it."""
    parts = []
    node = document
    for part in location:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
        name = node.get("name") if isinstance(node, dict) and isinstance(part, int) else None
        parts.append(name if isinstance(name, str) else str(part))
    return ".".join(parts) or "the file"


def _what(error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "is missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    message = re.sub(r"^\w+ should ", "should ", message)
    message = re.sub(r", (unable|got|input) .*", "", message)
    message = message.replace("a valid tuple", "a list").replace("a valid dictionary", "a mapping")
    given = error["input"]
    shown = message.startswith("should ") and isinstance(given, _SCALARS) and len(str(given)) <= 60
    return f"{message}, not {given!r}" if shown else message


def _cure(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "literal_error":
        return f"write one of {error['ctx']['expected']}"
    return next((cure for begins, cure in _CURES if kind.startswith(begins)), "correct it there")


def _other_key(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    known = _keys(model, location[:-1])
    if not known:
        return "check the spelling, or leave it out"
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    first = f"did you mean {near[0]}?" if near else "leave it out;"
    return f"{first} known here: {', '.join(known)}"


def _keys(annotation: Any, location: tuple[int | str, ...]) -> list[str]:
    """The settings of the model at `location`; none where it cannot be told which model that is."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _keys(arguments[0], location)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not location:
            return list(annotation.model_fields)
        field = annotation.model_fields.get(str(location[0]))
        return [] if field is None else _keys(field.annotation, location[1:])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _keys(arguments[1], location[1:]) if location else []
    if origin in (tuple, list):
        return _keys(arguments[0], location[1:]) if location else []
    return next((keys for each in arguments if (keys := _keys(each, location))), [])
