"""publishers.yaml as it is written: families of publishers, and the words and hosts that names are read by."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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
    sections: Names
    """Those of them that are no part of a name, and so taken off names that the table does not know."""
    no_credits: Names
    """Names of wires that mean other things too, and so are no credit in a title."""
    aggregators: Names
    """Hosts that publish others' headlines and are no publisher of their own."""
    aggregator_names: Names
    shared_hosts: Names
    """Hosts on which each subdomain is a publisher of its own."""
    second_levels: Names
    """Labels that stand before a country's ending: `co.uk`, `com.au`."""
