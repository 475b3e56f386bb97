"""publishers.yaml as it is written: families of publishers, and the words and hosts that names are read by."""

from pydantic import Field

from agents.classify.written import Phrases, Written

PUBLISHERS = "publishers.yaml"


class FamilyRule(Written):
    """A family as it is written. A wire's text stays the wire's, whoever prints it."""

    family: str = Field(min_length=1)
    names: Phrases = Field(min_length=1)
    hosts: Phrases = ()
    wire: bool = False


class PublisherRules(Written):
    """publishers.yaml"""

    families: tuple[FamilyRule, ...]
    editions: Phrases
    """Words that tell editions of one publisher apart: World, US, Business."""
    sections: Phrases
    """Those of them that are no part of a name, and so taken off names that the table does not know."""
    no_credits: Phrases
    """Names of wires that mean other things too, and so are no credit in a title."""
    aggregators: Phrases
    """Hosts that publish others' headlines and are no publisher of their own."""
    aggregator_names: Phrases
    shared_hosts: Phrases
    """Hosts on which each subdomain is a publisher of its own."""
    second_levels: Phrases
    """Labels that stand before a country's ending: `co.uk`, `com.au`."""
