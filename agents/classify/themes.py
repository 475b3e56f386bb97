"""The themes and their words, from the rule files, compiled into one lexicon with the cues of modality.

Every fault is found at start: an unknown class, a theme without a code, a pattern that two rules name alike.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agents.classify.inflection import phrase_forms
from agents.classify.modality import Cue, Modality
from agents.classify.patterns import Lexicon, Pattern, Term
from agents.classify.tokens import phrase
from agents.faults import Fault, RulesError, read

THEMES = "themes.yaml"
WORDS = "themes_words.yaml"
MODALITY = "modality.yaml"

BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "place": ("name", "capital", "city", "region", "state"),
    "city": ("capital", "city"),
    "actor": (
        "name",
        "demonym",
        "capital",
        "city",
        "region",
        "state",
        "leader",
        "seat",
        "force",
        "group",
        "organisation",
    ),
    "leader": ("leader",),
    "force": ("force", "group"),
    "army": ("force",),
    "group": ("group",),
    "people": ("demonym",),
    "seat": ("seat",),
    "nation": ("name", "demonym"),
}
"""Classes that the gazetteer fills: `@place`, `@actor`, ..."""


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PatternRule(_Model):
    """A pattern as it is written. Words are inflected; `=word` is not; `@name` is a class."""

    name: str
    action: Words = Field(min_length=1)
    object: Words = ()
    also: Words = ()
    without: Words = ()
    within: int = Field(default=5, ge=0, le=30)
    order: Literal["any", "action-first", "object-first"] = "any"
    certain: bool = False


class ThemeRule(_Model):
    """A theme: its code in CAMEO and PLOVER, its direction, its patterns, and examples that a test reads."""

    code: str
    direction: Literal["escalatory", "de-escalatory", "neutral"]
    patterns: tuple[PatternRule, ...] = Field(min_length=1)
    examples: tuple[str, ...] = ()
    """Titles in which the theme counts."""
    not_counted: dict[str, str] = {}
    """Titles in which it is found but does not count -> why."""
    absent: tuple[str, ...] = ()
    """Titles in which it must not be found at all."""


class ThemeRules(_Model):
    """themes.yaml"""

    themes: dict[str, ThemeRule] = Field(min_length=1)


class WordRules(_Model):
    """themes_words.yaml"""

    irregular: dict[str, Words]
    classes: dict[str, Words]
    idioms: Words


class CueRule(_Model):
    """A list of cues as it is written in modality.yaml."""

    name: str
    words: Words = Field(min_length=1)
    side: Literal["before", "after", "either"] = "before"
    within: int | Literal["title"] = 4
    strong: bool = False
    themes: Words = ()
    unless: Words = ()


class ModalityRules(_Model):
    """modality.yaml"""

    denied: tuple[CueRule, ...]
    hypothetical: tuple[CueRule, ...]
    historical: tuple[CueRule, ...]
    figurative: tuple[CueRule, ...]
    questions: Words
    not_past: Words
    not_past_after: Words


class Themes(NamedTuple):
    """What the rule files say, compiled."""

    lexicon: Lexicon
    modality: Modality
    rules: Mapping[str, ThemeRule]


def load(directory: Path) -> Themes:
    """Themes, their words and the cues of a rules directory. Raises RulesError."""
    faults: list[Fault] = []
    parts = []
    for name, model in ((THEMES, ThemeRules), (WORDS, WordRules), (MODALITY, ModalityRules)):
        try:
            parts.append(read(directory / name, model))
        except RulesError as error:
            faults += error.faults
    if faults:
        raise RulesError(faults)
    themes, words, cues = parts
    assert isinstance(themes, ThemeRules)
    assert isinstance(words, WordRules)
    assert isinstance(cues, ModalityRules)
    compiler = _Compiler(words, faults)
    patterns = [compiler.pattern(theme, rule) for theme, listed in themes.themes.items() for rule in listed.patterns]
    _unique_names(patterns, faults)
    modality = compiler.modality(cues, themes.themes.keys())
    lexicon = compiler.lexicon(tuple(patterns))
    if faults:
        raise RulesError(faults)
    return Themes(lexicon, modality, themes.themes)


def _unique_names(patterns: list[Pattern], faults: list[Fault]) -> None:
    seen: set[tuple[str, str]] = set()
    for pattern in patterns:
        if (pattern.theme, pattern.name) in seen:
            faults.append(Fault(THEMES, 0, f"{pattern.theme} has two patterns named {pattern.name}", "rename one"))
        seen.add((pattern.theme, pattern.name))


class _Compiler:
    """Gives each list of words a bit, and each word the bits of its lists."""

    def __init__(self, words: WordRules, faults: list[Fault]) -> None:
        self._classes = words.classes
        self._idioms = words.idioms
        self._irregular = words.irregular
        self._faults = faults
        self._bits: dict[tuple[str, ...], int] = {}
        self._masks: dict[tuple[str, ...], int] = {}
        self._by_rule: dict[str, int] = {}

    def pattern(self, theme: str, rule: PatternRule) -> Pattern:
        action = self._list(rule.action, THEMES)
        target = self._list(rule.object, THEMES)
        also = self._list(rule.also, THEMES)
        without = 0
        for entry in rule.without:
            without |= self._list((entry,), THEMES)
        order = {"any": 0, "action-first": 1, "object-first": -1}[rule.order]
        need = action | target | also
        return Pattern(rule.name, theme, action, target, also, without, need, rule.within, order, rule.certain)

    def modality(self, rules: ModalityRules, themes: object) -> Modality:
        cues: list[Cue] = []
        union = 0
        for reason in ("figurative", "historical", "denied", "hypothetical"):
            for rule in getattr(rules, reason):
                for theme in (*rule.themes, *rule.unless):
                    if theme not in themes:  # type: ignore[operator]
                        self._faults.append(Fault(MODALITY, 0, f"{rule.name}: no theme {theme}", "check the spelling"))
                mask = self._list(rule.words, MODALITY)
                union |= mask
                side = {"before": -1, "either": 0, "after": 1}[rule.side]
                within = -1 if rule.within == "title" else rule.within
                cues.append(
                    Cue(
                        rule.name,
                        reason,
                        mask,
                        side,
                        within,
                        rule.strong,
                        frozenset(rule.themes),
                        frozenset(rule.unless),
                    )
                )
        return Modality(
            tuple(cues), union, frozenset(rules.questions), frozenset(rules.not_past), frozenset(rules.not_past_after)
        )

    def lexicon(self, patterns: tuple[Pattern, ...]) -> Lexicon:
        by_action: dict[int, list[int]] = {}
        for index, pattern in enumerate(patterns):
            by_action.setdefault(pattern.action, []).append(index)

        def term(mask: int) -> Term:
            triggers = [index for action, listed in by_action.items() if action & mask for index in listed]
            return Term(mask, tuple(sorted(triggers)))

        cache: dict[int, Term] = {}
        terms: dict[str, Term] = {}
        for key, mask in self._masks.items():
            if mask not in cache:
                cache[mask] = term(mask)
            terms[" ".join(key)] = cache[mask]
        for idiom in self._idioms:
            for key in self._forms(idiom):
                terms[" ".join(key)] = (
                    Term(self._masks.get(key, 0), terms[" ".join(key)].triggers, True)
                    if " ".join(key) in terms
                    else Term(0, (), True)
                )
        sizes: dict[str, set[int]] = {}
        for words in terms:
            first, *rest = words.split(" ")
            sizes.setdefault(first, set()).add(1 + len(rest))
        ordered = {word: tuple(sorted(lengths, reverse=True)) for word, lengths in sizes.items()}
        by_rule = {rule: term(mask) for rule, mask in self._by_rule.items()}
        return Lexicon(ordered, terms, patterns, by_rule)

    def _list(self, words: tuple[str, ...], file: str) -> int:
        """The bit of a list of words; the same list has the same bit."""
        if not words:
            return 0
        known = self._bits.get(words)
        if known is not None:
            return known
        bit = 1 << len(self._bits)
        self._bits[words] = bit
        self._fill(words, bit, file, ())
        return bit

    def _fill(self, words: tuple[str, ...], bit: int, file: str, above: tuple[str, ...]) -> None:
        for word in words:
            if not word.startswith("@"):
                for key in self._forms(word):
                    self._masks[key] = self._masks.get(key, 0) | bit
                continue
            name = word[1:]
            if name in BUILT_IN:
                for rule in BUILT_IN[name]:
                    self._by_rule[rule] = self._by_rule.get(rule, 0) | bit
            elif name not in self._classes:
                self._faults.append(Fault(file, 0, f"no class {word}", f"add it to the classes of {WORDS}"))
            elif name in above:
                self._faults.append(Fault(WORDS, 0, f"the class {word} contains itself", "take it out"))
            else:
                self._fill(self._classes[name], bit, file, (*above, name))

    def _forms(self, word: str) -> tuple[tuple[str, ...], ...]:
        if word.startswith("="):
            return (phrase(word[1:]),)
        return phrase_forms(phrase(word), self._irregular)
