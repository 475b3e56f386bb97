"""What could not be taken, with its reason and its original bytes."""

import base64
from typing import Literal

from schemas.base import Versioned
from schemas.row import Source

Code = Literal[
    "empty_value",
    "not_utf8",
    "not_json",
    "not_an_object",
    "title_missing",
    "title_wrong_type",
    "title_empty",
    "title_too_long",
    "wrong_type",
    "date_out_of_range",
    "date_in_future",
    "control_unknown",
    "too_large",
    "step_error",
]
"""The closed list of reasons; each is a value of the metric `tocsin_rejected_total`."""

KEPT_BYTES = 64 * 1024


class Rejected(Versioned):
    """A record of `headlines.rejected`."""

    stage: Literal["feed", "classify", "deduplicate", "detect"]
    code: Code
    detail: str
    """For people: what was wrong, where, and what was expected. At most 500 characters."""
    original: str
    """The first 64 KiB of the original bytes, base64."""
    cut: bool
    """Whether `original` is less than there was."""
    size: int
    """Of the original, bytes."""
    source: Source | None = None
    traceback: str | None = None
    """Where the step raised, for `step_error`; at most 8 KiB. A fault of Tocsin's: report it."""

    @classmethod
    def of(
        cls,
        stage: Literal["feed", "classify", "deduplicate", "detect"],
        code: Code,
        detail: str,
        value: bytes,
        source: Source | None,
        traceback: str | None = None,
    ) -> "Rejected":
        """Keep as much of `value` as may be kept."""
        kept = value[:KEPT_BYTES]
        return cls(
            stage=stage,
            code=code,
            detail=detail[:500],
            original=base64.b64encode(kept).decode("ascii"),
            cut=len(kept) < len(value),
            size=len(value),
            source=source,
            traceback=traceback,
        )
