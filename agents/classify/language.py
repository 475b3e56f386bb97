"""The language of a headline: as its producer says, and whether that keeps the themes from being read.

English is what the patterns are written in. A headline declared in another language, or written in another script
without a word on its language, keeps its places as far as the gazetteer carries, is marked `language_not_english`, and
no theme is claimed for it. It is never dropped.
"""

import re
from functools import lru_cache

NOT_ENGLISH = "language_not_english"
UNKNOWN = "language_unknown"

_TAG = re.compile(
    r"([a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?(?:-[a-z0-9]{1,8})*", re.ASCII
)
_LONGEST = 35
"""Characters of a language tag (RFC 5646, 4.4.1)."""
_CODES = frozenset(
    re.findall(
        r"\w+",
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de "
        "dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id "
        "ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu "
        "lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu "
        "rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to "
        "tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu",
    )
)
"""ISO 639-1."""
_OTHER = {
    code: language
    for language, codes in {
        "en": "eng english",
        "fr": "fra fre french francais français",
        "de": "deu ger german deutsch",
        "es": "spa spanish espanol español castilian",
        "pt": "por portuguese portugues português",
        "it": "ita italian italiano",
        "nl": "nld dut dutch",
        "ru": "rus russian",
        "uk": "ukr ukrainian",
        "ar": "ara arabic",
        "zh": "zho chi cmn chinese mandarin",
        "ja": "jpn japanese",
        "ko": "kor korean",
        "fa": "fas per persian farsi",
        "tr": "tur turkish",
        "he": "heb hebrew iw",
        "hi": "hin hindi",
        "ur": "urd urdu",
        "bn": "ben bengali bangla",
        "id": "ind indonesian in",
        "ms": "msa may malay",
        "vi": "vie vietnamese",
        "th": "tha thai",
        "pl": "pol polish",
        "cs": "ces cze czech",
        "sk": "slk slo slovak",
        "hu": "hun hungarian",
        "ro": "ron rum romanian",
        "bg": "bul bulgarian",
        "sr": "srp serbian",
        "hr": "hrv croatian",
        "el": "ell gre greek",
        "sv": "swe swedish",
        "no": "nor norwegian",
        "da": "dan danish",
        "fi": "fin finnish",
        "sw": "swa swahili",
        "ta": "tam tamil",
        "te": "tel telugu",
        "mr": "mar marathi",
        "pa": "pan punjabi",
        "am": "amh amharic",
        "ps": "pus pashto",
        "ka": "kat geo georgian",
        "hy": "hye arm armenian",
        "az": "aze azerbaijani",
        "kk": "kaz kazakh",
        "my": "mya bur burmese",
    }.items()
    for code in codes.split()
}
"""Three-letter codes, former codes and English names of the languages that news is often written in."""


@lru_cache(512)
def language_of(given: str) -> str | None:
    """The language that a producer names, as a tag: `en`, `en-US`, `zh-Hant`; `None` for what names none."""
    text = given.strip().lower().replace("_", "-")
    if len(text) > _LONGEST:
        return None
    if text in _OTHER:
        return _OTHER[text]
    found = _TAG.fullmatch(text)
    if found is None:
        return None
    code = _OTHER.get(found[1], found[1])
    if code not in _CODES:
        return None
    script = f"-{found[2].title()}" if found[2] else ""
    return f"{code}{script}-{found[3].upper()}" if found[3] else f"{code}{script}"


def is_english(language: str) -> bool:
    """Whether a tag of `language_of` is of English."""
    return language == "en" or language.startswith("en-")


def other_script(title: str) -> bool:
    """Whether most letters of `title` are of another script than the Latin one."""
    if title.isascii():
        return False
    letters = [letter for letter in title if letter.isalpha()]
    return 2 * sum(not _latin(letter) for letter in letters) > len(letters)


def _latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff"
