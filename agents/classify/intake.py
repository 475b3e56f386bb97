"""From the bytes of a raw record to what was meant by it: a headline, a withdrawal, a control, or a coded refusal.

    empty_value -> not_utf8 -> not_json -> not_an_object -> control records -> the title -> other fields -> dates

The first check that fails names the code. Whatever the bytes are, `Intake.read` answers and never raises. What can be
mended is mended and says so in `flags`; of a repeated key the last one counts.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from agents.classify.canonical import canonical_title, canonical_url, clean_title, split_publisher
from agents.classify.language import NOT_ENGLISH, UNKNOWN, is_english, language_of, other_script
from agents.classify.lookalikes import MIXED, mixed
from agents.classify.publishers import Own, Publishers, Reconciled
from agents.classify.times import Moment, given_moment, timed
from schemas.base import made
from schemas.handover import Adoption
from schemas.headline import Headline
from schemas.raw import RawHandover
from schemas.rejected import Code

LONGEST_TITLE = 2_000
"""Characters, after cleaning."""
_LONGEST_RAW_TITLE = 64 * 1024
_TITLES_KEPT = 4_096
_FAMILIES_KEPT = 4_096
_NAMES_KEPT = 4_096
_TITLE_KEPT = 512
"""Characters; a longer one is not kept, so that memory stays small."""
_LONGEST_URL = 4_096
_LONGEST_NAME = 200
_EXTRA_BYTES = 8 * 1024
_EXTRA_DEPTH = 16
_REPEATS_SOUGHT = 64 * 1024
_BOM = b"\xef\xbb\xbf"


class Refusal(NamedTuple):
    """Why a record cannot be taken."""

    code: Code
    detail: str


class Control(NamedTuple):
    """A tick: time has come this far. `end`: and nothing follows."""

    end: bool


class Withdrawal(NamedTuple):
    """A headline is taken back."""

    withdraws: str
    """Its id, or its canonical URL."""


class Handover(NamedTuple):
    """Another generation publishes from now on, or has taken over what was open: see `schemas.row.HandoverRow`."""

    handover: str
    former: str
    to: str
    since: int
    adoption: Adoption | None


class Item(NamedTuple):
    """A headline that was accepted, but for what depends on its arrival."""

    id: str
    title: str
    text_key: str
    url: str | None
    publisher: str | None
    reconciled: Reconciled
    """Who stands behind it, and how that was found."""
    language: str | None
    moment: Moment | None
    flags: tuple[str, ...]
    extra: dict[str, Any]

    @property
    def family(self) -> str | None:
        """What independence is counted by."""
        return self.reconciled.family

    def arrived(self, arrival: int) -> Headline:
        """The headline, now that it is known when it came."""
        published_at, event_time, timing, stale = timed(self.moment, arrival)
        return made(
            Headline,
            {
                "id": self.id,
                "title": self.title,
                "text_key": self.text_key,
                "url": self.url,
                "publisher": self.publisher,
                "family": self.family,
                "language": self.language,
                "published_at": published_at,
                "arrival": arrival,
                "event_time": event_time,
                "timing": timing,
                "stale": stale,
                "flags": self.flags,
                "extra": self.extra,
            },
        )


class Named(NamedTuple):
    """A publisher's name as it was given, cleaned."""

    name: str | None
    key: str
    """The form in which it is a part of the id."""
    cut: bool


_TEXTS = ("source", "publisher", "url")
_MOMENTS = ("published_at", "date")
_MOMENT_TYPES = (str, int, float)
_KNOWN = frozenset(("title", *_MOMENTS, *_TEXTS, "language"))
"""The fields that Tocsin knows; all others are kept."""


def parse(value: bytes | None) -> dict[str, Any] | Refusal:
    """The JSON object that `value` is."""
    if value is None or not value.strip():
        return Refusal("empty_value", "no bytes; a record is a JSON object with a title")
    try:
        document = orjson.loads(value.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        try:
            value.decode("utf-8")
        except UnicodeDecodeError as unicode_error:
            at = unicode_error.start
            return Refusal("not_utf8", f"byte {at} (0x{value[at]:02x}): {unicode_error.reason}; send UTF-8")
        return Refusal("not_json", f"{error}; send one JSON object a record")
    if not isinstance(document, dict):
        return Refusal("not_an_object", f"{_kind(document)} where a JSON object with a title was expected")
    return document


class Titled(NamedTuple):
    """What follows from a title's characters alone."""

    cleaned: str
    """The title as it came, but for what does not print."""
    flags: tuple[str, ...]
    title: str
    """Without the publisher at its end."""
    suffix: str | None
    credit: str | None
    """The wire that the title credits."""
    other_script: bool
    canonical: str
    text_key: str


class Intake:
    """Reads records. Holds the publishers' table, and the titles that it has seen lately: feeds repeat themselves."""

    def __init__(self, publishers: Publishers) -> None:
        self._publishers = publishers
        self._lately = lru_cache(_TITLES_KEPT)(self._titled)
        self._kept_names = lru_cache(_NAMES_KEPT)(_name)
        self._family = lru_cache(_FAMILIES_KEPT)(publishers.reconcile)

    def read(self, value: bytes | None) -> Item | Withdrawal | Control | Handover | Refusal:
        """What the record means."""
        document = parse(value)
        if isinstance(document, Refusal):
            return document
        if "tocsin" in document:
            return _control(document, value or b"")
        if document.get("title") is None:
            if document.get("withdraws") is not None:
                return _withdrawal(document["withdraws"])
            return Refusal("title_missing", "no field `title`" if "title" not in document else "`title` is null")
        return self._item(document, value or b"")

    def _item(self, document: dict[str, Any], value: bytes) -> Item | Refusal:
        raw = document["title"]
        if not isinstance(raw, str):
            return Refusal("title_wrong_type", f"`title` is {_kind(raw)}; expected a string")
        if len(raw) > _LONGEST_RAW_TITLE:
            return _too_long(len(raw))
        titled = self._lately(raw) if len(raw) <= _TITLE_KEPT else self._titled(raw)
        if not titled.cleaned:
            return Refusal("title_empty", "`title` holds nothing but spaces and control characters")
        if len(titled.cleaned) > LONGEST_TITLE:
            return _too_long(len(titled.cleaned))
        wrong = _wrong_type(document)
        if wrong is not None:
            return wrong
        moment = given_moment(document)
        if moment is not None and moment.kind == "out_of_range":
            return Refusal("date_out_of_range", f"{_given(document)!r} lies outside 1970 to 2100")
        return self._accepted(document, titled, moment, [*titled.flags, *_repeats(document, value)])

    def _name(self, given: str) -> Named:
        return self._kept_names(given) if len(given) <= _TITLE_KEPT else _name(given)

    def _titled(self, raw: str) -> Titled:
        cleaned, flags = clean_title(raw)
        if mixed(cleaned):
            flags = (*flags, MIXED)
        title, suffix = split_publisher(cleaned, self._publishers)
        canonical = canonical_title(title) or title
        credit = self._publishers.credit(title)
        return Titled(cleaned, flags, title, suffix, credit, other_script(title), canonical, _hash(canonical))

    @staticmethod
    def _without(own: Own, titled: Titled) -> Titled:
        """The title without the name of its own outlet, which the rules need not know. Not kept: titles are kept by
        their characters alone, and this follows from who sent them."""
        title, suffix = split_publisher(titled.title, own)
        if suffix is None:
            return titled
        canonical = canonical_title(title) or title
        return titled._replace(title=title, suffix=suffix, canonical=canonical, text_key=_hash(canonical))

    def _accepted(self, document: dict[str, Any], titled: Titled, moment: Moment | None, flags: list[str]) -> Item:
        extra = {}
        if not _KNOWN.issuperset(document):
            extra = {key: value for key, value in document.items() if key not in _KNOWN}
        given, source = document.get("publisher"), document.get("source")
        named = given if given is not None else source
        if given is not None and source is not None:
            extra["source"] = source
        if document.get("published_at") is not None and document.get("date") is not None:
            extra["date"] = document["date"]
        language = _language(document.get("language"), extra, flags)
        if titled.other_script if language is None else not is_english(language):
            flags.append(NOT_ENGLISH)
        if extra and not _bounded(extra):
            extra = {}
            flags.append("extra_dropped")
        producer, key, cut = self._name(named) if named is not None else _UNNAMED
        if cut:
            flags.append("publisher_cut")
        if titled.suffix is None and named is not None and (" - " in titled.title or " | " in titled.title):
            titled = self._without(Own(producer, self._name(source).name if source is not None else None), titled)
        if producer is None and titled.suffix is not None:
            key = _id_key(titled.suffix)
        url = _url(document.get("url"), flags)
        reconciled = self._family(producer, _origin(url), titled.suffix, titled.credit)
        if reconciled.disagrees:
            flags.append("publisher_disagrees")
        return Item(
            id=_hash(f"{titled.canonical}\x1f{url or ''}\x1f{key}"),
            title=titled.title,
            text_key=titled.text_key,
            url=url,
            publisher=producer or titled.suffix,
            reconciled=reconciled,
            language=language,
            moment=moment,
            flags=tuple(flags),
            extra=extra,
        )


_UNNAMED = Named(None, "", False)


def _wrong_type(document: dict[str, Any]) -> Refusal | None:
    """The first field that is not what it may be, moments before texts."""
    for field in _MOMENTS:
        value = document.get(field)
        if value is not None and not (isinstance(value, _MOMENT_TYPES) and not isinstance(value, bool)):
            return Refusal("wrong_type", f"`{field}` is {_kind(value)}; expected a string or a number")
    for field in _TEXTS:
        value = document.get(field)
        if value is not None and not isinstance(value, str):
            return Refusal("wrong_type", f"`{field}` is {_kind(value)}; expected a string")
    return None


def _id_key(publisher: str) -> str:
    return " ".join(publisher.casefold().split())


_UNFED = blake2b(digest_size=12)


def _hash(text: str) -> str:
    digest = _UNFED.copy()  # two thirds of the price of a new one
    digest.update(text.encode("utf-8"))
    return digest.hexdigest()


def _control(document: Mapping[str, Any], value: bytes) -> Control | Handover | Refusal:
    if document["tocsin"] == "handover":
        try:
            sent = RawHandover.model_validate_json(value.removeprefix(_BOM))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, fault["loc"]))
            return Refusal("control_unknown", f'"tocsin": "handover", `{where}`: {fault["msg"]}; use `tocsin handover`')
        return Handover(sent.handover, sent.former, sent.to, sent.since, sent.adoption)
    end = document.get("end", False)
    if document["tocsin"] != "tick" or not isinstance(end, bool):
        given = document["tocsin"]
        shown = repr(given[:80]) if isinstance(given, str) else _kind(given)
        return Refusal(
            "control_unknown", f'"tocsin": {shown}; known are "tick", with or without "end": true, and "handover"'
        )
    return Control(end)


def _withdrawal(reference: object) -> Withdrawal | Refusal:
    if not isinstance(reference, str):
        return Refusal("wrong_type", f"`withdraws` is {_kind(reference)}; expected a headline's id or URL")
    text, _ = clean_title(reference[:_LONGEST_URL])
    if not text:
        return Refusal("wrong_type", "`withdraws` is empty; expected a headline's id or URL")
    return Withdrawal((canonical_url(text) if "://" in text else None) or text)


def _name(given: str) -> Named:
    name, _ = clean_title(given[: 4 * _LONGEST_NAME])
    cut = len(name) > _LONGEST_NAME or len(given) > 4 * _LONGEST_NAME
    if cut:
        name = name[:_LONGEST_NAME].rstrip()
    return Named(name or None, _id_key(name), cut)


def _language(given: object, extra: dict[str, Any], flags: list[str]) -> str | None:
    if given is None:
        return None
    language = language_of(given) if isinstance(given, str) else None
    if language is None:
        extra["language"] = given
        flags.append(UNKNOWN)
    return language


def _url(given: str | None, flags: list[str]) -> str | None:
    if given is None or not given.strip():
        return None
    url = canonical_url(given) if len(given) <= _LONGEST_URL else None
    if url is None:
        flags.append("url_dropped")
    return url


def _origin(url: str | None) -> str | None:
    """Of a canonical URL scheme and host: all that a family follows from, and far fewer than there are pages."""
    return None if url is None else "/".join(url.split("/", 3)[:3])


def _bounded(extra: dict[str, Any]) -> bool:
    # Depth first: what may be read is deeper than what can be written.
    return _shallow(extra, _EXTRA_DEPTH) and len(orjson.dumps(extra)) <= _EXTRA_BYTES


def _shallow(value: object, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_shallow(part, depth - 1) for part in parts)


def _repeats(document: Mapping[str, Any], value: bytes) -> tuple[str, ...]:
    """Whether a key was written twice. Only where colons outnumber keys is there anything to look into."""
    if value.count(b'":') + value.count(b'" :') <= len(document) or len(value) > _REPEATS_SOUGHT:
        return ()
    tops: list[list[tuple[str, Any]]] = []
    try:
        json.loads(value.removeprefix(_BOM), object_pairs_hook=tops.append)
    except (ValueError, RecursionError):
        return ()
    return ("repeated_key",) if len(tops[-1]) > len(document) else ()


def _too_long(length: int) -> Refusal:
    return Refusal("title_too_long", f"`title` has {length:,} characters; at most {LONGEST_TITLE:,} are taken")


def _given(document: Mapping[str, Any]) -> str | int | float | None:
    given: str | int | float | None = document.get("published_at")
    if given is None:
        given = document.get("date")
    return given[:80] if isinstance(given, str) else given


def _kind(value: object) -> str:
    kinds = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "an array",
        dict: "an object",
    }
    return kinds.get(type(value), "null")
