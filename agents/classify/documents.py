"""The JSON of a raw record: its bytes as an object, and whether its fields are of the kinds that they may be."""

import json
from collections.abc import Mapping
from typing import Any

import orjson

from agents.classify.meant import Refusal

LONGEST_URL = 4_096
_EXTRA_BYTES = 8 * 1024
_EXTRA_DEPTH = 16
_REPEATS_SOUGHT = 64 * 1024
BOM = b"\xef\xbb\xbf"
_TEXTS = ("source", "publisher", "url")
_MOMENTS = ("published_at", "date")
_MOMENT_TYPES = (str, int, float)
KNOWN = frozenset(("title", *_MOMENTS, *_TEXTS, "language"))
"""The fields that Tocsin knows; all others are kept."""


def parse(value: bytes | None) -> dict[str, Any] | Refusal:
    """The JSON object that `value` is."""
    if value is None or not value.strip():
        return Refusal("empty_value", "no bytes; a record is a JSON object with a title")
    try:
        document = orjson.loads(value.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        try:
            value.decode("utf-8")
        except UnicodeDecodeError as unicode_error:
            at = unicode_error.start
            return Refusal("not_utf8", f"byte {at} (0x{value[at]:02x}): {unicode_error.reason}; send UTF-8")
        return Refusal("not_json", f"{error}; send one JSON object a record")
    if not isinstance(document, dict):
        return Refusal("not_an_object", f"{kind(document)} where a JSON object with a title was expected")
    return document


def wrong_type(document: dict[str, Any]) -> Refusal | None:
    """The first field that is not what it may be, moments before texts."""
    for field in _MOMENTS:
        value = document.get(field)
        if value is not None and not (isinstance(value, _MOMENT_TYPES) and not isinstance(value, bool)):
            return Refusal("wrong_type", f"`{field}` is {kind(value)}; expected a string or a number")
    for field in _TEXTS:
        value = document.get(field)
        if value is not None and not isinstance(value, str):
            return Refusal("wrong_type", f"`{field}` is {kind(value)}; expected a string")
    return None


def bounded(extra: dict[str, Any]) -> bool:
    """Whether fields that Tocsin does not know are small and flat enough to be kept."""
    # Depth first: what may be read is deeper than what can be written.
    return _shallow(extra, _EXTRA_DEPTH) and len(orjson.dumps(extra)) <= _EXTRA_BYTES


def _shallow(value: object, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_shallow(part, depth - 1) for part in parts)


def repeats(document: Mapping[str, Any], value: bytes) -> tuple[str, ...]:
    """Whether a key was written twice. Only where colons outnumber keys is there anything to look into."""
    if value.count(b'":') + value.count(b'" :') <= len(document) or len(value) > _REPEATS_SOUGHT:
        return ()
    tops: list[list[tuple[str, Any]]] = []
    try:
        json.loads(value.removeprefix(BOM), object_pairs_hook=tops.append)
    except (ValueError, RecursionError):
        return ()
    return ("repeated_key",) if len(tops[-1]) > len(document) else ()


def given_time(document: Mapping[str, Any]) -> str | int | float | None:
    """The time that a record names, as it is written, for a message."""
    given: str | int | float | None = document.get("published_at")
    if given is None:
        given = document.get("date")
    return given[:80] if isinstance(given, str) else given


def kind(value: object) -> str:
    """What a JSON value is, for a message."""
    kinds = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return kinds.get(type(value), "null")
