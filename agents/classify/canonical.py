"""Titles and URLs in one form, so that the same item is the same item wherever it was found.

Pure and total: nothing that a producer can send makes these raise, and their cost is linear in the input.
"""

import html
import re
import unicodedata
from collections.abc import Container
from urllib.parse import SplitResult, urlsplit

CONTROL_CHARACTERS = "control_characters"

_SPACES = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_UNIFIED = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″〝〞", '"'),
        **dict.fromkeys("‘’‚‛`´′ʼ", "'"),
        **dict.fromkeys("‐‑‒–−﹣", "-"),
        **dict.fromkeys("—―", " - "),
    }
)
_SUFFIX = re.compile(r" [-|] (?=[^|]{2,60}$)")
_DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_TRACKING_PREFIXES = ("utm_", "at_", "ns_", "mc_", "pk_", "hsa_", "wt.", "__twitter", "ga_", "_hs")
_TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "igshid",
        "igsh",
        "twclid",
        "ttclid",
        "li_fat_id",
        "mkt_tok",
        "cmp",
        "cmpid",
        "ocid",
        "partner",
        "smid",
        "smtyp",
        "src",
        "ref",
        "ref_src",
        "referrer",
        "referer",
        "rss",
        "feed",
        "feedtype",
        "feedname",
        "ftag",
        "cid",
        "icid",
        "ncid",
        "sr_share",
        "share",
        "taid",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "soc_src",
        "soc_trk",
        "ito",
        "mod",
        "xtor",
        "emc",
        "amp",
        "outputtype",
        "output",
        "usqp",
        "campaign_id",
        "campaign",
        "source_id",
        "spm",
        "s_cid",
        "sh",
        "traffic_source",
        "syn",
        "ssrc",
        "__source",
        "_amp",
        "amp_js_v",
        "amp_gsa",
    ]
)
_POINTS = re.compile(r"[.,]")
_ASCII_WORD = re.compile(r"[a-z0-9$%]+")
_AMP_CACHE = ".cdn.ampproject.org"
_PLAIN = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9/_.~-]*)?)(?:\?([A-Za-z0-9=&_.~-]*))?")
"""An address without anything that has to be taken apart with care: no user, port, escape, fragment or capital host."""
_MOBILE = frozenset(("m", "mobile", "amp", "www", "www2", "touch", "wap"))


def clean_title(raw: str) -> tuple[str, tuple[str, ...]]:
    """The title for people and rules, and what was odd about it.

    HTML entities resolved, NFKC, quotes and dashes unified, characters that print nothing (controls, direction marks,
    zero-width ones, lone surrogates) taken out and flagged, white space collapsed.
    """
    text = raw
    if "&" in text:
        for _ in range(2):  # feeds that escape twice are common
            try:
                text = html.unescape(text)
            except ValueError:  # a reference of thousands of digits: no character, and no number that Python would read
                break
    if not text.isascii():
        # in most such titles that is the apostrophe alone, and the long way costs ten times as much
        text = text.replace("’", "'").replace("‘", "'")
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text.translate(_UNIFIED)).translate(_UNIFIED)
    if "`" in text:
        text = text.translate(_UNIFIED)
    flags: tuple[str, ...] = ()
    if not text.isprintable():
        text = "".join(" " if letter in _SPACES else letter for letter in text)
        shown = "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
        if shown != text:
            text, flags = shown, (CONTROL_CHARACTERS,)
    return " ".join(text.split()), flags


def split_publisher(title: str, known: Container[str]) -> tuple[str, str | None]:
    """A clean title without " - Publisher" or " | Publisher" at its end, and that publisher.

    Only what `known` contains or what looks like a domain is taken for a publisher.
    """
    if " - " not in title and " | " not in title:
        return title, None
    for match in _SUFFIX.finditer(title):
        name = title[match.end() :].strip()
        head = title[: match.start()].rstrip()
        if head and (name in known or _DOMAIN.fullmatch(name)):
            return head, name
    return title, None


def canonical_title(title: str) -> str:
    """The text key of exact duplicates: casefolded words and numbers, one space between, no punctuation."""
    if title.isascii():
        return _canonical_ascii(title.casefold())
    return _canonical_by_letter(unicodedata.normalize("NFKC", title).casefold())


def _canonical_by_letter(folded: str) -> str:
    words: list[str] = []
    word: list[str] = []
    for index, letter in enumerate(folded):
        if letter.isalnum() or letter in "$€£%" or (not letter.isascii() and unicodedata.category(letter)[0] == "M"):
            word.append(letter)
        elif letter in "'’" or (letter in ".," and _inside(folded, index)):
            continue  # don't, U.S., 5,000
        elif word:
            words.append("".join(word))
            word = []
    if word:
        words.append("".join(word))
    return " ".join(words) or " ".join(folded.split())


def _canonical_ascii(folded: str) -> str:
    """The same of nearly all titles, without a look at each letter."""
    text = folded.replace(", ", "  ")
    if "." in text or "," in text:
        text = _POINTS.sub(lambda match: "" if _inside(folded, match.start()) else " ", text)
    return " ".join(_ASCII_WORD.findall(text.replace("'", ""))) or " ".join(folded.split())


def canonical_url(url: str) -> str | None:
    """The address that all spellings of one page share, or `None` if it is no http(s) address."""
    plain = _PLAIN.fullmatch(url)
    if plain and not plain[1].endswith(_AMP_CACHE) and not plain[2].startswith("/amp/"):
        return _joined(_shortened(plain[1]), None, plain[2], plain[3] or "")
    try:
        parts = _parts(url)
        for _ in range(3):  # an AMP cache of an AMP cache is as deep as it gets
            inner = _behind_cache(parts)
            if inner is None:
                break
            parts = _parts(inner)
        return _join(parts)
    except ValueError:
        return None


def host_of(url: str) -> str | None:
    """The host of an http(s) address in lower case without `www.` and the like, or `None`."""
    try:
        return _host(_parts(url)) or None
    except ValueError:
        return None


def _parts(url: str) -> SplitResult:
    text = url
    if not url.isprintable() or " " in url:
        text = "".join(letter for letter in url if letter.isprintable() and letter != " ")
    parts = urlsplit(text.replace("\\", "/"))
    host = parts.hostname if parts.scheme in ("http", "https") else None
    if not host or "." not in host.strip("."):
        raise ValueError("no http address")
    return parts


def _host(parts: SplitResult) -> str:
    return _shortened((parts.hostname or "").rstrip("."))


def _shortened(host: str) -> str:
    """Without `www.`, `m.` and the like."""
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _MOBILE:
        labels = labels[1:]
    if len(labels) > 3 and labels[1] == "m":  # en.m.wikipedia.org
        labels = [labels[0], *labels[2:]]
    return ".".join(labels)


def _behind_cache(parts: SplitResult) -> str | None:
    """The address that an AMP viewer or cache shows: google.com/amp/s/HOST/PATH, X.cdn.ampproject.org/c/s/HOST/PATH."""
    host = parts.hostname or ""
    path = parts.path
    if host.endswith(_AMP_CACHE):
        for prefix in ("/c/", "/v/", "/i/"):
            if path.startswith(prefix):
                path = path[len(prefix) :]
                break
        else:
            return None
    elif path.startswith("/amp/") and host.removeprefix("www.").startswith("google."):
        path = path[len("/amp/") :]
    else:
        return None
    path = path.removeprefix("s/")
    return f"https://{path}" if "." in path.split("/", 1)[0] else None


def _join(parts: SplitResult) -> str:
    host = _host(parts)
    return _joined(f"[{host}]" if ":" in host else host, parts.port, _unescape(parts.path), parts.query)


def _joined(host: str, port: int | None, path: str, query: str) -> str:
    while True:
        bare = path.rstrip("/")
        for suffix in ("/amp", ".amp", "/index.html", "/index.htm", "/index.php"):
            bare = bare.removesuffix(suffix)
        if bare == path:
            break
        path = bare
    if path.startswith("/amp/"):
        path = path[len("/amp") :]
    fields = sorted(_unescape(field) for field in query.split("&") if field and not _tracks(field))
    return (
        "https://"
        + host
        + (f":{port}" if port not in (None, 80, 443) else "")
        + path
        + ("?" + "&".join(fields) if fields else "")
    )


def _tracks(field: str) -> bool:
    name = field.split("=", 1)[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _unescape(text: str) -> str:
    """Escapes of harmless characters resolved, the others in capitals."""
    if "%" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        letter = chr(int(match[1], 16))
        return letter if letter in _UNRESERVED else "%" + match[1].upper()

    return _ESCAPE.sub(one, text)


def _inside(text: str, index: int) -> bool:
    """Whether a dot or comma stands inside an abbreviation or a number, or ends an abbreviation."""
    before = text[index - 1] if index else " "
    after = text[index + 1] if index + 1 < len(text) else " "
    if text[index] == ",":
        return before.isdigit() and after.isdigit()
    if before.isdigit() or after.isdigit():
        return False
    dotted = (index >= 2 and text[index - 2] in ". ") or index == 1
    return before.isalpha() and dotted and (after.isalpha() or text[index - 2 : index - 1] == ".")
