"""Who stands behind a headline: the owner or the wire agency, which is what independence is counted by.

"Reuters World" and "Reuters US" are one voice, and so is a Reuters report that an aggregator passes on. Unknown
publishers are told apart by their name or the host of the URL, in one spelling.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from agents.classify.canonical import host_of
from agents.classify.lines import fault
from agents.classify.tokens import fold
from agents.faults import RulesError, read

PUBLISHERS = "publishers.yaml"


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FamilyRule(_Model):
    """A family as it is written. A wire's text stays the wire's, whoever prints it."""

    family: str = Field(min_length=1)
    names: Names = Field(min_length=1)
    hosts: Names = ()
    wire: bool = False


class PublisherRules(_Model):
    """publishers.yaml"""

    families: tuple[FamilyRule, ...]
    editions: Names
    """Words that tell editions of one publisher apart: World, US, Business."""
    aggregators: Names
    """Hosts that publish others' headlines and are no publisher of their own."""
    shared_hosts: Names
    """Hosts on which each subdomain is a publisher of its own."""
    second_levels: Names
    """Labels that stand before a country's ending: `co.uk`, `com.au`."""


class Publishers:
    """The families of publishers. `name in publishers` says whether a name is known."""

    def __init__(self, rules: PublisherRules) -> None:
        self._by_name: Mapping[str, str] = {
            _normal(name): rule.family for rule in rules.families for name in (rule.family, *rule.names)
        }
        self._by_host: Mapping[str, str] = {host: rule.family for rule in rules.families for host in rule.hosts}
        self._wires = frozenset(rule.family for rule in rules.families if rule.wire)
        self._editions = frozenset(_normal(word) for word in rules.editions)
        self._aggregators = frozenset(rules.aggregators)
        self._shared = frozenset(rules.shared_hosts)
        self._second_levels = frozenset(rules.second_levels)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """The publishers of a rules directory. Raises RulesError."""
        rules = read(directory / PUBLISHERS, PublisherRules)
        owner: dict[str, str] = {}
        faults = [
            fault(
                directory / PUBLISHERS,
                ("families", index),
                f"{claim!r} is in {owner[claim]} and in {rule.family}",
                "keep it in one family",
            )
            for index, rule in enumerate(rules.families)
            for claim in (*(_normal(name) for name in rule.names), *rule.hosts)
            if owner.setdefault(claim, rule.family) != rule.family
        ]
        if faults:
            raise RulesError(faults)
        return cls(rules)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._named(name) is not None

    def family(self, publisher: str | None, url: str | None, title_suffix: str | None) -> str | None:
        """Who stands behind an item; `None` when nothing says so.

        A wire named anywhere wins; then a known name, a known host; then the host, then the name as it is.
        """
        host = host_of(url) if url else None
        known = [
            family
            for family in (
                self._named(publisher) if publisher else None,
                self._named(title_suffix) if title_suffix else None,
                self._hosted(host) if host else None,
            )
            if family is not None
        ]
        for family in known:
            if family in self._wires:
                return family
        if known:
            return known[0]
        if host and (site := self._site(host)) is not None:
            return site
        for name in (publisher, title_suffix):
            if name and (key := self._unknown(name)):
                return key
        return None

    def _named(self, name: str) -> str | None:
        key = _normal(name)
        found = self._by_name.get(key)
        if found is not None:
            return found
        words = key.split(" ")
        while len(words) > 1 and words[-1] in self._editions:
            words = words[:-1]
            found = self._by_name.get(" ".join(words))
            if found is not None:
                return found
        if "." in name and " " not in name.strip():
            return self._hosted(name.strip().lower().removeprefix("www."))
        return None

    def _hosted(self, host: str) -> str | None:
        labels = host.split(".")
        for start in range(max(len(labels) - 5, 0), len(labels) - 1):
            found = self._by_host.get(".".join(labels[start:]))
            if found is not None:
                return found
        return None

    def _site(self, host: str) -> str | None:
        """The registrable part of a host without its ending, or `None` for an aggregator."""
        labels = host.split(".")
        if host in self._aggregators or ".".join(labels[-2:]) in self._aggregators:
            return None
        if ".".join(labels[-2:]) in self._shared and len(labels) > 2:
            return labels[-3]
        if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in self._second_levels:
            return labels[-3]
        return labels[-2] if len(labels) > 1 else host

    def _unknown(self, name: str) -> str | None:
        text = name.strip().lower()
        if "." in text and " " not in text and not text.startswith(".") and not text.endswith("."):
            return self._site(text)
        return _normal(name).replace(" ", "") or None


class Own:
    """The names that a record gives its own publisher: one may stand at the end of its title, known or not."""

    def __init__(self, *names: str | None) -> None:
        self._names = {key for name in names if name and (key := _normal(name))}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _normal(name) in self._names


def _normal(name: str) -> str:
    """Folded, without "the" and punctuation: "The New York Times" and "New York Times" are one."""
    folded = fold(name).replace("&", " and ")
    words = "".join(letter if letter.isalnum() else " " for letter in folded if letter not in "'’.").split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words)
