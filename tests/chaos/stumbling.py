"""`tocsin` with one fault put in: `classify` raises at titles that begin with `headlines.MAGIC`, and at nothing else.

python -m tests.chaos.stumbling worker
"""

from typing import Any

from agents.classify.step import Classifier
from streams.cli import main
from tests.chaos.headlines import STUMBLED

_decide = Classifier.decide


def decide(self: Classifier, meant: Any, record: Any, arrival: int | None) -> Any:
    """As ever, but for the magic title."""
    if (record.value or b"").startswith(STUMBLED):
        raise ArithmeticError("a fault was put in here")
    return _decide(self, meant, record, arrival)


if __name__ == "__main__":
    Classifier.decide = decide  # type: ignore[method-assign]
    main()
