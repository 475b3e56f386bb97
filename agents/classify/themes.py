"""The themes and their words, from the rule files, compiled into one lexicon with the cues of modality.

Every fault is found at start: an unknown class, a theme without a code, a pattern that two rules name alike.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from agents.classify.gate import Brought, gate
from agents.classify.inflection import phrase_forms
from agents.classify.lines import fault
from agents.classify.modality import Cue, Modality
from agents.classify.patterns import Lexicon, Pattern, Term
from agents.classify.phrases import by_first
from agents.classify.theme_rules import ModalityRules, PatternRule, ThemeRule, ThemeRules, WordRules
from agents.classify.tokens import phrase
from agents.faults import Fault, RulesError, read

THEMES = "themes.yaml"
WORDS = "themes_words.yaml"
MODALITY = "modality.yaml"

NUMBER = "number"

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
    "number": (NUMBER,),
}
"""Classes that the gazetteer fills: `@place`, `@actor`, ...; and `@number`, any number in figures."""


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
    compiler = _Compiler(directory, words, faults)
    patterns = []
    for theme, listed in themes.themes.items():
        names: set[str] = set()
        for index, rule in enumerate(listed.patterns):
            where = ("themes", theme, "patterns", index)
            patterns.append(compiler.pattern(theme, rule, where))
            if rule.name in names:
                what = f"{theme} has two patterns named {rule.name}"
                faults.append(fault(directory / THEMES, (*where, "name"), what, "rename one"))
            names.add(rule.name)
    modality = compiler.modality(cues, themes)
    lexicon = compiler.lexicon(tuple(patterns), modality.cues)
    if faults:
        raise RulesError(faults)
    return Themes(lexicon, modality, themes.themes)


class _Compiler:
    """Gives each list of words a bit, and each word the bits of its lists."""

    def __init__(self, directory: Path, words: WordRules, faults: list[Fault]) -> None:
        self._directory = directory
        self._classes = words.classes
        self._idioms = words.idioms
        self._irregular = words.irregular
        self._faults = faults
        self._bits: dict[tuple[str, ...], int] = {}
        self._masks: dict[tuple[str, ...], int] = {}
        self._by_rule: dict[str, int] = {}

    def pattern(self, theme: str, rule: PatternRule, where: tuple[int | str, ...]) -> Pattern:
        action = self._list(rule.action, THEMES, (*where, "action"))
        target = self._list(rule.object, THEMES, (*where, "object"))
        also = self._list(rule.also, THEMES, (*where, "also"))
        without = self._list(rule.without, THEMES, (*where, "without"))
        subject = self._list(rule.subject, THEMES, (*where, "subject"))
        not_after = self._list(rule.not_after, THEMES, (*where, "not_after"))
        not_between = self._list(rule.not_between, THEMES, (*where, "not_between"))
        order = {"any": 0, "action-first": 1, "object-first": -1}[rule.order]
        need = action | target | also | subject
        return Pattern(
            rule.name,
            theme,
            action,
            target,
            also,
            without,
            need,
            rule.within,
            order,
            rule.certain,
            subject,
            not_after,
            not_between,
        )

    def modality(self, rules: ModalityRules, themes: ThemeRules) -> Modality:
        cues: list[Cue] = []
        for reason in ("figurative", "historical", "denied", "hypothetical"):
            for index, rule in enumerate(getattr(rules, reason)):
                for setting in ("themes", "unless"):
                    for theme in getattr(rule, setting):
                        if theme not in themes.themes:
                            where = (reason, index, setting)
                            what = f"{rule.name}: no theme {theme}"
                            self._faults.append(fault(self._directory / MODALITY, where, what, "check the spelling"))
                mask = self._list(rule.words, MODALITY, (reason, index, "words"))
                side = {"before": -1, "either": 0, "after": 1}[rule.side]
                within = -1 if rule.within == "title" else rule.within
                spoken, spared = frozenset(rule.themes), frozenset(rule.unless)
                beside = (frozenset(rule.spared_before), frozenset(rule.spared_after))
                cues.append(
                    Cue(rule.name, reason, mask, side, within, rule.strong, spoken, spared, rule.inside, *beside)
                )
        words = (rules.barriers, rules.questions, rules.not_past, rules.not_past_after)
        return Modality(tuple(cues), *map(frozenset, words))

    def lexicon(self, patterns: tuple[Pattern, ...], cues: tuple[Cue, ...]) -> Lexicon:
        by_action: dict[int, list[int]] = {}
        for index, pattern in enumerate(patterns):
            by_action.setdefault(pattern.action, []).append(index)

        def term(mask: int) -> Term:
            triggers = [index for action, listed in by_action.items() if action & mask for index in listed]
            speaking = tuple(index for index, cue in enumerate(cues) if cue.mask & mask)
            return Term(mask, tuple(sorted(triggers)), cues=speaking)

        cache: dict[int, Term] = {}
        terms: dict[str, Term] = {}
        for key, mask in self._masks.items():
            if mask not in cache:
                cache[mask] = term(mask)
            terms[" ".join(key)] = cache[mask]
        for idiom in self._idioms:
            for key in self._forms(idiom):
                known = terms.get(" ".join(key), Term(0, ()))
                terms[" ".join(key)] = known._replace(swallow=True)
        by_rule = {rule: term(mask) for rule, mask in self._by_rule.items()}
        number = term(self._by_rule[NUMBER]) if NUMBER in self._by_rule else None
        brought = [(key, Brought(known.mask, known.triggers)) for key, known in terms.items()]
        by_hit = {rule: Brought(known.mask, known.triggers) for rule, known in by_rule.items()}
        figures = None if number is None else Brought(number.mask, number.triggers)
        entrance = gate([pattern.need for pattern in patterns], brought, by_hit, figures)
        return Lexicon(by_first(terms), terms, patterns, by_rule, entrance, number)

    def _list(self, words: tuple[str, ...], file: str, where: tuple[int | str, ...]) -> int:
        """The bit of a list of words; the same list has the same bit."""
        if not words:
            return 0
        known = self._bits.get(words)
        if known is not None:
            return known
        bit = 1 << len(self._bits)
        self._bits[words] = bit
        self._fill(words, bit, file, where, ())
        return bit

    def _fill(
        self, words: tuple[str, ...], bit: int, file: str, where: tuple[int | str, ...], above: tuple[str, ...]
    ) -> None:
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
                cure = f"check the spelling, or add it to the classes of {WORDS}"
                self._faults.append(fault(self._directory / file, where, f"no class {word}", cure))
            elif name in above:
                what = f"the class {word} contains itself"
                self._faults.append(fault(self._directory / WORDS, ("classes", name), what, "take it out"))
            else:
                self._fill(self._classes[name], bit, WORDS, ("classes", name), (*above, name))

    def _forms(self, word: str) -> tuple[tuple[str, ...], ...]:
        if word.startswith("="):
            return (phrase(word[1:]),)
        return phrase_forms(phrase(word), self._irregular)
