"""What the places of a headline say of its publisher, and which of them is believed.

A wire before a publisher that the table knows, and that before one that it does not; among equals the place that comes
first, but for unknown ones, where the host does.
"""

from typing import Literal, NamedTuple

from agents.classify.publisher_names import normal, one_spelling

Where = Literal["credit", "source", "suffix", "host"]
Standing = Literal["wire", "known", "unknown", "aggregator"]


class Claim(NamedTuple):
    """What one place says of the publisher."""

    where: Where
    given: str
    family: str | None
    """`None` of an aggregator."""
    standing: Standing


class Reconciled(NamedTuple):
    """Who stands behind a headline, and how that was found."""

    family: str | None
    by: Where | None
    """The place that decided."""
    disagrees: bool
    claims: tuple[Claim, ...]


NOBODY = Reconciled(None, None, False, ())


def choose(claims: list[Claim]) -> Claim | None:
    """The claim that is believed; `None` where only aggregators are named."""
    standings: tuple[Standing, ...] = ("wire", "known")
    for standing in standings:
        for claim in claims:
            if claim.standing == standing:
                return claim
    unknown = [claim for claim in claims if claim.standing == "unknown"]
    return next((claim for claim in unknown if claim.where == "host"), unknown[0] if unknown else None)


def disagree(chosen: Claim, claims: list[Claim]) -> bool:
    """Whether two places name different publishers. That a paper prints a wire's text is no disagreement."""
    outlets = {claim.family for claim in claims if claim.standing == "known"}
    wires = {claim.family for claim in claims if claim.standing == "wire"}
    if len(outlets) > 1 or len(wires) > 1:
        return True
    if chosen.standing != "known" or chosen.where == "host":
        return False
    key = one_spelling(normal(chosen.given).replace(" ", ""))
    return any(
        claim.where == "host" and claim.standing == "unknown" and claim.family and not _within(claim.family, key)
        for claim in claims
    )


def _within(one: str, other: str) -> bool:
    return one in other or other in one
