"""From the bytes of a raw record to what was meant by it: a headline, a withdrawal, a control, or a coded refusal.

    empty_value -> not_utf8 -> not_json -> not_an_object -> control records -> the title -> other fields -> dates

The first check that fails names the code. Whatever the bytes are, `Intake.read` answers and never raises. What can be
mended is mended and says so in `flags`; of a repeated key the last one counts.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from agents.classify.canonical import canonical_title, canonical_url, clean_title, split_publisher
from agents.classify.controls import control, withdrawal
from agents.classify.digests import digests
from agents.classify.documents import KNOWN, LONGEST_URL, bounded, given_time, kind, parse, repeats, wrong_type
from agents.classify.language import NOT_ENGLISH, UNKNOWN, is_english, language_of, other_script
from agents.classify.lookalikes import MIXED, mixed
from agents.classify.meant import Control, Handover, Item, Refusal, Withdrawal
from agents.classify.publisher_names import Own
from agents.classify.publishers import Publishers
from agents.classify.times import Moment, given_moment

LONGEST_TITLE = 2_000
"""Characters, after cleaning."""
_LONGEST_RAW_TITLE = 64 * 1024
_TITLES_KEPT = 4_096
_FAMILIES_KEPT = 4_096
_NAMES_KEPT = 4_096
_TITLE_KEPT = 512
"""Characters; a longer one is not kept, so that memory stays small."""
_LONGEST_NAME = 200


class Named(NamedTuple):
    """A publisher's name as it was given, cleaned."""

    name: str | None
    key: str
    """The form in which it is a part of the id."""
    cut: bool


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
            return control(document, value or b"")
        if document.get("title") is None:
            if document.get("withdraws") is not None:
                return withdrawal(document["withdraws"])
            return Refusal("title_missing", "no field `title`" if "title" not in document else "`title` is null")
        return self._item(document, value or b"")

    def _item(self, document: dict[str, Any], value: bytes) -> Item | Refusal:
        raw = document["title"]
        if not isinstance(raw, str):
            return Refusal("title_wrong_type", f"`title` is {kind(raw)}; expected a string")
        if len(raw) > _LONGEST_RAW_TITLE:
            return _too_long(len(raw))
        titled = self._lately(raw) if len(raw) <= _TITLE_KEPT else self._titled(raw)
        if not titled.cleaned:
            return Refusal("title_empty", "`title` holds nothing but spaces and control characters")
        if len(titled.cleaned) > LONGEST_TITLE:
            return _too_long(len(titled.cleaned))
        wrong = wrong_type(document)
        if wrong is not None:
            return wrong
        moment = given_moment(document)
        if moment is not None and moment.kind == "out_of_range":
            return Refusal("date_out_of_range", f"{given_time(document)!r} lies outside 1970 to 2100")
        return self._accepted(document, titled, moment, [*titled.flags, *repeats(document, value)])

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
        if not KNOWN.issuperset(document):
            extra = {key: value for key, value in document.items() if key not in KNOWN}
        given, source = document.get("publisher"), document.get("source")
        named = given if given is not None else source
        if given is not None and source is not None:
            extra["source"] = source
        if document.get("published_at") is not None and document.get("date") is not None:
            extra["date"] = document["date"]
        language = _language(document.get("language"), extra, flags)
        if titled.other_script if language is None else not is_english(language):
            flags.append(NOT_ENGLISH)
        if extra and not bounded(extra):
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


def _id_key(publisher: str) -> str:
    return " ".join(publisher.casefold().split())


_digest = digests(12)


def _hash(text: str) -> str:
    return _digest(text.encode("utf-8"))


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
    url = canonical_url(given) if len(given) <= LONGEST_URL else None
    if url is None:
        flags.append("url_dropped")
    return url


def _origin(url: str | None) -> str | None:
    """Of a canonical URL scheme and host: all that a family follows from, and far fewer than there are pages."""
    return None if url is None else "/".join(url.split("/", 3)[:3])


def _too_long(length: int) -> Refusal:
    return Refusal("title_too_long", f"`title` has {length:,} characters; at most {LONGEST_TITLE:,} are taken")
