"""Who stands behind a headline: the owner or the wire agency, which is what independence is counted by.

"Reuters World" and "Reuters US" are one voice, and so is a Reuters report that five papers pass on. A headline says who
it is of in up to four places, and they are reconciled in this order:

1. A wire named in any of them: the title's credit "(AFP)", the source, the title's suffix, the host.
2. A publisher that the table knows: the source, then the suffix, then the host. Where two of these are known and do not
   agree, or the source is known and the host is quite another, that is told (`disagrees`).
3. What the table does not know: the host's registrable domain, then the source's name, then the suffix, in one
   spelling: `news.dailyfoo.co.uk`, "Daily Foo" and "The Daily Foo World" are one. A mirror on a subdomain is no second
   voice, nor is a section, a difference in case or a letter of another script that looks alike.

Aggregators (Google News, Yahoo, MSN) are no voice: what only they name is unnamed.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from agents.classify.canonical import host_of
from agents.classify.claims import NOBODY, Claim, Reconciled, Where, choose, disagree
from agents.classify.credits import Credits, head, joined, parts
from agents.classify.lines import fault
from agents.classify.publisher_names import normal, one_spelling
from agents.classify.publisher_rules import PUBLISHERS, PublisherRules
from agents.faults import RulesError, read

_LABELS = 5
_DOMAIN = re.compile(r"\(?\.?((?:[a-z0-9-]+\.)*[a-z]{2,24})\)?$", re.ASCII)


class Publishers:
    """The families of publishers. `name in publishers` says whether a name is known."""

    def __init__(self, rules: PublisherRules) -> None:
        self._by_name: Mapping[str, str] = {
            normal(name): rule.family for rule in rules.families for name in (rule.family, *rule.names)
        }
        self._by_host: Mapping[str, str] = {host: rule.family for rule in rules.families for host in rule.hosts}
        self._wires = frozenset(rule.family for rule in rules.families if rule.wire)
        self._editions = frozenset(normal(word) for word in rules.editions)
        self._sections = frozenset(normal(word) for word in rules.sections)
        self._aggregators = frozenset(rules.aggregators)
        self._aggregator_names = frozenset(normal(name) for name in rules.aggregator_names)
        self._shared = frozenset(rules.shared_hosts)
        self._second_levels = frozenset(rules.second_levels)
        unclear = frozenset(rules.no_credits)
        names = [name for rule in rules.families if rule.wire for name in (rule.family, *rule.names)]
        self._credits = Credits(name for name in names if name not in unclear)

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
            for claim in (*(normal(name) for name in (rule.family, *rule.names)), *rule.hosts)
            if owner.setdefault(claim, rule.family) != rule.family
        ]
        if faults:
            raise RulesError(faults)
        return cls(rules)

    def __contains__(self, name: object) -> bool:
        """Known as a whole, or of known parts: "AFP/Le Monde", "The Hindu via PTI"."""
        if not isinstance(name, str):
            return False
        if self._named(name) is not None:
            return True
        return joined(name) and all(self._named(part) is not None for part in parts(name))

    def is_wire(self, family: str | None) -> bool:
        """Whether a family is a wire agency's."""
        return family in self._wires

    def credit(self, title: str) -> str | None:
        """The wire's name that a title credits, as it is written."""
        return self._credits.of(title)

    def family(
        self, publisher: str | None, url: str | None, title_suffix: str | None, credit: str | None = None
    ) -> str | None:
        """Who stands behind an item; `None` when nothing says so."""
        return self.reconcile(publisher, url, title_suffix, credit).family

    def reconcile(
        self, publisher: str | None, url: str | None, title_suffix: str | None, credit: str | None = None
    ) -> Reconciled:
        """The same with what each place says. Never raises."""
        claims = [
            claim
            for claim in (
                self._claim("credit", credit),
                self._claim("source", publisher),
                self._claim("suffix", title_suffix),
                self._host_claim(url),
            )
            if claim is not None
        ]
        if not claims:
            return NOBODY
        chosen = choose(claims)
        if chosen is None:
            return Reconciled(None, None, False, tuple(claims))
        return Reconciled(chosen.family, chosen.where, disagree(chosen, claims), tuple(claims))

    def _claim(self, where: Where, name: str | None) -> Claim | None:
        if not name:
            return None
        family = self._named(name) or self._of_parts(name)
        if family is not None:
            return Claim(where, name, family, "wire" if family in self._wires else "known")
        if self._passes_on(name):
            return Claim(where, name, None, "aggregator")
        key = self._unknown(name)
        return Claim(where, name, key, "unknown") if key else None

    def _host_claim(self, url: str | None) -> Claim | None:
        host = host_of(url) if url else None
        if not host:
            return None
        family = self._hosted(host)
        if family is not None:
            return Claim("host", host, family, "wire" if family in self._wires else "known")
        site = self._site(host)
        return Claim("host", host, site, "unknown" if site is not None else "aggregator")

    def _named(self, name: str) -> str | None:
        key = normal(name)
        found = self._by_name.get(key)
        if found is not None:
            return found
        words = key.split(" ")
        while len(words) > 1 and words[-1] in self._editions:
            words = words[:-1]
            found = self._by_name.get(" ".join(words))
            if found is not None:
                return found
        text = name.strip().lower()
        if "." in text:
            # "reuters.com", and "Department of Justice (.gov)"
            domain = _DOMAIN.fullmatch(text.rpartition(" ")[2]) if text.endswith(")") else _DOMAIN.fullmatch(text)
            if domain is not None:
                return self._hosted(domain[1].removeprefix("www."))
        return None

    def _of_parts(self, name: str) -> str | None:
        """A wire among the parts of a name; else whom "via" names, else the first part, where the table knows it."""
        listed = parts(name)
        if len(listed) == 1 and listed[0] == name:
            return None
        found = [self._named(part) for part in listed]
        for family in found:
            if family in self._wires:
                return family
        if len(found) == 2 and found[1] is not None and " via " in name.casefold():
            return found[1]
        return found[0] if found else None

    def _passes_on(self, name: str) -> bool:
        words = normal(name).split(" ")
        while words:
            if " ".join(words) in self._aggregator_names:
                return True
            if words[-1] not in self._editions:
                break
            words = words[:-1]
        text = name.strip().lower()
        return "." in text and " " not in text and self._site(text) is None

    def _hosted(self, host: str) -> str | None:
        labels = host.split(".")
        for start in range(max(len(labels) - _LABELS, 0), len(labels)):
            found = self._by_host.get(".".join(labels[start:]))
            if found is not None:
                return found
        return None

    def _site(self, host: str) -> str | None:
        """The registrable part of a host without its ending, or `None` for an aggregator."""
        labels = host.split(".")
        if host in self._aggregators or any(
            ".".join(labels[-count:]) in self._aggregators for count in range(2, min(len(labels), 4) + 1)
        ):
            return None
        country = len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in self._second_levels
        if len(labels) > 2 and (country or ".".join(labels[-2:]) in self._shared):
            label = labels[-3]
        else:
            label = labels[-2] if len(labels) > 1 else host
        return one_spelling(label) or label

    def _unknown(self, name: str) -> str | None:
        text = name.strip().lower()
        if "." in text and " " not in text and not text.startswith(".") and not text.endswith("."):
            return self._site(text)
        words = normal(head(name)).split(" ")
        while len(words) > 1 and words[-1] in self._sections:
            words = words[:-1]
        return "".join(words) or None
