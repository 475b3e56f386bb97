"""Records that are no headlines: ticks and handovers, and headlines that are taken back."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from agents.classify.canonical import canonical_url, clean_title
from agents.classify.documents import BOM, LONGEST_URL, kind
from agents.classify.meant import Control, Handover, Refusal, Withdrawal
from schemas.raw import RawHandover


def control(document: Mapping[str, Any], value: bytes) -> Control | Handover | Refusal:
    """What a record with the field `tocsin` means."""
    if document["tocsin"] == "handover":
        try:
            sent = RawHandover.model_validate_json(value.removeprefix(BOM))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, fault["loc"]))
            return Refusal("control_unknown", f'"tocsin": "handover", `{where}`: {fault["msg"]}; use `tocsin handover`')
        return Handover(sent.handover, sent.former, sent.to, sent.since, sent.adoption)
    end = document.get("end", False)
    if document["tocsin"] != "tick" or not isinstance(end, bool):
        given = document["tocsin"]
        shown = repr(given[:80]) if isinstance(given, str) else kind(given)
        return Refusal(
            "control_unknown", f'"tocsin": {shown}; known are "tick", with or without "end": true, and "handover"'
        )
    return Control(end)


def withdrawal(reference: object) -> Withdrawal | Refusal:
    """The headline that the field `withdraws` takes back."""
    if not isinstance(reference, str):
        return Refusal("wrong_type", f"`withdraws` is {kind(reference)}; expected a headline's id or URL")
    text, _ = clean_title(reference[:LONGEST_URL])
    if not text:
        return Refusal("wrong_type", "`withdraws` is empty; expected a headline's id or URL")
    return Withdrawal((canonical_url(text) if "://" in text else None) or text)
